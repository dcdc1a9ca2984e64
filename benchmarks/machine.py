"""What the figures were measured on: the lines above the table."""

import os
import platform
import statistics
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

FSYNCS = 50
TOLERATED_SHARE = 0.1
TICKS = os.sysconf("SC_CLK_TCK")
PACKAGES = ("quart", "hypercorn", "uvicorn", "httptools", "uvloop", "fastapi", "mcp")
IN_MEMORY = ("tmpfs", "ramfs")


class Neighbours:
    """How busy everybody else keeps the machine.

    It moves more than the spread: throughput ratios seen on contended cores were mostly higher than
    on a quiet machine. Processor times move less.
    """

    def __init__(self) -> None:
        self._before = self._seconds()

    def verdict(self) -> str:
        """One line on what they took, and whether it spoils the table."""
        share = self.share()
        spoilt = ": too much, repeat this on a quiet machine" if share > TOLERATED_SHARE else ""
        return f"other processes took {share:.0%} of the machine{spoilt}"

    def share(self) -> float:
        """Their part of the processors' time since the start; our children must have ended."""
        busy, idle, own = (
            after - before for after, before in zip(self._seconds(), self._before, strict=True)
        )
        return max(0.0, busy - own) / (busy + idle)

    @staticmethod
    def _seconds() -> tuple[float, float, float]:
        counts = [int(count) for count in Path("/proc/stat").read_text().split()[1:9]]
        idle = counts[3] + counts[4]
        return (sum(counts) - idle) / TICKS, idle / TICKS, sum(os.times()[:4])


def describe(directory: Path) -> list[str]:
    """Versions, cores and load, and how long the disk under `directory` takes for an fsync."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    kind = filesystem(directory)
    lines = [
        f"Python {platform.python_version()}, {packages}",
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {sys.platform}",
        f"files on {kind}, fsync takes {fsync_milliseconds(directory):.2f} ms",
    ]
    if kind in IN_MEMORY:
        lines.append("WARNING: no disk under these files; set TMPDIR to a folder that is on one")
    return lines


def filesystem(directory: Path) -> str:
    """The type of the file system that holds `directory`: ext4, tmpfs, ..."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    above = [mount for mount in mounts if directory.resolve().is_relative_to(mount[0])]
    return max(reversed(above), key=lambda mount: len(mount[0]))[1]


def fsync_milliseconds(directory: Path) -> float:
    """The median time to have one appended block on the disk: what one commit waits for."""
    times = []
    with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
        for _ in range(FSYNCS):
            file.write(b"-" * 4096)
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000
