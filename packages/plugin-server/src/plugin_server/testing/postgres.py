"""A real PostgreSQL for tests: run by us, gone when the tests are gone."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal
from uuid import uuid4

from .postgres_programs import (
    PATIENCE,
    PostgresUnavailable,
    Sandbox,
    find_program,
    unprivileged_uid,
)

__all__ = ["PostgresUnavailable", "Server", "running_postgres"]

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


class Server:
    """A running PostgreSQL, its socket in `folder`.

    Data survives `stop` and `start`, committed data also "immediate".
    Calls block for up to a minute; RuntimeError (with the log's end) or TimeoutExpired after it.
    """

    def __init__(self, sandbox: Sandbox, program: Path, *, is_durable: bool = True) -> None:
        self.folder = sandbox.scratch
        self._sandbox = sandbox
        self._program = program
        self._is_durable = is_durable
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
        options = ("-D", scratch / "data", "-k", scratch, "-h", "", "-p", "5432")
        script = ("/bin/sh", "-c", SUPERVISOR, scratch)
        durable = () if self._is_durable else ("-F",)
        self._supervisor = self._sandbox.spawn(*script, self._program, *options, *durable)
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
def running_postgres(directory: Path, *, is_durable: bool = True) -> Iterator[Server]:
    """Run a PostgreSQL of one's own; what it prints stays in `postgres.log` in the directory. One
    that is not durable is faster, and loses what it has when the machine loses its power.

    Its other files are in a short place that its uid can enter, which a test's directory often is
    not, and are removed at the end. PostgresUnavailable where it cannot run.
    """
    # A socket's path may have 103 bytes on some systems, and TMPDIR may be long or private.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        scratch = Path(name)
        sandbox = Sandbox(scratch, unprivileged_uid(), directory / "postgres.log")
        program = find_program(sandbox)
        _create_cluster(program, sandbox)
        server = Server(sandbox, program, is_durable=is_durable)
        try:
            server.start()
            yield server
        finally:
            server.stop("immediate")


def _create_cluster(program: Path, sandbox: Sandbox) -> None:
    data = f"--pgdata={sandbox.scratch / 'data'}"
    how = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
    speed = ("--no-sync", "--no-instructions")
    if not sandbox.run(program.with_name("initdb"), data, *how, *speed):
        raise sandbox.failure("initdb failed")
