"""Whether a list is read as fast from a full database as from an almost empty one."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from .bursts import burst
from .rounds import Effort, in_turns, say
from .servers import LIST, MeasureError, database, running
from .table import Row, Target
from .throughput import add_ten

USERS = 10_000
TODOS_OF_A_USER = 100

ADD_TODOS = """
    WITH RECURSIVE numbers(number) AS
        (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < :count)
    INSERT INTO todos (username, revision, todo)
    SELECT 'other' || ((number - 1) / :each), (number - 1) % :each + 1, 'buy thing ' || number
    FROM numbers
"""
# What a todo takes in an answer: its own characters, the quotes and a comma.
ADD_LISTS = """
    INSERT INTO lists (username, revision, length, characters)
    SELECT username, max(revision), count(*), sum(length(todo) + 3)
    FROM todos WHERE username LIKE 'other%' GROUP BY username
"""


def measure(directory: Path, effort: Effort) -> list[Row]:
    """The same ten todos, read from a database without and with a million others."""
    empty, full = directory / "empty", directory / "full"
    with running("ours", full) as before:
        add_ten(before)
        expected = before.request("GET", LIST)
    say("adding a million todos")
    fill(database(full))
    with running("ours", empty) as alone, running("ours", full) as crowded:
        add_ten(alone)
        last = crowded.request("GET", f"/todos/other{USERS - 1}").count(b"buy thing")
        if last != TODOS_OF_A_USER or crowded.request("GET", LIST) != expected:
            raise MeasureError("the server does not read the todos that were put into its file")
        get = partial(burst, kind="get", path=LIST, seconds=effort.seconds)
        bursts = in_turns(
            effort.rounds, {"GET alone": partial(get, alone), "GET crowded": partial(get, crowded)}
        )
    rate = {name: [each.rate for each in done] for name, done in bursts.items()}
    return [
        Row(
            "GET among 1,000,000 todos, by alone",
            rate["GET alone"],
            rate["GET crowded"],
            Target(">=", 0.9),
        )
    ]


def fill(file: Path) -> None:
    """Put the others' lists into the file of a server that is stopped."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(ADD_TODOS, {"count": USERS * TODOS_OF_A_USER, "each": TODOS_OF_A_USER})
        connection.execute(ADD_LISTS)
