"""A database of one's own with our tables, as an ordinary role uses it and a superuser sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from app.main import create_app
from plugin_server.storage import connect
from plugin_server.testing.postgres import Server

PASSWORD = "k7Qm2zXw9RtLs4Vb8NcJ"


@dataclass(frozen=True)
class Place:
    """A database with our tables, and an ordinary role that may use these, and nothing more."""

    server: Server
    name: str
    role: str

    @property
    def url(self) -> str:
        """The database, as the role."""
        return self.server.url(self.name).replace("//postgres@", f"//{self.role}:{PASSWORD}@")

    @property
    def data(self) -> Path:
        """The server's files."""
        return self.server.folder / "data"

    def sql(self, *statements: str, inside: bool = True) -> None:
        """Run statements as superuser, inside the database or beside it."""
        url = self.server.url(self.name if inside else "postgres")
        with psycopg.connect(url, autocommit=True) as session:
            for statement in statements:
                session.execute(statement.encode())

    def end_sessions(self) -> None:
        """End those of the role."""
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = "
        self.sql(f"{ended} '{self.role}'", inside=False)

    def waiting_seconds(self) -> float:
        """For how long the session that waits longest for a lock has done so; 0 for none."""
        waiting = (
            "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0)"
            " FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        with psycopg.connect(self.server.url(self.name)) as session:
            (seconds,) = session.execute(waiting).fetchone() or (0,)
            return float(seconds)

    @contextmanager
    def transaction(self, statement: str) -> Iterator[psycopg.Connection[Any]]:
        """Somebody else's, which is left open. It is rolled back at the end."""
        with psycopg.connect(self.server.url(self.name)) as session:
            session.execute(statement.encode())
            yield session
            session.rollback()

    def rights(self) -> None:
        self.sql(
            f"GRANT USAGE ON SCHEMA public TO {self.role}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {self.role}",
        )


@contextmanager
def placed(server: Server) -> Iterator[Place]:
    """A place of one's own, with the tables of this version."""
    url = server.create_database()
    with psycopg.connect(url) as session:
        name = session.info.dbname
    place = Place(server, name, name.replace("test", "role"))
    database = connect(url)
    database.migrate(*create_app().migrations)
    database.close()
    place.sql(f"CREATE ROLE {place.role} LOGIN PASSWORD '{PASSWORD}'")
    place.rights()
    try:
        yield place
    finally:
        place.sql(f"DROP DATABASE {name} WITH (FORCE)", inside=False)
        place.sql(f"DROP ROLE {place.role}", inside=False)
