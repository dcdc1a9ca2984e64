"""The command line, as a person types it."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.front_door import OTHER_TOKEN, TOKEN
from tests.running import KIND, environment, running_server

from .copies import command


def run(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_settings_shows_every_value_and_no_secret(tmp_path: Path) -> None:
    shown = run(
        tmp_path,
        "settings",
        PLUGIN_AUTH="service_http",
        PLUGIN_SERVICE_TOKENS=TOKEN,
        PLUGIN_OAUTH_CLIENT_ID="todo-gpt",
        PLUGIN_OAUTH_CLIENT_SECRET=OTHER_TOKEN,
        PLUGIN_OAUTH_REGISTRATION="1",
        PLUGIN_DATABASE_URL="postgresql://todo:hunter2@db/todo",
        PLUGIN_TRUSTED_PROXIES="1",
        PLUGIN_RATE_LIMIT_STORAGE="redis://:hunter2@limits",
        PLUGIN_RATE_LIMIT="60/minute",
        PLUGIN_LOG_FORMAT="text",
    )
    assert (shown.returncode, shown.stdout) == (
        0,
        "PLUGIN_BIND=localhost:5002\n"
        "PORT=\n"
        "PLUGIN_AUTH=service_http\n"
        "PLUGIN_SERVICE_TOKENS=**********\n"
        "PLUGIN_AUTHORIZATION_TYPE=bearer\n"
        "PLUGIN_VERIFICATION_TOKENS={}\n"
        "PLUGIN_OPENAI_APPS_CHALLENGE=\n"
        "PLUGIN_PUBLIC_URL=\n"
        "PLUGIN_OAUTH_CLIENT_ID=todo-gpt\n"
        "PLUGIN_OAUTH_CLIENT_SECRET=**********\n"
        "PLUGIN_OAUTH_REDIRECT_URIS=\n"
        "PLUGIN_OAUTH_REGISTRATION=on\n"
        "PLUGIN_OAUTH_ISSUER=\n"
        "PLUGIN_OAUTH_AUDIENCE=\n"
        "PLUGIN_OAUTH_PERSON_CLAIM=sub\n"
        "PLUGIN_OAUTH_CODE_SECONDS=60\n"
        "PLUGIN_OAUTH_ACCESS_SECONDS=3600\n"
        "PLUGIN_OAUTH_REFRESH_SECONDS=2592000\n"
        "PLUGIN_TRUSTED_PROXIES=for=1,proto=1,host=1\n"
        "PLUGIN_DATABASE_URL=**********\n"
        "PLUGIN_CORS_ORIGINS=https://chatgpt.com,https://chat.openai.com\n"
        "PLUGIN_PAGE=on\n"
        "PLUGIN_RATE_LIMIT=60/minute\n"
        "PLUGIN_RATE_LIMIT_STORAGE=**********\n"
        "PLUGIN_ALLOWED_NETWORKS=\n"
        "PLUGIN_MAX_BODY=65536\n"
        f"PLUGIN_SERVER={KIND}\n"
        "PLUGIN_MAX_CONNECTIONS=1000\n"
        "PLUGIN_TLS_CERT=\n"
        "PLUGIN_TLS_KEY=\n"
        "PLUGIN_LOG_FORMAT=text\n"
        "PLUGIN_METRICS_BIND=\n"
        "PLUGIN_GRACE=10.0\n",
    )


def test_tokens_are_made_listed_and_revoked(tmp_path: Path) -> None:
    made = run(tmp_path, "token", "add", "ann").stdout.strip()
    second = run(tmp_path, "token", "add", "ann").stdout.strip()
    assert len(made) == len(second) == 43
    assert made != second
    assert TOKEN not in (tmp_path / "todo-plugin.db").read_bytes().decode("latin-1")
    listed = run(tmp_path, "token", "list").stdout.splitlines()
    assert [line.split("  ")[1] for line in listed] == ["ann", "ann"]
    assert run(tmp_path, "token", "revoke", "ann").stdout == "revoked: 2\n"
    assert run(tmp_path, "token", "list").stdout == ""
    again = run(tmp_path, "token", "revoke", "ann")
    assert (again.returncode, again.stderr) == (1, "todo-plugin: that name has no token\n")


@pytest.mark.parametrize("name", ["me", "..", "a/b", "a\nb", "x" * 101, ""])
def test_a_name_that_cannot_stand_in_a_path_gets_no_token(name: str) -> None:
    code, printed, complaint = command("token", "add", name)
    assert (code, printed) == (2, "")
    assert complaint.startswith("todo-plugin: ")


def test_a_token_works_and_is_revoked_while_the_server_runs(tmp_path: Path) -> None:
    with running_server(tmp_path, PLUGIN_AUTH="user_http") as server:
        token = run(tmp_path, "token", "add", "ann").stdout.strip()
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{server.url}/todos/me"
        added = httpx.post(url, json={"todo": "milk"}, headers=headers)
        assert added.json() == {"todo": "milk", "todo_idx": 0, "revision": 1}
        run(tmp_path, "token", "revoke", "ann")
        assert httpx.get(url, headers=headers).status_code == 401


def test_a_bad_setting_is_one_line_and_exit_2_and_nothing_listens(tmp_path: Path) -> None:
    refused = run(tmp_path, PLUGIN_GRACE="soon", PLUGIN_BIND="127.0.0.1:0")
    assert (refused.returncode, refused.stdout, refused.stderr) == (
        2,
        "",
        "todo-plugin: PLUGIN_GRACE: Input should be a valid number, "
        "unable to parse string as a number\n",
    )


def test_a_misspelt_variable_is_a_warning(tmp_path: Path) -> None:
    shown = run(tmp_path, "settings", PLUGIN_GRACES="1")
    assert shown.returncode == 0
    assert shown.stderr == (
        "WARNING plugin_server.settings: PLUGIN_GRACES is not a setting;"
        " did you mean PLUGIN_GRACE?\n"
    )


def test_an_address_in_use_is_one_line(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        address = server.url.removeprefix("http://")
        refused = run(tmp_path, "serve", PLUGIN_BIND=address)
    assert (refused.returncode, refused.stderr) == (
        1,
        f"todo-plugin: cannot listen on {address}: Address already in use\n",
    )


def test_a_database_that_cannot_be_had_is_told_without_a_traceback(tmp_path: Path) -> None:
    for url in ("sqlite:////nowhere/at/all.db", "postgresql://127.0.0.1:1/todo"):
        refused = run(tmp_path, PLUGIN_BIND="127.0.0.1:0", PLUGIN_DATABASE_URL=url)
        assert refused.returncode == 1
        # PostgreSQL's pool has a thread of its own, which may log something after that.
        assert "\ntodo-plugin: the database" in f"\n{refused.stderr}"
        assert "Traceback" not in refused.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs file permissions")
def test_help_names_every_verb(tmp_path: Path) -> None:
    shown = run(tmp_path, "--help").stdout
    for verb in ("serve", "settings", "token", "check", "package", "backup", "doctor"):
        assert f"\n  {verb} " in shown
