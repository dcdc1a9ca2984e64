"""People sign in, decide, and end what they allowed; and no other page does it for them."""

import re
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie

import httpx
import pytest

from .signing_in import (
    CALLBACK,
    PASSWORD,
    Flow,
    form_token,
    oauth_door,
    query_of,
    sent_to,
)

OLD_PAGE = "This page was not up to date."
WRONG = "The name or the password is wrong."


@pytest.fixture(name="flow")
async def fixture_flow(database_url: str) -> AsyncIterator[Flow]:
    async with oauth_door(database_url) as flow:
        yield flow


def alert(page: httpx.Response) -> tuple[int, str]:
    """What the page warns of."""
    (sentence,) = re.findall(r'role="alert">(.*?)<', page.text)
    return page.status_code, sentence


async def login(flow: Flow, **fields: str) -> httpx.Response:
    """The form, as it is sent, with other fields."""
    return await flow.sent_login(await flow.client.get("/login"), **fields)


async def test_who_signs_in_stays_signed_in(flow: Flow) -> None:
    answer = await login(flow)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    page = await flow.client.get("/account")
    assert (page.status_code, "<bdi>ann</bdi>" in page.text) == (200, True)
    again = await flow.client.get("/login")
    assert (again.status_code, again.headers["Location"]) == (303, "/account")
    await flow.age("oauth_sessions", 14 * 24 * 3600 - 60)
    assert (await flow.client.get("/account")).status_code == 200
    await flow.age("oauth_sessions", 60)
    assert (await flow.client.get("/account")).headers["Location"] == "/login"


async def test_a_name_is_the_same_in_each_spelling(flow: Flow) -> None:
    await flow.add_person("Zo\u00eb")
    assert (await login(flow, name="Zoe\u0308")).status_code == 303


PLAIN = {"httponly": True, "path": "/", "samesite": "Lax", "domain": "", "secure": True}


@pytest.mark.parametrize(
    ("origin", "prefix", "attributes"),
    [
        ("http://localhost:5002", "", {**PLAIN, "secure": ""}),
        ("https://todo.example.org", "__Host-", PLAIN),
        # Another service of the host is not sent them.
        ("https://example.org/todo", "__Secure-", {**PLAIN, "path": "/todo"}),
    ],
)
async def test_cookies_go_to_this_server_alone(
    database_url: str, origin: str, prefix: str, attributes: dict[str, object]
) -> None:
    public = origin if origin.startswith("https") else None
    async with oauth_door(database_url, public_url=public) as flow:
        flow.client.base_url = httpx.URL(origin)
        page = await flow.client.get("/login")
        answer = await login(flow)
    told = [*page.headers.get_list("Set-Cookie"), *answer.headers.get_list("Set-Cookie")]
    ages = []
    for (morsel,) in (SimpleCookie(each).values() for each in told):
        assert {name: morsel[name] for name in attributes} == attributes
        ages.append((morsel.key, morsel["max-age"]))
    assert ages == [
        (f"{prefix}login", ""),
        (f"{prefix}session", "1209600"),
        (f"{prefix}login", "0"),
    ]


async def test_wrong_names_and_passwords_are_told_alike(flow: Flow) -> None:
    for fields in (
        {"password": "four words that nobody guessed"},
        {"password": PASSWORD.upper()},
        {"password": f"{PASSWORD} "},
        {"name": "bob"},
        {"name": "Ann"},
        {"name": "x" * 1000},
        {"name": "me"},
    ):
        page = await login(flow, **fields)
        assert alert(page) == (403, WRONG)
        assert "session" not in flow.client.cookies
        assert PASSWORD not in page.text
    for fields in ({"name": ""}, {"password": ""}):
        assert alert(await login(flow, **fields)) == (400, "Enter your name and your password.")


async def test_wrong_passwords_are_limited_by_address_and_by_name(database_url: str) -> None:
    async with oauth_door(database_url, trusted_proxies="1") as flow:
        await flow.add_person("bob")
        for number in range(10):
            assert (await guess(flow, f"192.0.2.{number}", "ann"))[0] == 403
        limited = await guess(flow, "192.0.2.99", "ann")
        assert limited == (429, "Too many wrong passwords. Wait 60 seconds.")
        # Even the right one: else it would be known to be right.
        assert (await guess(flow, "192.0.2.99", "ann", PASSWORD))[0] == 429
        for number in range(10):
            assert (await guess(flow, "198.51.100.1", f"nobody {number}"))[0] == 403
        assert (await guess(flow, "198.51.100.1", "bob"))[0] == 429
        assert (await guess(flow, "198.51.100.2", "bob", PASSWORD))[0] == 303


