"""What comes to /token and /revoke is a form or JSON, and means one thing."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from .signing_in import CALLBACK, GPT, SECRET, Flow, oauth_door
from .test_oauth_token import invalid, told

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
OTHER_TYPE = f"The body must be a form, sent as {FORM}, or JSON, sent as {JSON}."
OTHER_TYPES = [None, "", "text/plain", "multipart/form-data; boundary=x", f"{FORM}x", "json"]
NO_JSON = "The body must be JSON in UTF-8 in which each name stands once."
NO_OBJECT = "The body must be a JSON object of texts."
NO_ESCAPES = "The parameters must be percent-encoded."
NO_TEXT = "The parameters must be UTF-8."
NO_NULL = "The parameters must have no null character."
REPEATED = "A parameter is repeated."


@pytest.fixture(name="flow")
async def fixture_flow(database_url: str) -> AsyncIterator[Flow]:
    async with oauth_door(database_url) as flow:
        await flow.sign_in()
        yield flow


async def fields(flow: Flow) -> dict[str, str]:
    """What exchanges a code."""
    return {
        "grant_type": "authorization_code",
        "code": await flow.code(),
        "redirect_uri": CALLBACK,
        "client_id": GPT,
        "client_secret": SECRET,
    }


async def sent(flow: Flow, body: str | bytes, content_type: str | None) -> httpx.Response:
    headers = {} if content_type is None else {"Content-Type": content_type}
    return await flow.client.post("/token", content=body, headers=headers)


async def test_json_that_is_ambiguous_is_refused(flow: Flow) -> None:
    right = await fields(flow)
    text = json.dumps(right)
    bodies: list[tuple[str | bytes, str]] = [
        (text[:-1], NO_JSON),
        (text[:-1] + f', "code": "{right["code"]}"}}', NO_JSON),
        (text.encode("utf-16"), NO_JSON),
        (text[:-1] + ', "state": "\\ud800"}', NO_JSON),
        (text[:-1] + ', "state": NaN}', NO_JSON),
        ("", NO_JSON),
        (f"[{text}]", NO_OBJECT),
        ('"code"', NO_OBJECT),
        ("null", NO_OBJECT),
        *(
            (json.dumps({**right, name: value}), NO_OBJECT)
            for name in ("code", "grant_type", "client_id", "unknown")
            for value in (1, True, None, [right["code"]], {"a": "b"}, "a\0b")
        ),
    ]
    for body, sentence in bodies:
        assert told(await sent(flow, body, JSON)) == invalid(sentence), body
    assert (await sent(flow, text, f"{JSON}; charset=utf-8")).status_code == 200


async def test_a_form_that_is_ambiguous_is_refused(flow: Flow) -> None:
    right = await fields(flow)
    text = str(httpx.QueryParams(right))
    for more, sentence in (
        (f"&code={right['code']}", REPEATED),
        ("&code=", REPEATED),
        ("&c%6Fde=other", REPEATED),
        ("&grant_type=refresh_token", REPEATED),
        ("&a=1&a=1", REPEATED),
        ("&a=%", NO_ESCAPES),
        ("&a=%4", NO_ESCAPES),
        ("&a=%zz", NO_ESCAPES),
        ("&a=é", NO_ESCAPES),
        ("&a=b c", NO_ESCAPES),
        ("&a=b\r\n", NO_ESCAPES),
        ("&a=%FF", NO_TEXT),
        ("&%C3=a", NO_TEXT),
        ("&a=%00", NO_NULL),
        ("&a" * 96, "There are more than 100 parameters."),
    ):
        assert told(await sent(flow, text + more, FORM)) == invalid(sentence), more
    assert (await sent(flow, f"&{text}&a=&b&", f"{FORM}; charset=utf-8")).status_code == 200


async def test_another_content_type_is_refused(flow: Flow) -> None:
    text = str(httpx.QueryParams(await fields(flow)))
    for content_type in OTHER_TYPES:
        assert told(await sent(flow, text, content_type)) == invalid(OTHER_TYPE), content_type


async def test_nothing_is_taken_from_the_query(flow: Flow) -> None:
    right = await fields(flow)
    for path in ("/token", "/revoke"):
        answer = await flow.client.post(path, params={**right, "token": "x"}, data={"a": "b"})
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    access = (await flow.client.post("/token", data=right)).json()["access_token"]
    listed = await flow.client.get("/todos/me", params={"access_token": access})
    assert listed.status_code == 401
    form = await flow.client.post("/todos/me", params={"access_token": access}, json={"todo": "x"})
    assert form.status_code == 401


async def test_what_is_missing_is_named(flow: Flow) -> None:
    proof = {"client_id": GPT, "client_secret": SECRET}
    missing = {
        "grant_type": invalid("grant_type is missing."),
        "code": invalid("Missing 'code' in request."),
    }
    for name, answer in missing.items():
        left = {key: value for key, value in (await fields(flow)).items() if key != name}
        assert told(await flow.client.post("/token", data={**proof, **left})) == answer
        assert told(await flow.client.post("/token", json={**proof, **left, name: ""})) == answer


async def test_another_grant_type_is_refused(flow: Flow) -> None:
    right = await fields(flow)
    sentence = "grant_type must be authorization_code or refresh_token."
    for grant_type in ("password", "client_credentials", "code", 'a"\\ü', "AUTHORIZATION_CODE"):
        answer = await flow.client.post("/token", json={**right, "grant_type": grant_type})
        error = {"error": "unsupported_grant_type", "error_description": sentence}
        assert told(answer) == (400, error)


ALLOWED = {
    "/authorize": {"GET", "HEAD", "OPTIONS", "POST"},
    "/token": {"OPTIONS", "POST"},
    "/revoke": {"OPTIONS", "POST"},
    "/login": {"GET", "HEAD", "OPTIONS", "POST"},
    "/logout": {"OPTIONS", "POST"},
    "/account": {"GET", "HEAD", "OPTIONS", "POST"},
}


async def test_other_methods_are_told_which_ones_there_are(flow: Flow) -> None:
    for path, methods in ALLOWED.items():
        for method in {"GET", "PUT", "PATCH", "DELETE"} - methods:
            answer = await flow.client.request(method, path)
            assert answer.status_code == 405
            assert set(answer.headers["Allow"].split(", ")) == methods
            assert answer.json()["code"] == "method_not_allowed"


async def test_a_body_that_is_too_long_is_refused(flow: Flow) -> None:
    answer = await sent(flow, b"a" * 65_537, FORM)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
