"""What more replicas on one PostgreSQL bring. Two cores are shared by them, it, and the load."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path

from plugin_server.testing.postgres import PostgresUnavailable, running_postgres

from .bursts import burst
from .rounds import Effort, in_turns
from .servers import MeasureError, running
from .table import Row, Target

REPLICAS = 4


def measure(directory: Path, effort: Effort) -> list[Row]:
    """The same mix of requests to one replica and to all, on one database."""
    try:
        with ExitStack() as stack:
            database = stack.enter_context(running_postgres(directory)).create_database()
            first, *others = (
                stack.enter_context(
                    running("ours", directory / str(number), PLUGIN_DATABASE_URL=database)
                )
                for number in range(REPLICAS)
            )
            mixed = partial(burst, first, "mixed", seconds=effort.seconds)
            bursts = in_turns(
                effort.rounds,
                {"one replica": mixed, "all replicas": partial(mixed, replicas=others)},
            )
    except PostgresUnavailable as error:
        raise MeasureError(str(error)) from error
    rate = {name: [each.rate for each in done] for name, done in bursts.items()}
    name = f"{REPLICAS} replicas, by one (a second)"
    return [Row(name, rate["one replica"], rate["all replicas"], Target(">=", 1.3))]
