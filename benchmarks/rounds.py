"""How much is measured, and in which order: noise of the machine must meet both sides alike."""

import sys
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Effort(NamedTuple):
    """The size of a run: `seconds` a burst, `requests` in all for the memory measure."""

    rounds: int
    seconds: float
    starts: int
    requests: int


FULL = Effort(rounds=15, seconds=1.2, starts=5, requests=100_000)
QUICK = Effort(rounds=3, seconds=0.7, starts=3, requests=10_000)


def in_turns(rounds: int, tasks: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Do every task once a round, every other round backwards; the results by task."""
    results: dict[str, list[T]] = {name: [] for name in tasks}
    for number in range(rounds):
        for name in tasks if number % 2 == 0 else reversed(list(tasks)):
            say(f"round {number + 1} of {rounds}: {name}")
            results[name].append(tasks[name]())
    return results


def say(progress: str) -> None:
    """Progress, to whoever watches; the table alone goes to standard output."""
    if sys.stderr.isatty():
        print(f"\r\033[K{progress}", end="", file=sys.stderr, flush=True)
