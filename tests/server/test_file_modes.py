"""Who may read and write the files that the program makes: their owner, whatever the umask is."""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import pytest

from tests.running import environment, running_server

from .copies import make_copy

UMASKS = ["000", "077"]
NOBODY = 65534

# Prints each file and its mode whenever a database is opened, a file takes its name or goes.
WATCHED = """
import os, sys
def look(event, arguments):
    if event in ("sqlite3.connect", "os.link", "os.rename", "os.remove"):
        for file in os.scandir():
            print("seen", file.name, oct(file.stat().st_mode & 0o777), file=sys.stderr)
os.umask(int(sys.argv.pop(1), 8))
sys.addaudithook(look)
from app.__main__ import main
main()
"""

AS_NOBODY = f"""
import logging, os
import plugin_server.storage.sqlite
from plugin_server.storage import connect
logging.basicConfig(format="%(message)s")
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
connect("sqlite:///todo-plugin.db").close()
"""


def modes(folder: Path) -> dict[str, str]:
    """The modes of the database's files."""
    return {file.name: oct(file.stat().st_mode & 0o777) for file in folder.glob("todo-plugin.db*")}


@pytest.mark.parametrize("umask", UMASKS)
def test_what_a_server_makes_is_its_owners_alone(tmp_path: Path, umask: str) -> None:
    with running_server(tmp_path, "sh", "-c", f'umask {umask}; exec "$@"', "sh") as server:
        httpx.post(f"{server.url}/todos/ann", json={"todo": "milk"}).raise_for_status()
        files = (
            "todo-plugin.db",
            "todo-plugin.db-wal",
            "todo-plugin.db-shm",
            "todo-plugin.db-lock",
        )
        assert modes(tmp_path) == dict.fromkeys(files, "0o600")


@pytest.mark.parametrize("umask", UMASKS)
def test_what_backup_and_restore_make_is_its_owners_alone(tmp_path: Path, umask: str) -> None:
    make_copy(tmp_path)
    (tmp_path / "todo-plugin.db").rename("before.db")
    for file in tmp_path.iterdir():
        file.chmod(0o600)
    made = {"restore": ".restoring", "backup": ".partial"}
    for verb, name in (("restore", "copy.db"), ("backup", "new.db")):
        run = subprocess.run(
            [sys.executable, "-c", WATCHED, umask, verb, name],
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        seen = [line.split()[1:] for line in run.stderr.splitlines()]
        assert any(each.endswith(made[verb]) for each, _ in seen)
        assert {mode for _, mode in seen} == {"0o600"}, seen
    assert {oct(stat.S_IMODE(file.stat().st_mode)) for file in tmp_path.iterdir()} == {"0o600"}


def test_a_lock_file_of_an_earlier_version_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "todo-plugin.db-lock").touch()
    (tmp_path / "todo-plugin.db-lock").chmod(0o644)
    with running_server(tmp_path):
        assert modes(tmp_path)["todo-plugin.db-lock"] == "0o600"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize(
    ("mode", "complaint"),
    [
        (0o644, ""),
        (
            0o600,
            "todo-plugin.db cannot be locked against a second server: {}/todo-plugin.db-lock"
            " belongs to another user; delete it while no server runs\n",
        ),
    ],
)
def test_a_lock_file_of_another_user_keeps_no_server_from_starting(
    mode: int, complaint: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        lock = Path(folder, "todo-plugin.db-lock")
        lock.touch()
        lock.chmod(mode)
        run = subprocess.run(
            [sys.executable, "-c", AS_NOBODY],
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stderr == complaint.format(folder)
        assert stat.S_IMODE(lock.stat().st_mode) == mode
