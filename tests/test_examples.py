"""Each example is a project of its own: its tests pass, its types fit, and hosts would take it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from plugin_check import check
from plugin_check.report import Level
from tests.running import PROJECT, environment

EXAMPLES = sorted(file.parent for file in (PROJECT / "examples").glob("*/pyproject.toml"))
# A rule of 2023 that looks for a revision: in what reads, and in what is the same when repeated.
REPEATED = "T08"
FILES = 20


@pytest.fixture(params=EXAMPLES, ids=lambda each: each.name)
def example(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


def run(example: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A module of Python, in the example's folder, whose `app` and `tests` come before ours."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=example,
        env=environment(PYTHONPATH=str(example), PYTHONDONTWRITEBYTECODE="1", **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def test_its_own_tests_pass(example: Path, postgres_url: str) -> None:
    ran = run(example, "pytest", "-q", "-p", "no:cacheprovider", TEST_DATABASE_URL=postgres_url)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr
    assert re.search(r"\b\d\d+ passed", ran.stdout), ran.stdout


def test_hosts_would_take_it(example: Path) -> None:
    report = check(example)
    assert report.exit_code == 0
    told = {each.rule for each in report.findings if each.level is not Level.NOTE}
    assert told <= {REPEATED}


def test_it_is_small(example: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=example, capture_output=True, text=True, check=True
    )
    assert 0 < len(listed.stdout.splitlines()) < FILES


def test_the_figures_of_retrieval_are_printed() -> None:
    ran = run(PROJECT / "examples/retrieval", "app.measure")
    assert (ran.returncode, ran.stderr) == (0, "")
    found = re.search(r"^sqlite, words: .* among the first 3 in (\d+) of (\d+)$", ran.stdout, re.M)
    assert found
    assert int(found[1]) >= 0.9 * int(found[2])
