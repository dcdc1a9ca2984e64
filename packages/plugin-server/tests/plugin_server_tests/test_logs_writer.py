"""What writes the log: it holds nobody up, and goes on when it can."""

import logging
import os
from pathlib import Path

from plugin_server.observability.logs.writing import WAITING_CHARACTERS, Writer


def logger_to(descriptor: int) -> logging.Logger:
    log = logging.Logger("a test")
    log.addHandler(Writer(descriptor))
    return log


def test_what_finds_no_room_is_counted_and_the_rest_arrives_whole() -> None:
    ours, theirs = os.pipe()
    log = logger_to(theirs)
    filling = "x" * 1000
    count = 3 * WAITING_CHARACTERS // len(filling)
    for number in range(count):
        log.warning("%d %s", number, filling)
    numbers: list[int] = []
    dropped = 0
    with open(ours) as pipe:
        while len(numbers) + dropped < count:
            first, _, rest = pipe.readline().rstrip("\n").partition(" ")
            if rest == filling:
                numbers.append(int(first))
            else:
                dropped += int(rest.removeprefix("lines dropped: "))
    assert numbers == sorted(numbers)
    assert len(numbers) * len(filling) > WAITING_CHARACTERS * 0.9
    assert dropped > 0
    os.close(theirs)


def test_after_a_full_disk_the_log_goes_on(tmp_path: Path) -> None:
    log_file = tmp_path / "log"
    descriptor = os.open("/dev/full", os.O_WRONLY)
    log = logger_to(descriptor)
    (writer,) = log.handlers
    log.warning("one")
    log.warning("two")
    writer.flush()
    disk = os.open(log_file, os.O_WRONLY | os.O_CREAT)
    os.dup2(disk, descriptor)
    log.warning("three")
    writer.flush()
    assert log_file.read_text() == "three\nlog lines dropped: 2\n"
    os.close(descriptor)
    os.close(disk)
