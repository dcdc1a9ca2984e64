"""The whole suite on the newest Pythons, which Debian's unstable suite has."""

import subprocess
import sys

import pytest

from tests.running import PROJECT

MISSING = 69


@pytest.mark.parametrize("version", ["3.14", "3.15"])
def test_every_test_passes(version: str) -> None:
    ran = subprocess.run(
        ["bash", PROJECT / "scripts" / "debian_python.sh", version, "-q"],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode == MISSING:
        pytest.skip(ran.stderr.strip())
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-1000:]
    sys.stdout.write(f"Python {version}: {ran.stdout.splitlines()[-1]}\n")
