"""How the database is, for `doctor`: nothing is changed, and no file is made."""

from collections.abc import Iterator
from pathlib import Path

from .finding import Finding


def examine(url: str, folders: list[Path]) -> Iterator[Finding]:
    """Findings of the database at `url`, which should have the migrations of `folders`."""
    path = sqlite_path(url)
    if path is not None:
        from .sqlite_examination import examine_sqlite

        return examine_sqlite(path, folders)
    try:
        from .postgres_examination import examine_postgres
    except ModuleNotFoundError:
        return iter(
            [Finding("error", "database", "psycopg is missing", "install the extra postgres")]
        )
    return examine_postgres(url, folders)


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL; None for another database."""
    scheme, _, rest = url.partition("://")
    return Path(rest.removeprefix("/")) if scheme == "sqlite" else None
