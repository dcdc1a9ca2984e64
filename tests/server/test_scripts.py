"""The scripts for developers: what they say where something is missing."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.running import PROJECT


def test_the_tests_on_another_python_tell_what_to_install_for_them(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "dirname"):
        (tools / name).symlink_to(str(shutil.which(name)))
    run = subprocess.run(
        ["bash", PROJECT / "scripts" / "debian_python.sh", "3.15"],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    missing = "there is no debootstrap (Debian: apt install debootstrap util-linux)"
    if os.geteuid():
        missing = "only root can make and enter a root folder"
    assert (run.returncode, run.stderr) == (69, f"no Python of Debian: {missing}\n")
