"""The one table: a row a measure, each a ratio with the target that it is held to."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

HEADINGS = ("measure", "reference", "ours", "ratio", "lowest-highest", "target", "met")


@dataclass(frozen=True)
class Target:
    """What the ratio must be, at least or at most."""

    sign: Literal[">=", "<="]
    bound: float

    def met(self, ratio: float) -> bool:
        return ratio >= self.bound if self.sign == ">=" else ratio <= self.bound


@dataclass(frozen=True)
class Row:
    """One measure: both figures of every round. Without a target it is there for information."""

    measure: str
    reference: Sequence[float]
    ours: Sequence[float]
    target: Target | None = None
    digits: int = 0

    def cells(self) -> tuple[str, ...]:
        """The median figures, and the median and range of the ratios within a round.

        Not the ratio of the medians: two figures of one round met the same noise.
        """
        ratios = [ours / other for other, ours in zip(self.reference, self.ours, strict=True)]
        ratio = round(statistics.median(ratios), 2)  # judged as it is shown
        figures = [
            f"{statistics.median(values):,.{self.digits}f}"
            for values in (self.reference, self.ours)
        ]
        spread = f"{min(ratios):.2f}-{max(ratios):.2f}" if len(ratios) > 1 else ""
        wanted = f"{self.target.sign} {self.target.bound}" if self.target else ""
        met = {True: "yes", False: "NO"}[self.target.met(ratio)] if self.target else ""
        return (self.measure, *figures, f"{ratio:.2f}", spread, wanted, met)


def render(rows: Sequence[Row]) -> str:
    """The table as aligned text: names to the left, numbers to the right."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
