"""Which documents answer a question: by their words, in the database's own full-text search, and
by their meaning, where vectors are kept.
"""

import re
import sqlite3
from typing import NamedTuple

from plugin_server import Connection

from .embeddings import nearest
from .models import Filter
from .store import Document, select_documents

# So many of each ranking are blended. A document's share of it falls with its place, and so slowly
# that one which both rankings have stands before one that leads in one (Cormack and others, 2009).
CANDIDATES = 50
SLOWNESS = 60

_WORD = re.compile(r"\w+")
# They are in every question, and say nothing of what it is about. PostgreSQL has a list of its own.
_STOP_WORD = re.compile(
    "a|about|all|am|an|and|any|are|as|at|be|by|can|come|could|did|do|does|for|from|go|had|has|have"
    "|he|her|here|him|his|how|i|if|in|into|is|it|its|ll|me|more|much|must|my|no|not|of|on|one|or"
    "|our|s|she|should|so|some|t|that|the|their|them|there|these|they|this|to|us|ve|was|we|were"
    "|what|when|where|which|who|why|will|with|would|you|your"
)

# bm25 is smaller for a better match. A word in the title counts twice.
BY_WORDS_IN_SQLITE = """
    SELECT documents.id
      FROM documents_search JOIN documents ON documents.id = documents_search.id
     WHERE documents_search MATCH :words {filtered}
     ORDER BY bm25(documents_search, 0.0, 2.0, 1.0), documents.id
     LIMIT :candidates
"""
# Divided by the logarithm of the length (1), because a long document has every word.
BY_WORDS_IN_POSTGRESQL = """
    SELECT documents.id
      FROM documents, websearch_to_tsquery('english', :words) AS question
     WHERE documents.search @@ question {filtered}
     ORDER BY ts_rank(documents.search, question, 1) DESC, documents.id
     LIMIT :candidates
"""
BY_MEANING = """
    SELECT documents.id, documents.embedding FROM documents
     WHERE documents.embedding IS NOT NULL {filtered}
     ORDER BY documents.id
"""
CONDITIONS = {
    "source": "documents.source = :source",
    "author": "documents.author = :author",
    "created_after": "documents.created_at > :created_after",
    "created_before": "documents.created_at < :created_before",
}


class Ranked(NamedTuple):
    """A document, and how well it answers: to be compared within one answer only."""

    document: Document
    score: float


def ranked(
    connection: Connection, question: str, vector: str | None, filter_: Filter, top_k: int
) -> list[Ranked]:
    """The documents that answer the question, the best first."""
    wanted = filter_.model_dump(mode="json", exclude_none=True)
    filtered = "".join(f" AND {CONDITIONS[name]}" for name in wanted)
    rankings = [_by_words(connection, question, filtered, wanted)]
    if vector is not None:
        rankings.append(_by_meaning(connection, vector, filtered, wanted))
    scores: dict[str, float] = {}
    for ranking in rankings:
        for place, id_ in enumerate(ranking):
            scores[id_] = scores.get(id_, 0.0) + 1 / (SLOWNESS + place)
    best = sorted(scores, key=lambda id_: (-scores[id_], id_))[:top_k]
    found = {each.id: each for each in select_documents(connection, best)}
    return [Ranked(found[id_], round(scores[id_], 6)) for id_ in best]


def _by_words(
    connection: Connection, question: str, filtered: str, wanted: dict[str, str]
) -> list[str]:
    """The ids of documents that have one of the words, the best first."""
    words = [word for word in _WORD.findall(question.lower()) if not _STOP_WORD.fullmatch(word)]
    if not words:
        return []
    if isinstance(connection, sqlite3.Connection):
        # In quotation marks, a word is no operator of FTS5.
        sql, text = BY_WORDS_IN_SQLITE, " OR ".join(f'"{word}"' for word in words)
    else:
        sql, text = BY_WORDS_IN_POSTGRESQL, " or ".join(f'"{word}"' for word in words)
    rows = connection.execute(
        sql.format(filtered=filtered), {"words": text, "candidates": CANDIDATES, **wanted}
    ).fetchall()
    return [id_ for (id_,) in rows]


def _by_meaning(
    connection: Connection, vector: str, filtered: str, wanted: dict[str, str]
) -> list[str]:
    rows = connection.execute(BY_MEANING.format(filtered=filtered), wanted).fetchall()
    if not rows:
        return []
    order = nearest(vector, [embedding for _, embedding in rows])
    return [rows[index][0] for index in order[:CANDIDATES]]
