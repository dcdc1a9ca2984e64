"""Measure this service against references and print one table.

    python -m benchmarks [--quick] [--only MEASURE]

About a quarter of an hour, or two minutes with --quick, whose figures are rough. A missed target is
a line in the table; the exit code is 1 only when something could not be measured.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from . import callers, crowd, memory, operation, proxied, replicas, startup, throughput, tools
from .machine import Neighbours, describe
from .rounds import FULL, QUICK, say
from .servers import MeasureError
from .table import Row, render

MEASURES = {
    "throughput": throughput.measure,
    "tools": tools.measure,
    "crowd": crowd.measure,
    "operation": operation.measure,
    "proxied": proxied.measure,
    "callers": callers.measure,
    "replicas": replicas.measure,
    "memory": memory.measure,
    "startup": startup.measure,
}


def main() -> int:
    """Run every measure, whatever becomes of the others; print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two minutes, rough figures")
    parser.add_argument("--only", choices=MEASURES, help="one measure")
    options = parser.parse_args()
    effort = QUICK if options.quick else FULL
    rows: list[Row] = []
    failures = []
    neighbours = Neighbours()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        print("\n".join(describe(Path(name))), flush=True)
        for measure, run in MEASURES.items():
            if options.only not in (None, measure):
                continue
            directory = Path(name, measure)
            directory.mkdir()
            try:
                rows += run(directory, effort)
            except MeasureError as failure:
                failures.append(f"{measure}: {failure}")
    say("")
    if rows:
        print("\n" + render(rows))
    print("\n" + neighbours.verdict(), flush=True)
    for message in failures:
        print(f"could not be measured: {message}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
