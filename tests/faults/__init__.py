"""What goes wrong in production, each as a test: short in `make test`, long in `make soak`.

docs/reliability.md is the table of what they print.
"""

import sys


def show(fault: str, figures: str) -> None:
    """Print a row's figures."""
    # Standard error, because a worker of pytest-xdist has no standard output to show.
    sys.stderr.write(f"\n{fault}: {figures}\n")
