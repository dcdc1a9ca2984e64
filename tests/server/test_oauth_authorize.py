"""What /authorize tells a client through the browser, and what it asks the person."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from .signing_in import (
    CALLBACK,
    HERE,
    TOOL_CALLBACK,
    VERIFIER,
    Flow,
    PublicFlow,
    challenge_of,
    form_token,
    oauth_door,
    query_of,
    registered,
    sent_to,
)

STATES = ["xyz", "a b+c", "&code=stolen", "ü 漢字 😀", "%2F%2f", "=", '{"a": 1}', "x" * 2000]
REPEATED = {"error": "invalid_request", "error_description": "A parameter is repeated."}


@pytest.fixture(name="flow")
async def fixture_flow(database_url: str) -> AsyncIterator[Flow]:
    async with oauth_door(database_url) as flow:
        await flow.sign_in()
        yield flow


@pytest.fixture(name="tool")
async def fixture_tool(flow: Flow) -> PublicFlow:
    return await registered(flow)


def error(code: str, sentence: str) -> dict[str, str]:
    """What the client is told: the state as it was, and who tells it."""
    return {"error": code, "error_description": sentence, "state": "xyz", "iss": HERE}


def invalid(sentence: str) -> dict[str, str]:
    """For what is wrong with the request itself."""
    return error("invalid_request", sentence)


async def test_the_client_gets_a_code_its_state_and_the_issuer(flow: Flow) -> None:
    for state in STATES:
        place, told = sent_to(await flow.decide(state=state))
        assert place == CALLBACK
        assert told.pop("code")
        assert told == {"state": state, "iss": HERE}


async def test_without_a_state_there_is_none(flow: Flow) -> None:
    for state in (None, ""):
        assert set(sent_to(await flow.decide(state=state))[1]) == {"code", "iss"}
        denied = sent_to(await flow.decide("deny", state=state))[1]
        assert set(denied) == {"error", "error_description", "iss"}


async def test_a_refusal_tells_the_client_no_more_than_that(flow: Flow) -> None:
    for state in STATES:
        place, told = sent_to(await flow.decide("deny", state=state))
        sentence = "The resource owner or authorization server denied the request"
        assert (place, told) == (CALLBACK, {**error("access_denied", sentence), "state": state})


TYPE = error("unsupported_response_type", "response_type must be code.")
SCOPE = error("invalid_scope", "The requested scope is invalid, unknown, or malformed.")
MISTAKES: list[tuple[dict[str, str | None], dict[str, str]]] = [
    ({"response_type": None}, invalid("response_type is missing.")),
    ({"response_type": "token"}, TYPE),
    ({"response_type": "code token"}, TYPE),
    ({"response_type": 'a"\\ü'}, TYPE),
    ({"scope": "admin"}, SCOPE),
    ({"scope": "read admin"}, SCOPE),
    ({"scope": "READ"}, SCOPE),
    ({"scope": 'a"\\ü'}, SCOPE),
]
FOREIGN_RESOURCES = [
    "https://other.example",
    f"{HERE}/other",
    f"{HERE}/mcp/more",
    f"{HERE}.evil.example",
    "https://localhost:5002",
    HERE.upper(),
    f"{HERE}/mcp?a=1",
    f"{HERE}/mcp#a",
    "mcp",
]
NO_TARGET = error(
    "invalid_target", "The resource is not this server's, or not the one that was allowed."
)


async def test_a_mistake_is_told_with_the_state_unchanged(flow: Flow) -> None:
    for change, told in MISTAKES:
        assert sent_to(await flow.authorize(**change)) == (CALLBACK, told)
        pressed = await flow.client.post("/authorize", params=flow.of(**change))
        assert sent_to(pressed) == (CALLBACK, told)


async def test_a_resource_of_another_server_is_refused(flow: Flow) -> None:
    for resource in FOREIGN_RESOURCES:
        assert sent_to(await flow.authorize(resource=resource)) == (CALLBACK, NO_TARGET), resource
    for resource in (HERE, f"{HERE}/", f"{HERE}/mcp", f"{HERE}/mcp/"):
        assert (await flow.authorize(resource=resource)).status_code == 200


async def test_a_parameter_that_stands_twice_is_refused(flow: Flow) -> None:
    for name in ("response_type", "state", "scope", "resource", "code_challenge", "unknown"):
        query = query_of(flow.of(response_type="code")) + f"&{name}=a&{name}=a"
        place, told = sent_to(await flow.client.get(f"/authorize?{query}"))
        assert (place, told.pop("state")) == (CALLBACK, "xyz")
        assert told == {**REPEATED, "iss": HERE}


CHALLENGE = challenge_of(VERIFIER)
NO_METHOD = invalid("Unsupported 'code_challenge_method'")
NO_DIGEST = invalid("code_challenge must be a SHA-256 in base64url.")
NO_PKCE: list[tuple[dict[str, str | None], dict[str, str]]] = [
    (
        {"code_challenge": None, "code_challenge_method": None},
        invalid("code_challenge is missing (RFC 7636)."),
    ),
    ({"code_challenge": None}, invalid("Missing 'code_challenge'")),
    ({"code_challenge_method": None}, invalid("code_challenge_method must be S256.")),
    ({"code_challenge_method": "s256"}, NO_METHOD),
    ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, NO_METHOD),
    ({"code_challenge": CHALLENGE[:-1]}, invalid("Invalid 'code_challenge'")),
    ({"code_challenge": f"{CHALLENGE}A"}, NO_DIGEST),
    ({"code_challenge": f"{CHALLENGE}\n"}, NO_DIGEST),
    ({"code_challenge": f"{CHALLENGE[:-1]}."}, NO_DIGEST),
]


async def test_a_public_client_sends_a_challenge_by_s256(tool: PublicFlow) -> None:
    for change, told in NO_PKCE:
        assert sent_to(await tool.authorize(**change)) == (TOOL_CALLBACK, told), change


async def test_a_client_with_a_secret_need_not_but_never_a_plain_one(flow: Flow) -> None:
    for change, told in NO_PKCE[1:]:
        sent = {"code_challenge": CHALLENGE, "code_challenge_method": "S256", **change}
        assert sent_to(await flow.authorize(**sent)) == (CALLBACK, told), change


async def test_by_a_strangers_link_nobody_is_sent_off_before_signing_in(tool: PublicFlow) -> None:
    tool.client.cookies.clear()
    asked = query_of(tool.of(response_type="token"))
    away = await tool.client.get(f"/authorize?{asked}")
    assert (away.status_code, away.headers["Location"]) == (303, f"/login?{asked}")
    form = {"csrf": form_token(await tool.client.get(f"/login?{asked}")), "name": "ann"}
    form["password"] = "four words that nobody guesses"
    back = await tool.client.post(f"/login?{asked}", data=form)
    assert (back.status_code, back.headers["Location"]) == (303, f"/authorize?{asked}")
    place, told = sent_to(await tool.client.get(back.headers["Location"]))
    assert (place, told) == (TOOL_CALLBACK, TYPE)


async def test_who_is_not_signed_in_signs_in_first_and_comes_back(flow: Flow) -> None:
    flow.client.cookies.clear()
    asked = query_of(flow.of(scope="read"))
    for answer in (
        await flow.client.get(f"/authorize?{asked}"),
        await flow.client.post(f"/authorize?{asked}", data={"decision": "allow"}),
    ):
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/login?{asked}")


async def test_the_page_names_who_asks_where_the_answer_goes_and_what_is_allowed(
    flow: Flow, tool: PublicFlow
) -> None:
    page = text(await tool.authorize())
    assert "Allow A tool to use TODO List for you?" in page
    assert "Who asks A tool, as it calls itself: nobody has checked that Where you will be" in page
    assert "Where you will be sent back to tool.example What it may do" in page
    scopes = (await flow.client.get("/openapi.json")).json()
    read, write = scopes_of(scopes).values()
    assert f"What it may do {read} {write}" in page
    assert "You are signed in as ann." in page
    only = text(await flow.authorize(scope="read"))
    assert f"What it may do {read} It may do this until" in only
    login = await flow.client.get("/login", params=flow.of())
    assert (login.status_code, login.headers["Location"][:11]) == (303, "/authorize?")


def scopes_of(contract: dict[str, object]) -> dict[str, str]:
    """The scopes that the contract has, each with its sentence."""
    found: dict[str, str] = contract["components"]["securitySchemes"]["oauth"]["flows"][  # type: ignore[index]
        "authorizationCode"
    ]["scopes"]
    return found


def text(page: httpx.Response) -> str:
    """What a person reads."""
    assert page.status_code == 200, page.text
    body = re.sub(r"<[^>]*>", " ", page.text.partition("<body>")[2])
    return re.sub(r" ([.,?])", r"\1", " ".join(body.split()))


async def test_what_a_client_says_is_text_and_nothing_else(flow: Flow) -> None:
    mark = '"><script>alert(1)</script>{{ 7 * 7 }}'
    tool = await registered(flow, name=mark)
    page = (await tool.authorize(state=mark)).text
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}") == 2


async def test_pages_are_kept_by_nobody_and_framed_by_nobody(flow: Flow, tool: PublicFlow) -> None:
    local = await registered(flow, "http://127.0.0.1:4711/callback", "http://[::1]/callback")
    targets = {
        (await flow.authorize()): "'self' https://chatgpt.com",
        (await tool.authorize()): "'self' https://tool.example",
        (await local.authorize(redirect_uri="http://127.0.0.1:99/callback")):
            "'self' http://127.0.0.1:99",
        (await local.authorize(redirect_uri="http://[::1]:99/callback")): "'self' http:",
        (await flow.client.get("/account")): "'self'",
        (await flow.client.get("/authorize")): "'self'",
    }  # fmt: skip
    for page, target in targets.items():
        headers = page.headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"
        policy = dict(each.split(" ", 1) for each in headers["Content-Security-Policy"].split("; "))
        assert re.fullmatch(r"'sha256-[\w+/]{43}='", policy.pop("style-src"))
        assert policy == {
            "default-src": "'none'",
            "base-uri": "'none'",
            "img-src": "'self'",
            "form-action": target,
            "frame-ancestors": "'none'",
        }
