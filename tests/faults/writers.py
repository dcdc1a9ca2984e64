"""Processes that write to one database, as guests: `python -m tests.faults.writers URL NAME COUNT`.

Prints what one process saw, as JSON.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass, field
from time import monotonic

from plugin_server.storage import Connection, DatabaseUnavailable, connect
from tests.running import PROJECT, environment

TABLE = "CREATE TABLE kept (name TEXT, number INTEGER, PRIMARY KEY (name, number))"


@dataclass
class Writing:
    """What a process saw: why writes were refused, and the seconds of the slowest and of all."""

    refused: list[str] = field(default_factory=list)
    slowest: float = 0.0
    seconds: float = 0.0


async def write(url: str, name: str, count: int) -> Writing:
    """In a process of its own, write so many rows, one after the other."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, url, name, str(count)),
        cwd=PROJECT,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    return Writing(**json.loads(printed))


def _keep(connection: Connection, name: str, number: int) -> None:
    connection.execute(
        "INSERT INTO kept (name, number) VALUES (:name, :number)", {"name": name, "number": number}
    )


async def _write(url: str, name: str, count: int) -> Writing:
    database = connect(url, guest=True)
    writing, began = Writing(), monotonic()
    for number in range(count):
        asked = monotonic()
        try:
            await database.write(_keep, name, number)
        except DatabaseUnavailable as error:
            writing.refused.append(str(error))
        writing.slowest = max(writing.slowest, monotonic() - asked)
    writing.seconds = monotonic() - began
    database.close()
    return writing


if __name__ == "__main__":
    url, name, count = sys.argv[1:]
    sys.stdout.write(json.dumps(asdict(asyncio.run(_write(url, name, int(count))))))
