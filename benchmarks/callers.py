"""Whether a request costs the same whoever sends it, one of ten callers or one of 100,000."""

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path

from app.main import create_app
from plugin_server import storage
from plugin_server.auth.credentials import digest

from .bursts import burst
from .operation import safeguards
from .rounds import Effort, in_turns, say
from .servers import TOKEN, Server, database, running
from .table import Row, Target

FEW = 10
ADD = "INSERT INTO tokens (digest, name, created) VALUES (?, ?, '2026-01-01')"


def measure(directory: Path, effort: Effort) -> list[Row]:
    """Processor time a request after every caller has called once, limits, logs and metrics on."""
    many = effort.requests
    files = {count: prepared(directory / str(count), count) for count in (FEW, many)}
    with serving(files[FEW]) as by_few, serving(files[many]) as by_many:
        get = partial(burst, kind="get", path=by_few.list)
        say(f"{many} callers call")
        get(by_many, count=many, tokens=files[many])
        bursts = in_turns(
            effort.rounds,
            {
                "few": partial(get, by_few, seconds=effort.seconds, tokens=files[FEW]),
                "many": partial(get, by_many, seconds=effort.seconds, tokens=files[many]),
            },
        )
    cost = {name: [each.milliseconds for each in done] for name, done in bursts.items()}
    name = f"GET by one of {many:,} callers, by one of {FEW} (processor ms)"
    return [Row(name, cost["few"], cost["many"], Target("<=", 1.2), digits=3)]


def serving(tokens: Path) -> AbstractContextManager[Server]:
    """A server in the folder of the tokens."""
    return running("ours", tokens.parent, PLUGIN_AUTH="user_http", **safeguards())


def prepared(directory: Path, count: int) -> Path:
    """A database that knows so many callers; the file of their tokens."""
    directory.mkdir()
    tokens = [TOKEN, *(f"{TOKEN}{number}" for number in range(1, count))]
    file = database(directory)
    empty = storage.connect(f"sqlite:///{file}", guest=True)
    empty.migrate(*create_app().migrations)
    empty.close()
    add(file, tokens)
    path = directory / "tokens"
    path.write_text("\n".join(tokens))
    return path


def add(file: Path, tokens: Sequence[str]) -> None:
    """Make the tokens known, each of a person of its own."""
    with closing(sqlite3.connect(file)) as connection, connection:
        rows = [(digest(token), f"caller{number}") for number, token in enumerate(tokens)]
        connection.executemany(ADD, rows)
