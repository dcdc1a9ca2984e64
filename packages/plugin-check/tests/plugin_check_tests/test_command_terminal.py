"""`plugin-check` at a terminal and away from one: colours, progress, Ctrl-C."""

import contextlib
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

COLUMNS = 60
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
COMMAND = [sys.executable, "-m", "plugin_check"]


@contextlib.contextmanager
def silent_server(*, mute: bool = False) -> Iterator[str]:
    """An address that takes connections and closes them; `mute`, it keeps them open unanswered."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept: list[socket.socket] = []

        def work() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    kept.append(connection)
                    if not mute:
                        connection.close()

        thread = threading.Thread(target=work)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in kept:
            connection.close()


def terminal(*words: str, **variables: str) -> tuple["subprocess.Popen[bytes]", int]:
    """The command with a terminal for stdout and stderr, and the other end of that terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *words],
        env={**ENVIRONMENT, "TERM": "xterm", "COLUMNS": str(COLUMNS), **variables},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    return process, ours


def everything(ours: int) -> str:
    """What the terminal was sent until it was closed."""
    pieces = []
    # Linux says EIO when the last one at the other end is gone.
    with contextlib.suppress(OSError):
        while piece := os.read(ours, 65_536):
            pieces.append(piece)
    os.close(ours)
    return b"".join(pieces).decode()


def test_a_terminal_gets_lines_of_its_width(broken: Path) -> None:
    process, ours = terminal(str(broken), "--no-color")
    lines = everything(ours).splitlines()
    assert process.wait(30) == 1
    sentences = [line for line in lines if line.startswith("  ") and "://" not in line]
    assert COLUMNS - 20 < max(map(len, sentences)) <= COLUMNS


@pytest.mark.parametrize(
    ("words", "variables", "coloured"),
    [
        ((), {}, True),
        (("--no-color",), {}, False),
        (("--no-colour",), {}, False),
        ((), {"NO_COLOR": "1"}, False),
        ((), {"NO_COLOR": "0"}, False),
        ((), {"NO_COLOR": "whatever"}, False),
        ((), {"NO_COLOR": ""}, True),
    ],
)
def test_a_terminal_gets_colours_unless_they_are_unwanted(
    broken: Path, words: tuple[str, ...], variables: dict[str, str], coloured: bool
) -> None:
    process, ours = terminal(str(broken), *words, **variables)
    shown = everything(ours)
    assert process.wait(30) == 1
    assert ("\x1b[31m\x1b[1merror\x1b[0m" in shown) == coloured
    assert ("\x1b" in shown) == coloured


def test_a_terminal_shows_one_line_of_progress_and_clears_it() -> None:
    with silent_server() as address:
        process, ours = terminal(address, "--no-color")
        shown = everything(ours)
        process.wait(30)
    progress, report = re.split(r"\r +\r", shown)
    assert progress.startswith("\rmanifest: GET http://127.0.0.1:")
    assert "\n" not in progress
    assert max(map(len, progress.split("\r"))) < COLUMNS
    assert report.startswith("checked       http://127.0.0.1:")


def test_ctrl_c_ends_in_130_without_a_traceback() -> None:
    with silent_server(mute=True) as address:
        process, ours = terminal(address, "--verbose")
        shown = os.read(ours, 65_536)
        process.send_signal(signal.SIGINT)
        shown += everything(ours).encode()
        assert process.wait(30) == 130
    assert b"Traceback" not in shown


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_lacks_characters_gets_escapes(plants: Path, encoding: str) -> None:
    manifest = json.loads((plants / "ai-plugin.json").read_text())
    manifest["schema_version"] = "花\x1b[2J"
    (plants / "ai-plugin.json").write_text(json.dumps(manifest))
    process, ours = terminal(str(plants), "--no-color", PYTHONIOENCODING=encoding)
    shown = everything(ours)
    assert process.wait(30) == 1
    assert "\\u82b1\\x1b[2J" in shown
    assert "\x1b" not in shown


def test_away_from_a_terminal_nothing_is_said_on_stderr() -> None:
    with silent_server() as address:
        assert away(address).stderr == ""


def test_verbose_tells_each_request_on_stderr() -> None:
    with silent_server() as address:
        ended = away(address, "--verbose", "--json")
    assert f"{address}/.well-known/ai-plugin.json" in ended.stderr
    assert json.loads(ended.stdout)["source"] == address


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_the_caller_closed_is_not_missed(plants: Path, closed: str) -> None:
    ended = ran("/bin/sh", "-c", f'"$0" "$@" {closed}', *COMMAND, str(plants))
    assert (ended.returncode, ended.stderr) == (0, "")


def away(*words: str) -> subprocess.CompletedProcess[str]:
    """The command with pipes for stdout and stderr."""
    return ran(*COMMAND, *words)


def ran(*line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        line,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
