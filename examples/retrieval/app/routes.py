"""The operations of openapi.yaml: each view is an operationId in snake case.

All callers share the documents: it is one token of mode service_http that lets them in.
"""

import asyncio
from hashlib import sha256
from typing import cast

from quart import Blueprint, Response, current_app

from plugin_server import (
    NotFound,
    answer,
    body_limit,
    body_or_query,
    caller,
    database,
    json_body,
    query,
)

from . import ranking, store
from .embeddings import Embed
from .models import Delete, Document, Filter, Queries, Search, Upsert

SEARCHED = 10

documents = Blueprint("documents", __name__)


@documents.post("/upsert")
@body_limit(1_000_000)
async def upsert_documents() -> Response:
    await caller()
    body = await json_body(Upsert)
    sent = [
        store.Document(
            id=each.id or _made_up(each),
            text=each.text,
            **each.metadata.model_dump(mode="json"),
        )
        for each in body.documents
    ]
    vectors = await _vectors([f"{each.title}\n{each.text}" for each in sent])
    await database().write(store.upsert_documents, sent, vectors)
    return answer({"ids": [each.id for each in sent]})


@documents.post("/query")
async def query_documents() -> Response:
    await caller()
    body = await json_body(Queries)
    vectors = await _vectors([each.query for each in body.queries])
    results = []
    for asked, vector in zip(body.queries, vectors, strict=True):
        found = await database().read(
            ranking.ranked, asked.query, vector, asked.filter, asked.top_k
        )
        shown = [{**store.shown(each.document), "score": each.score} for each in found]
        results.append({"query": asked.query, "results": shown})
    return answer({"results": results})


@documents.delete("/delete")
async def delete_documents() -> Response:
    await caller()
    body = await body_or_query(Delete)
    deleted = await database().write(store.delete_documents, body.ids, body.source)
    return answer({"deleted": deleted})


@documents.get("/search")
async def search() -> Response:
    await caller()
    asked = await query(Search)
    (vector,) = await _vectors([asked.query])
    found = await database().read(ranking.ranked, asked.query, vector, Filter(), SEARCHED)
    places = [each.document for each in found]
    results = [{"id": each.id, "title": each.title, "url": each.url} for each in places]
    return answer({"results": results})


@documents.get("/documents/<id>")
async def fetch(id: str) -> Response:  # noqa: A002 - hosts call it so
    await caller()
    found = await database().read(store.select_document, id)
    if found is None:
        raise NotFound("There is no document with that id: `search` tells those that there are.")
    metadata = {"source": found.source, "author": found.author, "created_at": found.created_at}
    told = {name: value for name, value in metadata.items() if value is not None}
    named = {"id": found.id, "title": found.title, "text": found.text, "url": found.url}
    return answer({**named, "metadata": told})


def _made_up(document: Document) -> str:
    """An id that is the same when a call is repeated: hosts repeat those that seem to fail."""
    return sha256(document.model_dump_json().encode()).hexdigest()[:16]


async def _vectors(texts: list[str]) -> list[str | None]:
    """A vector for each text, as the database keeps it; None where meaning does not count."""
    embed = cast(Embed, current_app.extensions["embed"])
    return await asyncio.to_thread(embed, texts)
