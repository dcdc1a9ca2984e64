"""What a caller may send, in the words and within the limits of openapi.yaml."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from plugin_server import Model

# So that a whole answer stays under the 100,000 characters that hosts take.
ANSWERS = 20

# PostgreSQL cannot keep the character NUL.
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Question = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]+$")]


class Metadata(Model):
    title: Line = ""
    url: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")] = ""
    source: Line | None = None
    author: Line | None = None
    created_at: date | None = None


class Document(Model):
    text: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"^[^\x00]+$")]
    id: Id | None = None
    metadata: Metadata = Metadata()


class Upsert(Model):
    documents: Annotated[list[Document], Field(min_length=1, max_length=50)]


class Filter(Model):
    source: Line | None = None
    author: Line | None = None
    created_after: date | None = None
    created_before: date | None = None


class Query(Model):
    query: Question
    filter: Filter = Filter()
    top_k: Annotated[int, Field(ge=1, le=10)] = 3


class Queries(Model):
    queries: Annotated[list[Query], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def _fits_an_answer(self) -> "Queries":
        if sum(query.top_k for query in self.queries) > ANSWERS:
            raise ValueError(f"Ask for at most {ANSWERS} documents in all: lower top_k")
        return self


class Delete(Model):
    ids: list[Id] = Field(default_factory=list, max_length=100)
    source: Line | None = None
    delete_all: bool = False

    @model_validator(mode="after")
    def _names_something(self) -> "Delete":
        if sum((bool(self.ids), self.source is not None, self.delete_all)) != 1:
            raise ValueError("Name what to delete: ids, source, or delete_all, one of them")
        return self


class Search(Model):
    query: Question
