"""The documents in the database. Each function is one transaction: see plugin_server.storage."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from plugin_server import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


class Document(NamedTuple):
    """A document as it is kept."""

    id: str
    text: str
    title: str
    url: str
    source: str | None
    author: str | None
    created_at: str | None


def shown(document: Document) -> dict[str, Any]:
    """A document as callers send it."""
    members = document._asdict()
    return {"id": members.pop("id"), "text": members.pop("text"), "metadata": members}


def upsert_documents(
    connection: Connection, documents: Sequence[Document], vectors: Sequence[str | None]
) -> None:
    """Keep the documents, each in place of one with its id."""
    for document, vector in zip(documents, vectors, strict=True):
        connection.execute(
            """
            INSERT INTO documents
                   (id, text, title, url, source, author, created_at, embedding)
            VALUES (:id, :text, :title, :url, :source, :author, :created_at, :embedding)
            ON CONFLICT (id) DO UPDATE
               SET text = excluded.text, title = excluded.title, url = excluded.url,
                   source = excluded.source, author = excluded.author,
                   created_at = excluded.created_at, embedding = excluded.embedding
            """,
            {**document._asdict(), "embedding": vector},
        )


def select_document(connection: Connection, id_: str) -> Document | None:
    row = connection.execute(
        """
        SELECT id, text, title, url, source, author, created_at FROM documents WHERE id = :id
        """,
        {"id": id_},
    ).fetchone()
    return Document(*row) if row else None


def select_documents(connection: Connection, ids: Sequence[str]) -> list[Document]:
    found = (select_document(connection, id_) for id_ in ids)
    return [each for each in found if each is not None]


def delete_documents(connection: Connection, ids: Sequence[str], source: str | None) -> int:
    """Delete those with the ids, else those of the source, else all; the answer is how many."""
    if not ids and source is None:
        return len(connection.execute("DELETE FROM documents RETURNING id").fetchall())
    deleted = connection.execute(
        "DELETE FROM documents WHERE source = :source RETURNING id", {"source": source}
    ).fetchall()
    for id_ in ids:
        deleted += connection.execute(
            "DELETE FROM documents WHERE id = :id RETURNING id", {"id": id_}
        ).fetchall()
    return len(deleted)
