"""Servers that are killed while they prepare their database. tests/serving_starts.py does it."""

from pathlib import Path

from tests.faults import show
from tests.serving_starts import killed_while_starting


def test_a_server_killed_while_it_prepares_the_database_leaves_one_that_works(
    database_url: str, tmp_path: Path, long: bool
) -> None:
    figures = killed_while_starting(tmp_path, database_url, rounds=20 if long else 1)
    show(f"migration killed, {database_url.partition(':')[0]}", figures)
