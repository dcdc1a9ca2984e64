"""README.md is true: the command, settings of one's own, a client of another API, the tests."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest

from .notes_plugin import README, Run, command, problem


def test_the_command_shows_the_settings_and_has_the_verbs(
    notes_folder: Path, tmp_path: Path
) -> None:
    code, shown, complaints = command(notes_folder, "settings", PLUGIN_GRACE="7")
    assert (code, complaints) == (0, "")
    assert {"PLUGIN_GRACE=7.0", "PLUGIN_MAX_BODY=65536"} <= set(shown.splitlines())
    _, helped, _ = command(notes_folder, "--help")
    told = re.search(r"has the verbs ([^.]*)\.", README)
    assert told
    verbs = re.findall(r"`(\w+)`", told[1])
    assert verbs
    for verb in verbs:
        assert re.search(rf"^  {verb} ", helped, re.MULTILINE), verb
    wrong = command(notes_folder, "settings", PLUGIN_GRACE="long")
    assert wrong[::2] == (
        2,
        "notes-plugin: PLUGIN_GRACE: Input should be a valid number, unable to parse string as a"
        " number\n",
    )
    assert command(tmp_path, "forget", "ann", PYTHONPATH=str(notes_folder)) == (
        *(1, ""),
        "notes-plugin: nothing is kept under that name\n",
    )
    assert (tmp_path / "notes-plugin.db").is_file()


@asynccontextmanager
async def weather_service() -> AsyncIterator[tuple[str, list[str]]]:
    """A server on this machine that knows the weather of York; its URL, and what it was asked."""
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(head)
        is_york = head.startswith("GET /towns/York HTTP/1.1\r\n")
        status, body = ("200 OK", '{"weather": "rain"}') if is_york else ("404 Not Found", "{}")
        length = f"Content-Length: {len(body)}\r\nConnection: close"
        writer.write(f"HTTP/1.1 {status}\r\n{length}\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


async def test_a_client_lives_as_long_as_the_server(run_notes: Run) -> None:
    async with weather_service() as (url, asked):
        async with run_notes("weather", weather_url=url, weather_key="very-secret") as client:
            app = cast(Any, client)._transport.app
            answer = await client.get("/weather/York")
            assert answer.json() == {"town": "York", "weather": "rain"}
            assert "Authorization: Bearer very-secret" in "".join(asked)
            sentence = "The weather service does not answer. Try again later."
            here = await client.get("/weather", headers={"openai-subdivision-1-iso-code": "GB-YOR"})
            where = "It is not known where you are: name a town."
            assert problem(here) == (400, "no_town", where)
            unknown = await client.get("/weather/Nowhere")
            assert problem(unknown) == (502, "no_weather", sentence)
            assert not app.extensions["weather"].is_closed
        assert app.extensions["weather"].is_closed


def test_settings_of_ones_own_are_read_refused_listed_and_masked(
    notes_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plugin_server.settings import shown, unknown_variables

    monkeypatch.setenv("PLUGIN_WEATHER_KEY", "very-secret")
    monkeypatch.setenv("PLUGIN_WEATHER_URL", "http://weather.test")
    kind = import_module("notes.weather").Settings
    lines = shown(kind())
    assert {"PLUGIN_WEATHER_KEY=**********", "PLUGIN_WEATHER_URL=http://weather.test"} <= set(lines)
    assert unknown_variables(["PLUGIN_WEATHER_KEYS"], kind) == [
        "PLUGIN_WEATHER_KEYS is not a setting; did you mean PLUGIN_WEATHER_KEY?"
    ]
    assert notes_folder.is_dir()


def test_the_contract_suite_passes_over_the_example(notes_folder: Path, postgres_url: str) -> None:
    # What is meant for the server that runs from this folder.
    (notes_folder / ".env").write_text(
        "PLUGIN_AUTH=user_http\nPLUGIN_PUBLIC_URL=https://a.example\n"
    )
    tests = notes_folder / "tests"
    tests.mkdir(exist_ok=True)
    (tests / "conftest.py").write_text('pytest_plugins = ["plugin_server.testing.fixtures"]\n')
    (tests / "test_contract.py").write_text("from plugin_server.testing.contract import *\n")
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null"),
            *(f"--rootdir={notes_folder}", "-o", "plugin=notes.main", "-o", "asyncio_mode=auto"),
            *("-o", "asyncio_default_fixture_loop_scope=function"),
            *("-p", "no:schemathesis", "-W", "error", str(tests)),
        ],
        cwd=notes_folder,
        env={"PYTHONPATH": str(notes_folder), "TEST_DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr
    passed = re.search(r"(\d+) passed", ran.stdout)
    assert passed
    assert int(passed[1]) >= 70