async def guess(flow: Flow, address: str, name: str, password: str = WRONG) -> tuple[int, str]:
    """The answer to somebody at this address: the status, and the warning."""
    headers = {"X-Forwarded-For": address}
    csrf = form_token(await flow.client.get("/login", headers=headers))
    form = {"csrf": csrf, "name": name, "password": password}
    answer = await flow.client.post("/login", data=form, headers=headers)
    if answer.status_code == 429:
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        assert answer.headers["RateLimit-Policy"] == '"failures";q=10;w=60'
        return 429, re.sub(r"\d+ sec", "60 sec", alert(answer)[1])
    return answer.status_code, "" if answer.status_code == 303 else alert(answer)[1]


async def test_a_form_of_another_page_signs_nobody_in(flow: Flow) -> None:
    page = await flow.client.get("/login")
    ours = form_token(page)
    kept = flow.client.cookies["login"]
    form = {"name": "ann", "password": PASSWORD}
    for csrf in (None, "", "x", ours[:-1], ours.upper(), kept, "é"):
        sent = form if csrf is None else {**form, "csrf": csrf}
        assert alert(await flow.client.post("/login", data=sent)) == (403, f"{OLD_PAGE} Try again.")
    flow.client.cookies.clear()
    without = await flow.client.post("/login", data={**form, "csrf": ours})
    assert alert(without) == (403, f"{OLD_PAGE} Try again.")
    assert "session" not in flow.client.cookies


async def test_a_form_of_another_page_decides_nothing(flow: Flow) -> None:
    await flow.add_person("bob")
    await flow.sign_in("bob")
    bobs = form_token(await flow.authorize())
    flow.client.cookies.clear()
    login_token = form_token(await flow.client.get("/login"))
    await flow.sign_in()
    for csrf in (None, "", "x", bobs, login_token):
        form = {"decision": "allow"} if csrf is None else {"decision": "allow", "csrf": csrf}
        answer = await flow.client.post("/authorize", params=flow.of(), data=form)
        assert alert(answer) == (403, f"{OLD_PAGE} Decide again.")
    assert await flow.rows("SELECT * FROM oauth_codes") == []
    csrf = form_token(await flow.authorize())
    for decision in ({}, {"decision": ""}, {"decision": "Allow"}):
        answer = await flow.client.post(
            "/authorize", params=flow.of(), data={"csrf": csrf, **decision}
        )
        assert alert(answer) == (400, "Choose one of the two.")
    # What the form allows is what stands in its own address.
    allowed = {"csrf": csrf, "decision": "allow", "redirect_uri": "https://evil.example"}
    answer = await flow.client.post("/authorize", params=flow.of(), data=allowed)
    assert sent_to(answer)[0] == CALLBACK


async def test_a_form_of_another_page_ends_nothing(flow: Flow) -> None:
    await flow.sign_in()
    tokens = await flow.tokens()
    ((grant,),) = await flow.rows("SELECT id FROM oauth_grants")
    for path in ("/account", "/logout"):
        for csrf in ({}, {"csrf": ""}, {"csrf": "x"}):
            answer = await flow.client.post(path, data={"grant": grant, **csrf})
            assert alert(answer) == (403, f"{OLD_PAGE} Try again.")
    assert await flow.is_valid(tokens["access_token"])
    assert (await flow.client.get("/account")).status_code == 200


async def test_only_forms_are_forms(flow: Flow) -> None:
    await flow.sign_in()
    for path in ("/login", "/account", "/logout", f"/authorize?{query_of(flow.of())}"):
        json = await flow.client.post(path, json={"csrf": "x"})
        assert (json.status_code, json.json()["code"]) == (415, "unsupported_media_type")
        for body in (b"a=%FF", b"csrf=a&csrf=a", b"a=\xff"):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            broken = await flow.client.post(path, content=body, headers=headers)
            assert (broken.status_code, broken.json()["code"]) == (400, "malformed_form")


async def test_nobody_is_signed_in_by_a_cookie_of_their_own(flow: Flow) -> None:
    await flow.sign_in()
    ((digest,),) = await flow.rows("SELECT digest FROM oauth_sessions")
    flow.client.cookies.clear()
    for value in ("", "x", digest, "ann", "é"):
        headers = {b"Cookie": f"session={value}".encode()}
        answer = await flow.client.get("/account", headers=headers)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


async def test_under_a_foreign_name_nobody_signs_in(flow: Flow) -> None:
    asked = query_of(flow.of())
    for path in ("/login", f"/login?{asked}", f"/authorize?{asked}", "/account"):
        answer = await flow.client.get(path, headers={"Host": "evil.example"})
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_host")
    answer = await flow.client.post("/token", data=flow.proof, headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_host")
