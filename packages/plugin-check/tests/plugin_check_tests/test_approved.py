"""No false alarm: what the store of 2023 accepted is no error, and what it let pass is told."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from plugin_check import Report, check
from plugin_check.approved import APPROVED as ALL
from plugin_check.approved import WITH_OAUTH
from plugin_check.rules import RULES

from .approved import APPROVED, write_all

# The corpus is half of what the shares were counted over.
POINTS = 5

# Prints the seconds that the command took, and the most MiB that it had.
MEASURE = """
import json, resource, subprocess, sys, time
began = time.monotonic()
ran = subprocess.run(sys.argv[1:], capture_output=True)
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
lines = ran.stdout.decode().splitlines()
print(json.dumps([ran.returncode, len(lines), time.monotonic() - began, most / unit]))
"""


@pytest.fixture(name="reports", scope="module")
def fixture_reports(tmp_path_factory: pytest.TempPathFactory) -> list[Report]:
    """The reports on all of them for the installer of 2023, each at its origin."""
    files = write_all(tmp_path_factory.mktemp("approved"))
    began = time.process_time()
    reports = [
        check(file, hosts=["plugin"], origin=approved.origin)
        for file, approved in zip(files, APPROVED, strict=True)
    ]
    assert time.process_time() - began < 5
    return reports


def test_none_of_520_approved_manifests_has_an_error_for_the_installer(
    reports: list[Report],
) -> None:
    assert len(reports) == 520
    assert [report.errors for report in reports] == [()] * 520
    assert {report.verdicts["plugin"].state for report in reports} == {"incomplete"}


def test_none_has_an_error_either_where_nobody_says_the_origin(tmp_path: Path) -> None:
    reports = [check(file, hosts=["plugin"]) for file in write_all(tmp_path)]
    assert [report.errors for report in reports] == [()] * 520


def test_the_rules_that_they_break_are_told_with_the_share_that_breaks_them(
    reports: list[Report],
) -> None:
    broken = Counter(
        rule
        for report in reports
        for rule in {each.rule for each in report.findings if each.level.value == "warning"}
    )
    oauth = sum(each.manifest["auth"]["type"] == "oauth" for each in APPROVED)
    populations = {ALL: len(APPROVED), WITH_OAUTH: oauth}
    told = {
        rule.id: share
        for rule in RULES.values()
        for share in rule.shares
        if share.of in populations
    }
    # None of these has its logo inside of its address, as a few others have.
    assert broken.keys() == told.keys() - {"M08"}
    for identifier, count in broken.items():
        share = told[identifier]
        assert abs(100 * count / populations[share.of] - share.percent) < POINTS, identifier
    reasons = {
        judgement.reason
        for report in reports
        for finding in report.findings
        for judgement in finding.judgements.values()
    }
    assert {each for each in reasons if each} == {
        f"written, but {share} did otherwise" for share in told.values()
    }


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell what a process took")
def test_a_thousand_manifests_in_one_call_take_less_than_20_seconds_and_200_mb(
    tmp_path: Path,
) -> None:
    names = [file.name for file in write_all(tmp_path, 1_000)]
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, sys.executable, "-m", "plugin_check", *names],
        cwd=tmp_path,
        env={**os.environ, "MALLOC_ARENA_MAX": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    code, lines, seconds, megabytes = json.loads(ran.stdout)
    print(f"1,000 manifests: {seconds:.1f} s, {megabytes:.0f} MiB, {lines:,} lines")  # noqa: T201
    assert code in (0, 1)
    assert lines > 1_000 * 3
    assert seconds < 20
    assert megabytes < 200
