"""What `todo-plugin doctor` finds when something is not well."""

import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from .copies import command, damage, line, make_copy, make_database


def test_a_certificate_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    now = datetime.now(UTC)
    for days, other, found in (
        (90, False, "ok       certificate: ends in 89 days"),
        (5, False, "warning  certificate: ends in 4 days; renew it, and send SIGHUP"),
        (-1, False, "error    certificate: certificate has expired; renew it"),
        (
            90,
            True,
            "error    certificate: certificate and key cannot be used (KEY_VALUES_MISMATCH);"
            " see PLUGIN_TLS_CERT and PLUGIN_TLS_KEY",
        ),
    ):
        issued = authority.issue_cert(
            "todo.example",
            not_before=now - timedelta(days=9),
            not_after=now + timedelta(days=days, hours=-1),
        )
        key = authority.issue_cert("todo.example") if other else issued
        (tmp_path / "cert.pem").write_bytes(b"".join(b.bytes() for b in issued.cert_chain_pems))
        (tmp_path / "key.pem").write_bytes(key.private_key_pem.bytes())
        monkeypatch.setenv("PLUGIN_TLS_CERT", "cert.pem")
        monkeypatch.setenv("PLUGIN_TLS_KEY", "key.pem")
        monkeypatch.setenv("PLUGIN_PUBLIC_URL", "https://todo.example")
        assert line("certificate") == found
    (tmp_path / "key.pem").write_text("")
    assert line("certificate").startswith("error    certificate: certificate and key cannot be")


def test_a_damaged_database_is_an_error(tmp_path: Path) -> None:
    damage(make_database(tmp_path))
    assert line("integrity") == (
        "error    integrity: the database is damaged; restore the last backup"
    )
    assert command("doctor")[0] == 1
    (tmp_path / "todo-plugin.db").write_text("no database" * 1000)
    assert line("database") == (
        "error    database: todo-plugin.db is damaged: file is not a database; restore a backup"
    )


def test_stray_rows_are_an_error(tmp_path: Path) -> None:
    with closing(sqlite3.connect(make_database(tmp_path))) as connection, connection:
        connection.execute("INSERT INTO todos VALUES ('nobody', 1, 'milk')")
    assert line("integrity").startswith("error    integrity: the database is damaged")


def test_migrations_are_compared_with_the_code(tmp_path: Path) -> None:
    with closing(sqlite3.connect(make_database(tmp_path))) as connection, connection:
        connection.execute("DELETE FROM migrations WHERE name LIKE 'auth%'")
        connection.commit()
        assert line("migrations").startswith("warning  migrations: auth/0001_tokens.sql is not app")
        connection.execute("INSERT INTO migrations VALUES ('auth/0099_more.sql')")
        connection.commit()
        assert line("migrations") == (
            "error    migrations: auth/0099_more.sql comes from a newer version;"
            " run that version, or restore a backup from before it"
        )


@pytest.fixture(name="open_folder")
def fixture_open_folder() -> Iterator[Path]:
    """A folder that every user of this machine can enter."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_what_everybody_can_read_is_a_warning(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(open_folder)
    shutil.move(make_copy(open_folder), "todo-plugin.db")
    Path("todo-plugin.db").chmod(0o644)
    assert line("files") == "warning  files: every user here can read todo-plugin.db; chmod o-r"
    Path("todo-plugin.db").chmod(0o640)
    assert line("files").startswith("ok")


def test_times_in_the_future_are_a_warning(tmp_path: Path) -> None:
    database = make_database(tmp_path)
    os.utime(database, (4e9, 4e9))
    assert line("clock") == (
        "warning  clock: the database was changed in the future; set the clock right"
    )


def test_a_low_limit_on_open_files_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUGIN_MAX_CONNECTIONS", "100000")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY or most > 100_000:
        pytest.skip("more files may be open here than connections can be asked for")
    assert line("open files") == (
        f"warning  open files: limited to {most}, and PLUGIN_MAX_CONNECTIONS=100000 needs 100096;"
        " ulimit -Hn 100096, or fewer connections"
    )


def test_a_check_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugin_server.maintenance.machine.os.statvfs", None)
    assert "error    disk: could not be checked (TypeError)\n" in command("doctor")[1]
