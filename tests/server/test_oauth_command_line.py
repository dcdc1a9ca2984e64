"""`todo-plugin user`, and what the other verbs do for people who sign in."""

import asyncio
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.__main__ import main
from tests.running import environment

from .copies import command
from .signing_in import PASSWORD, Flow, oauth_door, registered
from .test_oauth_pages import WRONG, alert

OTHER = "some other words, known to ann"
KNOWN = "todo-plugin: that name can sign in already: `user passwd` changes the password\n"
UNKNOWN = "todo-plugin: nobody of that name can sign in\n"


@pytest.fixture(name="url")
def fixture_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database of each kind in turn, which the command line uses too."""
    monkeypatch.setenv("PLUGIN_DATABASE_URL", database_url)
    return database_url


def typed(text: str | bytes, *words: str) -> tuple[int, str, str]:
    """Exit code, output and complaints of the command line, with this as standard input."""
    result = CliRunner().invoke(main, words, input=text)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


async def run(*words: str, text: str | None = None) -> tuple[int, str, str]:
    """The same beside a running server."""
    if text is None:
        return await asyncio.to_thread(command, *words)
    return await asyncio.to_thread(typed, text, *words)


async def test_people_are_added_listed_and_removed_while_the_server_runs(url: str) -> None:
    async with oauth_door(url) as flow:
        # ë typed in one way, and the name asked for in the other.
        assert await run("user", "add", "Zoe\u0308", text=f"{OTHER}\r\n") == (0, "", "")
        assert await run("user", "add", "Zo\u00eb", text=f"{OTHER}\n") == (1, "", KNOWN)
        code, printed, _ = await run("user", "list")
        assert (code, [line.split("  ")[1] for line in printed.splitlines()]) == (
            0,
            ["Zo\u00eb", "ann"],
        )
        await flow.sign_in("Zo\u00eb", password=OTHER)
        tokens = await flow.tokens()
        assert await run("user", "remove", "Zo\u00eb") == (0, "", "")
        assert not await flow.is_valid(tokens["access_token"])
        assert (await flow.client.get("/account")).headers["Location"] == "/login"
        assert await run("user", "remove", "Zo\u00eb") == (1, "", UNKNOWN)


async def test_a_new_password_takes_the_place_of_the_old_one(url: str) -> None:
    async with oauth_door(url) as flow:
        await flow.sign_in()
        tokens = await flow.tokens()
        assert await run("user", "passwd", "ann", text=OTHER) == (0, "", "")
        assert (await flow.client.get("/account")).headers["Location"] == "/login"
        assert await flow.is_valid(tokens["access_token"])
        page = await flow.client.get("/login")
        assert alert(await flow.sent_login(page, password=PASSWORD)) == (403, WRONG)
        await flow.sign_in(password=OTHER)
        assert await run("user", "passwd", "bob", text=OTHER) == (1, "", UNKNOWN)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "A password has 15 to 1,000 characters."),
        ("\n", "A password has 15 to 1,000 characters."),
        ("fourteen chars\n", "A password has 15 to 1,000 characters."),
        ("x" * 1001, "A password has 15 to 1,000 characters."),
        ("a bell \a and more words", "A password has no control character, and is UTF-8."),
        (b"four \xff words that nobody guesses", "the password is not UTF-8"),
    ],
)
@pytest.mark.parametrize("verb", ["add", "passwd"])
def test_a_password_that_will_not_do_is_refused(
    verb: str, text: str | bytes, sentence: str
) -> None:
    assert typed(text, "user", verb, "ann") == (2, "", f"todo-plugin: {sentence}\n")
    assert command("user", "list") == (0, "", "")


@pytest.mark.parametrize("name", ["", ".", "me", "a/b", "x" * 101, "a\tb"])
def test_a_name_that_will_not_do_is_refused(name: str) -> None:
    for verb in ("add", "passwd", "remove"):
        code, printed, complaint = typed(PASSWORD, "user", verb, name)
        assert (code, printed, complaint.startswith("todo-plugin: ")) == (2, "", True)


def at_a_terminal(folder: Path, *answers: str) -> tuple[int, str]:
    """The exit code and the screen of `user add ann` where these lines are typed."""
    screen, keyboard = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "app", "user", "add", "ann"],
        cwd=folder,
        env=environment(),
        stdin=keyboard,
        stdout=keyboard,
        stderr=keyboard,
        start_new_session=True,
    ) as process:
        os.close(keyboard)
        shown = b""
        for number, answer in enumerate(answers, 1):
            while shown.count(b": ") < number:
                shown += os.read(screen, 1024)
            os.write(screen, f"{answer}\n".encode())
        try:
            while part := os.read(screen, 1024):
                shown += part
        except OSError:
            pass  # Linux says so when nobody has the other end open.
        code = process.wait(30)
    os.close(screen)
    return code, shown.decode()


def test_at_a_terminal_it_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    code, shown = at_a_terminal(tmp_path, PASSWORD, PASSWORD)
    assert (code, shown.split("\r\n")) == (
        0,
        ["Password: ", "Repeat for confirmation: ", ""],
    )
    assert command("user", "list")[1].split()[1:] == ["ann"]


async def test_tokens_and_what_was_allowed_are_listed_and_revoked(url: str) -> None:
    async with oauth_door(url) as flow:
        await flow.add_person("bob")
        tool = await registered(flow, name="a \x1b[31mtool")
        assert (await run("token", "add", "ann"))[0] == 0
        await flow.sign_in()
        mine, also = await flow.tokens(), await tool.tokens()
        flow.client.cookies.clear()
        await flow.sign_in("bob")
        bobs = await flow.tokens()
        code, printed, _ = await run("token", "list")
        told = [line.partition("  ")[2] for line in printed.splitlines()]
        expected = ["ann", "ann  todo-gpt (todo-gpt)", "bob  todo-gpt (todo-gpt)"]
        expected.append(f"ann  a ?[31mtool ({tool.proof['client_id']})")
        assert (code, sorted(told)) == (0, sorted(expected))
        assert await run("token", "revoke", "ann") == (0, "revoked: 3\n", "")
        for tokens in (mine, also):
            assert not await flow.is_valid(tokens["access_token"])
        assert await flow.is_valid(bobs["access_token"])
        nothing = (1, "", "todo-plugin: that name has no token\n")
        assert await run("token", "revoke", "ann") == nothing


async def test_of_who_is_forgotten_nothing_is_left(url: str) -> None:
    async with oauth_door(url) as flow:
        await flow.add_person("bob")
        await flow.sign_in("bob")
        bobs = await flow.tokens()
        flow.client.cookies.clear()
        await flow.sign_in()
        tokens = await flow.tokens()
        await flow.refresh(tokens["refresh_token"])
        await flow.code()
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        added = await flow.client.post("/todos/me", json={"todo": "milk"}, headers=headers)
        assert added.status_code == 200
        forgotten = "deleted: lists 1, tokens 0, grants 2, sessions 1, people 1\n"
        assert await run("forget", "ann") == (0, forgotten, "")
        assert not await flow.is_valid(tokens["access_token"])
        assert await flow.is_valid(bobs["access_token"])
        assert await left(flow) == {"bob"}
        nothing = (1, "", "todo-plugin: nothing is kept under that name\n")
        assert await run("forget", "ann") == nothing


async def left(flow: Flow) -> set[str]:
    """Whose rows there are."""
    rows: list[tuple[Any, ...]] = []
    for table in ("people", "sessions", "grants"):
        rows += await flow.rows(f"SELECT name FROM oauth_{table}")  # noqa: S608 - of our own
    for table in ("codes", "tokens"):
        rows += await flow.rows(
            f"SELECT name FROM oauth_{table}"  # noqa: S608 - of our own
            f" LEFT JOIN oauth_grants ON id = oauth_{table}.grant_id"
        )
    return {name for (name,) in rows}


def test_without_the_libraries_it_is_told_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "authlib").mkdir()
    (tmp_path / "authlib/__init__.py").write_text(
        "raise ModuleNotFoundError('not here', name='authlib')"
    )
    (tmp_path / "argon2.py").write_text("raise ModuleNotFoundError('not here', name='argon2')")
    path = f"{tmp_path}{os.pathsep}{environment()['PYTHONPATH']}"
    for words, mode, missing in (
        (["serve"], "oauth", "authlib"),
        (["user", "add", "ann"], "none", "argon2"),
    ):
        run = subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=tmp_path,
            env=environment(PYTHONPATH=path, PLUGIN_AUTH=mode),
            input=PASSWORD,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert run.returncode == 2
        assert run.stderr.endswith(f"needs the extra `oauth`; {missing} is not installed\n")
