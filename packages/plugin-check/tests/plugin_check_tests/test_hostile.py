"""Hostile documents and servers end in findings: no hang, no crash, no escape sequence."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from guarded_fetch.testing.hostile_servers import hostile

from .hostile_documents import CONTRACTS, MANIFESTS

TESTS = Path(__file__).parent.parent

# What is odd and still allowed.
SOUND = {
    "a pattern that backtracks",
    "a pattern that is none",
    "schemas 40 deep",
    "a server address of 100,000 characters",
}


@cache
def checked() -> tuple[list[dict[str, Any]], int]:
    """Each source's outcome, and the process's peak of memory in bytes."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "plugin_check_tests.hostile"],
        cwd=TESTS,
        # With an arena a thread, glibc's figure depends on what else the machine does.
        env={**os.environ, "MALLOC_ARENA_MAX": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    *lines, memory = ran.stdout.splitlines()
    return [json.loads(line) for line in lines], int(memory)


def test_more_than_40_hostile_sources_take_less_than_60_seconds_and_100_mb() -> None:
    sources, memory = checked()
    assert len(sources) == len(MANIFESTS) + len(CONTRACTS) + len(hostile()) > 40
    assert sum(source["seconds"] for source in sources) < 60
    assert memory < 100_000_000


def test_each_hostile_source_ends_in_a_finding_or_in_a_sentence() -> None:
    sources, _ = checked()
    silent = {source["name"] for source in sources if not source["rules"] + source["unseen"]}
    assert silent == SOUND


def test_no_character_of_a_hostile_source_steers_the_terminal() -> None:
    sources, _ = checked()
    assert [source["name"] for source in sources if source["steers"]] == []
