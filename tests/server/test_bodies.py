"""Bodies: JSON is read strictly, and what is refused changes nothing and is not repeated."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.answers import a_list, invalid, problem
from tests.front_door import SHARED, front_door

URL = "/todos/ann"
LIST = a_list(["milk"], 1)
JSON = {"Content-Type": "application/json"}
WIDEST = 65_536
OTHER_TYPES = ["", "text/plain", "text/json", "application/x-www-form-urlencoded"]
OTHER_TYPES += ["application/merge-patch+json", "application/json, text/plain", "json"]
NO_TEXT = "Must be a text"
CONTROL = "Must not contain control characters other than tab and newline"
NO_NUMBER = "Must be a whole number"
NEGATIVE = "Must be 0 or more"
TOO_BIG = "Must be 9007199254740991 or less"


MALFORMED = problem(
    400,
    "malformed_json",
    "The body is not well-formed JSON in UTF-8, in which each name stands once and at most 64"
    " levels are nested.",
)
TOO_WIDE = problem(413, "body_too_large", "The body is longer than 65536 bytes.")
NO_TYPE = "The body must be JSON, sent as application/json."
NOT_JSON = problem(415, "unsupported_media_type", NO_TYPE)
COMPRESSED = problem(415, "unsupported_encoding", "The body must not be compressed.")
ROOT = [{"detail": "Must be an object", "pointer": "#"}]
NO_OBJECT = problem(422, "invalid_request", "The body must be a JSON object.", errors=ROOT)


@pytest_asyncio.fixture(name="door", scope="module", loop_scope="module")
async def shared_door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """The front door, behind which ann's list holds milk; tests share it and change nothing."""
    folder = tmp_path_factory.mktemp("bodies")
    async with front_door(f"sqlite:///{folder}/todo-plugin.db") as client:
        await client.post(URL, json={"todo": "milk"})
        yield client


async def refused(
    client: httpx.AsyncClient, method: str, body: bytes, headers: dict[str, str] = JSON
) -> Any:
    """The answer to a body that is refused: whole, and only after nothing was changed."""
    answer = await client.request(method, URL, content=body, headers=headers)
    assert (await client.get(URL)).json() == LIST
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.json()


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"{", b"milk", b"{'todo':'x'}", b'{"todo":"x",}', b'{"todo":"x"}{}'),
        *(b'{"todo":"x"}\0', b'{"todo":"a\nb"}', b'{"todo":"a\0b"}', b'{"todo":"\\x41"}'),
        *(b'{"todo":"x","todo":"x"}', b'{"todo":"x","more":{"a":1,"a":1}}'),
        *(b'{"todo":NaN}', b'{"todo":"x","more":Infinity}', b'{"todo":"x","more":[-Infinity]}'),
        *(b'{"todo":"x","more":01}', b'{"todo":"x","more":.5}', b'{"todo":"x","more":+1}'),
        *(b'{"todo":"\\ud800"}', b'{"todo":"\\udc00\\ud800"}', b'{"todo":"x","\\udfff":1}'),
        *(b'{"todo":"\xff"}', b'{"todo":"\xed\xa0\x80"}', b'{"todo":"\xc0\x80"}'),
        *(b'\xef\xbb\xbf{"todo":"x"}', '{"todo":"x"}'.encode("utf-16")),
        *('{"todo":"x"}'.encode("utf-16-le"), '{"todo":"x"}'.encode("utf-32")),
        pytest.param(b'{"todo":' + b"9" * 5000 + b"}", id="5000 digits"),
        pytest.param(b"[" * WIDEST, id="65536 brackets"),
        pytest.param(b'{"todo":"x","more":' + b"[" * 32_000 + b"]" * 32_000 + b"}", id="nest"),
    ],
)
@SHARED
async def test_what_is_not_strict_json_is_malformed(door: httpx.AsyncClient, body: bytes) -> None:
    assert await refused(door, "POST", body) == MALFORMED


@pytest.mark.parametrize("body", [b"[]", b'[{"todo":"x"}]', b'"todo"', b"null", b"true", b"1"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
@SHARED
async def test_what_is_not_an_object_breaks_the_contract(
    door: httpx.AsyncClient, method: str, body: bytes
) -> None:
    assert await refused(door, method, body) == NO_OBJECT


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        *((value, NO_TEXT) for value in ("null", "true", "1", "1e999", "[]", "{}", '["x"]')),
        ('""', "Must not be empty"),
        (f'"{"a" * 1001}"', "Must have 1000 characters or fewer"),
        (f'"{"🍏" * 1001}"', "Must have 1000 characters or fewer"),
        *((f'"a{c}b"', CONTROL) for c in (r"\u0000", r"\b", r"\u000b", r"\f", r"\r", r"\r\n")),
        *((f'"a{c}b"', CONTROL) for c in (r"\u001b", r"\u001f", "\x7f", "\x80", "\x85", "\x9f")),
    ],
)
@SHARED
async def test_a_todo_is_1_to_1000_printable_characters(
    door: httpx.AsyncClient, value: str, detail: str
) -> None:
    assert await refused(door, "POST", f'{{"todo":{value}}}'.encode()) == invalid(todo=detail)


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        *((value, NO_NUMBER) for value in ("true", "false", "0.5", "1e999", "-1e999")),
        *((value, NO_NUMBER) for value in ("[]", "[0]", "{}", '["0"]')),
        *((f'"{text}"', NO_NUMBER) for text in ("", " 1", "1 ", "+1", "01", "-0", "1.0", "1.5")),
        *((f'"{text}"', NO_NUMBER) for text in ("0x1", "1e3", "1_0", "٣", "true", "1" * 101)),
        *((f'"{text}"', NEGATIVE) for text in ("-1", "-9007199254740992")),
        *((f'"{text}"', TOO_BIG) for text in ("9007199254740992", "9" * 100)),
        *((value, NEGATIVE) for value in ("-1", "-1.0", "-9007199254740992")),
        *((value, TOO_BIG) for value in ("9007199254740992", "1e16", "1e308", "9" * 4000)),
    ],
)
@pytest.mark.parametrize(
    ("method", "field"), [("DELETE", "todo_idx"), ("DELETE", "revision"), ("POST", "revision")]
)
@SHARED
async def test_a_number_is_whole_and_exact_in_json(
    door: httpx.AsyncClient, method: str, field: str, value: str, detail: str
) -> None:
    fields = {"todo": '"x"', "todo_idx": "0", field: value}
    body = "{" + ",".join(f'"{name}": {text}' for name, text in fields.items()) + "}"
    assert await refused(door, method, body.encode()) == invalid(**{field: detail})


