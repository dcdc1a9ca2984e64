"""What `doctor` says of one thing."""

from typing import Literal, NamedTuple

Level = Literal["ok", "warning", "error"]


class Finding(NamedTuple):
    """What was looked at, how it is, and what to do about it."""

    level: Level
    what: str
    found: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f"; {self.advice}" if self.advice else ""
        return f"{self.level:<7}  {self.what}: {self.found}{advice}"


def judge_migrations(applied: set[str], known: set[str]) -> Finding:
    """How the database's tables and this version fit together."""
    what = "migrations"
    if applied - known:
        return Finding(
            "error",
            what,
            f"{min(applied - known)} comes from a newer version",
            "run that version, or restore a backup from before it",
        )
    if known - applied:
        return Finding(
            "warning",
            what,
            f"{min(known - applied)} is not applied",
            "the server does when it starts",
        )
    return Finding("ok", what, f"all {len(known)} applied")
