"""Who asks must be known, and where the answer goes must be theirs, or nobody is sent anywhere."""

from collections.abc import AsyncIterator

import httpx
import pytest

from .signing_in import (
    CALLBACK,
    GPT,
    OTHER_CALLBACK,
    Flow,
    PublicFlow,
    oauth_door,
    query_of,
    registered,
    sent_to,
)

HOSTS = "https://chatgpt.com"
LOCAL = "http://127.0.0.1/callback"
NOT_ITS_OWN = "The address that you would be sent back to is not the client's."

FOREIGN = {
    "other host": "https://evil.example/aip/g-0a1b2c/oauth/callback",
    "other path": f"{HOSTS}/aip/g-0a1b2c/oauth/other",
    "longer path": f"{CALLBACK}/more",
    "shorter path": CALLBACK[:-1],
    "trailing slash": f"{CALLBACK}/",
    "path that climbs": f"{HOSTS}/aip/g-0a1b2c/oauth/../oauth/callback",
    "encoded path": f"{HOSTS}/aip/g-0a1b2c/oauth/callbac%6B",
    "id with a slash": f"{HOSTS}/aip/a/b/oauth/callback",
    "empty id": f"{HOSTS}/aip//oauth/callback",
    "query": f"{CALLBACK}?next=https://evil.example",
    "empty query": f"{CALLBACK}?",
    "fragment": f"{CALLBACK}#part",
    "empty fragment": f"{CALLBACK}#",
    "userinfo": CALLBACK.replace("https://", "https://evil.example@"),
    "host in userinfo": CALLBACK.replace("chatgpt.com", "chatgpt.com@evil.example"),
    "http": CALLBACK.replace("https:", "http:"),
    "no scheme": CALLBACK.removeprefix("https:"),
    "script": "javascript:alert(1)",
    "host with a suffix": CALLBACK.replace("chatgpt.com", "chatgpt.com.evil.example"),
    "host with a prefix": CALLBACK.replace("chatgpt.com", "evilchatgpt.com"),
    "subdomain": CALLBACK.replace("chatgpt.com", "www.chatgpt.com"),
    "host in capitals": CALLBACK.replace("chatgpt.com", "ChatGPT.com"),
    "scheme in capitals": CALLBACK.replace("https:", "HTTPS:"),
    "host with a dot": CALLBACK.replace("chatgpt.com", "chatgpt.com."),
    "port": CALLBACK.replace("chatgpt.com", "chatgpt.com:8443"),
    "default port": CALLBACK.replace("chatgpt.com", "chatgpt.com:443"),
    "backslash": CALLBACK.replace("https://", "https:\\\\"),
    "space before": f" {CALLBACK}",
    "line break after": f"{CALLBACK}\n",
    "tab inside": CALLBACK.replace("/oauth", "/\toauth"),
    "relative": "/aip/g-0a1b2c/oauth/callback",
}


@pytest.fixture(name="flow")
async def fixture_flow(database_url: str) -> AsyncIterator[Flow]:
    async with oauth_door(database_url) as flow:
        await flow.sign_in()
        yield flow


def refused(answer: httpx.Response, sentence: str) -> bool:
    """Whether the person is told by a page, and sent nowhere."""
    assert (answer.status_code, answer.headers.get("Location")) == (400, None)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "form" not in answer.text.partition("<body>")[2]
    return f'<p role="alert" class="alert">{sentence}</p>' in answer.text.replace("&#39;", "'")


async def test_to_a_foreign_address_nobody_is_sent(flow: Flow) -> None:
    for address in FOREIGN.values():
        assert refused(await flow.authorize(redirect_uri=address), NOT_ITS_OWN), address
        # Nor with a mistake that the client would otherwise be told.
        wrong = await flow.authorize(redirect_uri=address, response_type="token")
        assert refused(wrong, NOT_ITS_OWN), address
        pressed = await flow.client.post(
            "/authorize", params=flow.of(redirect_uri=address), data={"decision": "allow"}
        )
        assert refused(pressed, NOT_ITS_OWN), address


