"""How a PostgreSQL database is, for `doctor`."""

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from .finding import Finding, judge_migrations
from .migrations import known
from .postgres import CONNECT_SECONDS, CONNECTIONS

OLDEST = 15  # the releases before it get no more fixes
CLOCK_SECONDS = 60

HEALTH = """
SELECT current_setting('server_version_num')::int / 10000,
       current_setting('server_encoding'),
       pg_is_in_recovery(),
       extract(epoch FROM clock_timestamp())::float,
       current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int
         - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       coalesce((SELECT checksum_failures FROM pg_stat_database
                  WHERE datname = current_database()), 0)
         + (SELECT count(*) FROM pg_index WHERE NOT indisvalid),
       to_regclass('migrations') IS NOT NULL
"""


def examine_postgres(url: str, folders: list[Path]) -> Iterator[Finding]:
    try:
        with psycopg.connect(
            url,
            connect_timeout=CONNECT_SECONDS,
            options="-c default_transaction_read_only=on -c statement_timeout=10s",
        ) as connection:
            row = connection.execute(HEALTH).fetchone()
            assert row is not None  # noqa: S101 - it has no FROM
            *health, prepared = row
            applied: set[str] = set()
            if prepared:
                applied = {name for (name,) in connection.execute("SELECT name FROM migrations")}
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        yield Finding("error", "database", f"cannot be asked: {reason}", "see PLUGIN_DATABASE_URL")
        return
    yield from judge_health(*health, now=time.time())
    yield judge_migrations(applied, set(known(tuple(folders), "postgresql")))


def judge_health(
    version: int, encoding: str, replica: bool, clock: float, free: int, damaged: int, *, now: float
) -> Iterator[Finding]:
    """What the server's answers to HEALTH mean."""
    if replica:
        yield Finding("error", "database", "is a read-only copy", "name the primary server")
    elif encoding != "UTF8":
        yield Finding("error", "database", f"keeps {encoding}", "create it with ENCODING 'UTF8'")
    else:
        yield Finding("ok", "database", "PostgreSQL answers")
    if version < OLDEST:
        yield Finding(
            "warning",
            "PostgreSQL",
            f"{version} gets no more fixes",
            f"upgrade to {OLDEST} or later",
        )
    else:
        yield Finding("ok", "PostgreSQL", str(version))
    yield _judge_connections(free)
    if abs(clock - now) > CLOCK_SECONDS:
        yield Finding(
            "warning",
            "database clock",
            f"{abs(clock - now):.0f} seconds away from this machine's",
            "let both follow a time server",
        )
    if damaged:
        yield Finding(
            "error",
            "integrity",
            f"{damaged} checksum failures or invalid indexes",
            "see PostgreSQL's log; REINDEX, or restore a backup",
        )
    else:
        yield Finding("ok", "integrity", "no checksum failure, no invalid index")


def _judge_connections(free: int) -> Finding:
    found = f"{free} are free, and each server takes up to {CONNECTIONS}"
    if free < CONNECTIONS:
        return Finding(
            "warning", "database connections", found, "raise max_connections, or run fewer servers"
        )
    return Finding("ok", "database connections", found)
