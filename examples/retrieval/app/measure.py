"""How often the right document is among the first three: `python -m app.measure`, in a checkout.

tests/labelled.json holds the handbook of a bicycle hire, and questions that are asked in other
words, each with the document that answers it.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple, cast

import httpx

from .embeddings import is_installed
from .main import Settings, create_app

FILE = Path(__file__).parent.parent / "tests/labelled.json"
FIRST = 3


class Figures(NamedTuple):
    """Of so many questions, those whose document is the first, and is among the first three."""

    questions: int
    first: int
    among: int
    missed: list[str]


async def measured(client: httpx.AsyncClient) -> Figures:
    """Keep the documents, ask the questions."""
    labelled: dict[str, Any] = json.loads(FILE.read_text())
    kept = await client.post("/upsert", json={"documents": labelled["documents"]})
    kept.raise_for_status()
    first, among, missed = 0, 0, []
    for each in labelled["questions"]:
        asked = {"queries": [{"query": each["question"], "top_k": FIRST}]}
        answer = (await client.post("/query", json=asked)).raise_for_status().json()
        found = [result["id"] for result in answer["results"][0]["results"]]
        first += found[:1] == [each["document"]]
        among += each["document"] in found
        missed += [] if each["document"] in found else [each["question"]]
    return Figures(len(labelled["questions"]), first, among, missed)


async def measure(database_url: str, *, embeddings: bool) -> None:
    settings = Settings(
        auth="none", rate_limit="off", database_url=database_url, embeddings=embeddings
    )
    app = create_app(settings)
    transport = httpx.ASGITransport(cast(Any, app))
    async with (
        app.test_app(),
        httpx.AsyncClient(transport=transport, base_url="http://localhost:5002") as client,
    ):
        figures = await measured(client)
    how = "words and meaning" if embeddings else "words"
    kind = database_url.partition(":")[0]
    print(
        f"{kind}, {how}: the first in {figures.first}, among the first {FIRST}"
        f" in {figures.among} of {figures.questions}"
    )
    for question in figures.missed:
        print(f"  missed: {question}")


def main(urls: list[str]) -> None:
    """On SQLite, and on each database that is named."""
    has_model = is_installed()
    for embeddings in (False, True) if has_model else (False,):
        with tempfile.TemporaryDirectory() as folder:
            for url in (f"sqlite:///{folder}/measured.db", *urls):
                asyncio.run(measure(url, embeddings=embeddings))
    if not has_model:
        print("not measured with meaning: the extra `embeddings` is not installed")


if __name__ == "__main__":
    main(sys.argv[1:])