async def test_nor_before_signing_in(flow: Flow) -> None:
    flow.client.cookies.clear()
    address = FOREIGN["other host"]
    assert refused(await flow.authorize(redirect_uri=address), NOT_ITS_OWN)
    page = await flow.client.get("/login", params=flow.of(redirect_uri=address))
    assert refused(page, NOT_ITS_OWN)


async def test_chatgpts_addresses_are_the_clients(flow: Flow) -> None:
    for address in (CALLBACK, OTHER_CALLBACK):
        place, told = sent_to(await flow.decide(redirect_uri=address))
        assert (place, set(told)) == (address, {"code", "state", "iss"})


async def test_the_settings_may_name_more_which_are_exact(database_url: str) -> None:
    mine = "https://chat.example.org/back?tenant=7"
    async with oauth_door(database_url, oauth_redirect_uris=(mine,)) as flow:
        await flow.sign_in()
        place, told = sent_to(await flow.decide(redirect_uri=mine))
        assert (place, told["tenant"]) == ("https://chat.example.org/back", "7")
        for other in (mine[:-1], f"{mine}&more=1", f"{mine}7", mine.partition("?")[0]):
            assert refused(await flow.authorize(redirect_uri=other), NOT_ITS_OWN)


NAMELESS = "The address that led you here names no client, or several."
UNKNOWN = "There is no client of this name."
NOWHERE = "The address that led you here does not say where you go next."


async def test_without_a_client_or_an_address_nobody_is_sent_anywhere(flow: Flow) -> None:
    for value in (None, ""):
        assert refused(await flow.authorize(client_id=value), NAMELESS)
        assert refused(await flow.authorize(redirect_uri=value), NOWHERE)
    for name in ("other", GPT.upper(), f"{GPT}\n", "\u00fc"):
        assert refused(await flow.authorize(client_id=name), UNKNOWN)


async def test_nor_where_there_are_two_of_them(flow: Flow) -> None:
    foreign = {"client_id": "other", "redirect_uri": FOREIGN["other host"]}
    for name, sentence in (("client_id", NAMELESS), ("redirect_uri", NOWHERE)):
        for values in ((flow.asked[name], foreign[name]), (flow.asked[name],) * 2):
            rest = query_of(flow.of(**{name: None}))
            query = f"{rest}&{query_of({name: values[0]})}&{query_of({name: values[1]})}"
            assert refused(await flow.client.get(f"/authorize?{query}"), sentence)


async def test_nor_by_an_address_that_is_damaged(flow: Flow) -> None:
    rest = query_of(flow.of(state=None))
    for raw in (
        "state=%FF",
        "state=%zz",
        "state=%00",
        "%C3%28=a",
        "state=1&state=%FF",
        "a=1&" * 99,
    ):
        answer = await flow.client.get(f"/authorize?{rest}&{raw}")
        assert (answer.status_code, answer.headers.get("Location")) == (400, None)
        assert "The address that led you here is damaged." in answer.text


@pytest.fixture(name="tool")
async def fixture_tool(flow: Flow) -> PublicFlow:
    """A program on the person's own machine."""
    return await registered(flow, LOCAL, "http://[::1]/callback")


MINE = [
    LOCAL,
    "http://127.0.0.1:1/callback",
    "http://127.0.0.1:65535/callback",
    "http://[::1]:4711/callback",
]
NOT_MINE = [
    "http://127.0.0.1:4711/other",
    "http://127.0.0.1:4711/callback?a=1",
    "http://127.0.0.1:4711/callback#a",
    "http://127.0.0.2:4711/callback",
    "http://localhost:4711/callback",
    "http://127.0.0.1.evil.example:4711/callback",
    "http://127.0.0.1:4711@evil.example/callback",
    "http://evil.example@127.0.0.1:4711/callback",
    "https://127.0.0.1:4711/callback",
    "http://127.0.0.1:/callback",
    "http://127.0.0.1:999999/callback",
    "http://[::ffff:127.0.0.1]:4711/callback",
]


async def test_a_program_may_listen_on_any_port_and_at_no_other_address(tool: PublicFlow) -> None:
    for address in MINE:
        place, told = sent_to(await tool.decide(redirect_uri=address))
        assert (place, set(told)) == (address, {"code", "state", "iss"})
    for address in NOT_MINE:
        assert refused(await tool.authorize(redirect_uri=address), NOT_ITS_OWN), address
