"""`todo-plugin doctor`: a line a check, and nothing is changed."""

import re
from pathlib import Path

import pytest

from tests.running import running_server

from .copies import add, command, contents, line

FIGURES = re.compile(r"(?<=: )(\d[\d,.]*|\d{4}-\d\d-\d\d \S+)(?=$| MiB| are free)", re.MULTILINE)
MACHINE = """\
ok       files: only owner and group can read what is secret
ok       disk: N MiB free
ok       clock: N
ok       open files: 100 connections fit
"""
SETTINGS = """\
ok       settings: valid
ok       access: none on localhost:5002
ok       encryption: not needed on a loopback address
"""
SQLITE = """\
ok       database: todo-plugin.db, 143,360 bytes
ok       migrations: all 4 applied
ok       integrity: nothing is damaged
"""
POSTGRES = """\
ok       database: PostgreSQL answers
ok       PostgreSQL: N
ok       database connections: N are free, and each server takes up to 10
ok       integrity: no checksum failure, no invalid index
ok       migrations: all 4 applied
"""


@pytest.fixture(autouse=True)
def _few_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUGIN_MAX_CONNECTIONS", "100")


def doctor() -> tuple[int, str]:
    """Exit code, and what does not differ between machines."""
    code, printed, complaints = command("doctor")
    assert complaints == ""
    kept = re.sub(r"^\w+ +(SQLite|memory): .*\n", "", printed, flags=re.MULTILINE)
    return code, FIGURES.sub("N", kept)


def test_all_is_well_beside_a_running_server(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        add(server.url, "ann", "milk")
        before = contents(tmp_path)
        database = re.sub(r"[\d,]+ bytes", "143,360 bytes", doctor()[1])
        assert database == SETTINGS + SQLITE + MACHINE
        after = contents(tmp_path)
        assert server.stop() == 0
    # A reader leaves its mark in the index of the log, which is no data.
    for files in (before, after):
        files.pop("todo-plugin.db-shm")
    assert after == before
    assert doctor() == (0, SETTINGS + SQLITE + MACHINE)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_all_is_well_on_postgresql(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUGIN_DATABASE_URL", database_url)
    assert command("token", "list")[0] == 0
    machine = re.sub(".* disk: .*\n", "", MACHINE)
    assert doctor() == (0, SETTINGS + POSTGRES + machine)


def test_without_a_database_none_is_made(tmp_path: Path) -> None:
    missing = "warning  database: there is no todo-plugin.db; the server makes it\n"
    assert doctor() == (0, SETTINGS + missing + MACHINE)
    assert contents(tmp_path) == {}


def test_settings_that_cannot_be_read_end_in_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUGIN_RATE_LIMIT", "often")
    code, printed, complaint = command("doctor")
    assert (code, printed) == (2, "")
    assert complaint.startswith("todo-plugin: PLUGIN_RATE_LIMIT: must be such as 120/minute")


@pytest.mark.parametrize(
    ("variables", "what", "found"),
    [
        (
            {"PLUGIN_GRACES": "1"},
            "settings",
            "warning  settings: PLUGIN_GRACES is not a setting; did you mean PLUGIN_GRACE?",
        ),
        (
            {"PORT": "80", "PLUGIN_AUTH": "none"},
            "access",
            "warning  access: whoever reaches 0.0.0.0:80 can read and change every list;"
            " set PLUGIN_AUTH to service_http, user_http or oauth",
        ),
        (
            {"PORT": "80", "PLUGIN_AUTH": "user_http"},
            "encryption",
            "warning  encryption: tokens and answers travel in the clear; set PLUGIN_TLS_CERT and"
            " PLUGIN_TLS_KEY; or let a proxy end TLS, and set PLUGIN_PUBLIC_URL to its https"
            " address",
        ),
        (
            {"PORT": "80", "PLUGIN_AUTH": "user_http", "PLUGIN_PUBLIC_URL": "https://a.example"},
            "encryption",
            "warning  encryption: a proxy ends TLS, and every caller has its address;"
            " set PLUGIN_TRUSTED_PROXIES, or all share one rate limit",
        ),
        (
            {"PLUGIN_ALLOWED_NETWORKS": "@nowhere.json"},
            "allowed networks",
            "error    allowed networks: PLUGIN_ALLOWED_NETWORKS: there is no such file;"
            " the server will not start",
        ),
        (
            {"PLUGIN_RATE_LIMIT_STORAGE": "redis://:hunter2@127.0.0.1:1"},
            "rate limit storage",
            "warning  rate limit storage: does not answer (ConnectionError);"
            " until it does, each server counts alone",
        ),
        (
            {"PLUGIN_TLS_CERT": "nowhere.pem", "PLUGIN_TLS_KEY": "nowhere.pem"},
            "certificate",
            "error    certificate: cannot be read: No such file or directory;"
            " see PLUGIN_TLS_CERT and PLUGIN_TLS_KEY",
        ),
        (
            {"PLUGIN_DATABASE_URL": "sqlite:///nowhere/todo-plugin.db"},
            "database",
            "error    database: there is no folder nowhere; make it",
        ),
        (
            {"PLUGIN_DATABASE_URL": "postgresql://todo:hunter2@127.0.0.1:1/todo"},
            "database",
            "error    database: cannot be asked: connection failed: connection to server at"
            ' "127.0.0.1", port 1 failed: Connection refused; see PLUGIN_DATABASE_URL',
        ),
    ],
)
def test_what_the_settings_ask_for_is_looked_at(
    variables: dict[str, str], what: str, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert line(what) == found
    assert "hunter2" not in command("doctor")[1]