@SHARED
async def test_what_must_be_there_is_not_null(door: httpx.AsyncClient) -> None:
    assert await refused(door, "POST", b'{"todo": null, "revision": null}') == invalid(todo=NO_TEXT)
    body = b'{"todo_idx": null, "revision": null}'
    assert await refused(door, "DELETE", body) == invalid(todo_idx=NO_NUMBER)


async def test_null_means_left_out_and_digits_are_an_integer(client: httpx.AsyncClient) -> None:
    added = await client.post(URL, json={"todo": "milk", "revision": None})
    assert added.json() == {"todo": "milk", "todo_idx": 0, "revision": 1}
    added = await client.post(URL, json={"todo": "7", "revision": "1"})
    assert added.json() == {"todo": "7", "todo_idx": 1, "revision": 2}
    assert (await client.post(URL, json={"todo": "x", "revision": "1"})).status_code == 409
    for body, query, answer in (
        ({"todo_idx": "1", "revision": None}, "?revision=2", {"todo": "7", "revision": 3}),
        ({"todo_idx": "0", "revision": "3"}, "?todo_idx=0", {"todo": "milk", "revision": 4}),
    ):
        deleted = await client.request("DELETE", URL + query, json=body)
        assert deleted.json() == answer


@SHARED
async def test_every_field_that_is_wrong_is_named(door: httpx.AsyncClient) -> None:
    body = b'{"todo": 1, "revision": -1}'
    assert await refused(door, "POST", body) == invalid(todo=NO_TEXT, revision=NEGATIVE)
    assert await refused(door, "POST", b"{}") == invalid(todo="Must be given")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, NOT_JSON),
        *(({"Content-Type": other}, NOT_JSON) for other in OTHER_TYPES),
        *(({**JSON, "Content-Encoding": name}, COMPRESSED) for name in ("gzip", "br", "x, y")),
    ],
)
@SHARED
async def test_only_plain_json_is_read(
    door: httpx.AsyncClient, method: str, headers: dict[str, str], expected: dict[str, Any]
) -> None:
    assert await refused(door, method, b'{"todo": "x", "todo_idx": 0}', headers) == expected


@SHARED
async def test_a_body_of_more_than_64_kib_is_too_large(door: httpx.AsyncClient) -> None:
    body = b'{"todo": "x", "todo_idx": 0}'.ljust(WIDEST)
    for method in ("POST", "DELETE"):
        assert await refused(door, method, body + b" ") == TOO_WIDE
        assert await refused(door, method, b"[" * 100_000) == TOO_WIDE
        largest = await door.request(method, "/todos/bob", content=body, headers=JSON)
        assert largest.status_code == 200


async def test_every_spelling_of_the_json_type_is_read(client: httpx.AsyncClient) -> None:
    types = ["application/json", "Application/JSON", "application/json;"]
    types += ["application/json; charset=utf-8", 'application/json ; charset="UTF-8"']
    for number, content_type in enumerate(types):
        headers = {"Content-Type": content_type, "Content-Encoding": "identity"}
        answer = await client.post(URL, content='{"todo": "äpfel"}'.encode(), headers=headers)
        assert answer.json() == {"todo": "äpfel", "todo_idx": number, "revision": number + 1}


async def test_a_todo_is_kept_as_it_was_sent(client: httpx.AsyncClient) -> None:
    todos = ["x", " ", "a" * 1000, "🍏" * 1000, "a\tb\n", "\u2028\ufeff\u200d", "\ufffd\uffff"]
    for todo in todos:
        # Escaped, an astral character is a pair of surrogates.
        for body in (json.dumps(todo), json.dumps(todo, ensure_ascii=False)):
            added = await client.post(URL, content=f'{{"todo":{body}}}'.encode(), headers=JSON)
            assert added.json()["todo"] == todo
    listed = (await client.get(URL)).json()
    assert listed == a_list([todo for todo in todos for _ in range(2)], 14)


async def test_unknown_fields_are_ignored_and_not_kept(client: httpx.AsyncClient) -> None:
    more = {"username": "bob", "id": None, "nested": {"todo": [1e300]}, "todo_idx": "x"}
    added = await client.post(URL, json={"todo": "milk", **more})
    assert added.json() == {"todo": "milk", "todo_idx": 0, "revision": 1}
    assert (await client.get(URL)).json() == LIST
    assert (await client.get("/todos/bob")).json() == a_list([], 0)
    deleted = await client.request("DELETE", URL, json={**more, "todo_idx": 0, "todo": 1})
    assert deleted.json() == {"todo": "milk", "revision": 2}
