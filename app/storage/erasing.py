"""What is deleted for good."""

import sqlite3

from . import Connection


def overwrite_deleted(connection: Connection) -> None:
    """Within this connection let what is deleted be overwritten, not only marked as free.

    SQLite's log and file hold the old pages until the server's next checkpoint, at the latest
    when it stops; PostgreSQL's until it vacuums.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA secure_delete = ON")
