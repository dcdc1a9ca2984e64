"""People end what they allowed, and sign out."""

import re
from collections.abc import AsyncIterator

import pytest

from plugin_server.auth.oauth.people import set_password

from .signing_in import Flow, form_token, oauth_door, query_of, registered
from .test_oauth_pages import WRONG, alert, login


@pytest.fixture(name="flow")
async def fixture_flow(database_url: str) -> AsyncIterator[Flow]:
    async with oauth_door(database_url) as flow:
        yield flow


async def test_a_person_sees_and_ends_what_they_allowed(flow: Flow) -> None:
    await flow.add_person("bob")
    tool = await registered(flow, name="<b>tool</b>")
    await flow.sign_in("bob")
    bobs = await flow.tokens()
    flow.client.cookies.clear()
    await flow.sign_in()
    await flow.code()  # A code alone is nothing yet.
    assert "Nobody but you." in (await flow.client.get("/account")).text
    kept, ended = await flow.tokens(), await tool.tokens(scope="read")
    page = await flow.client.get("/account")
    shown = re.findall(r"<h3><bdi>(.*?)</bdi></h3>", page.text)
    assert sorted(shown) == ["&lt;b&gt;tool&lt;/b&gt;", "todo-gpt"]
    found = dict(await flow.rows("SELECT client_id, id FROM oauth_grants WHERE name = 'ann'"))
    assert set(re.findall(r'name="grant" value="(\w+)"', page.text)) <= set(found.values())
    form = {"csrf": form_token(page), "grant": found[tool.proof["client_id"]]}
    answer = await flow.client.post("/account", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert not await flow.is_valid(ended["access_token"])
    assert (await tool.refresh(ended["refresh_token"])).status_code == 400
    # Nobody ends what another person allowed.
    ((of_bob,),) = await flow.rows("SELECT id FROM oauth_grants WHERE name = 'bob'")
    for grant in (of_bob, "unknown", ""):
        assert (
            await flow.client.post("/account", data={**form, "grant": grant})
        ).status_code == 303
    assert await flow.is_valid(bobs["access_token"])
    assert await flow.is_valid(kept["access_token"])


async def test_who_signs_out_is_signed_out(flow: Flow) -> None:
    await flow.sign_in()
    tokens = await flow.tokens()
    cookie = flow.client.cookies["session"]
    page = await flow.authorize()
    asked = query_of(flow.of())
    answer = await flow.client.post(f"/logout?{asked}", data={"csrf": form_token(page)})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/login?{asked}")
    assert "session" not in flow.client.cookies
    flow.client.cookies.set("session", cookie)
    assert (await flow.client.get("/account")).headers["Location"] == "/login"
    assert await flow.is_valid(tokens["access_token"])


async def test_who_signs_in_anew_ends_the_session_before(flow: Flow) -> None:
    form = await flow.client.get("/login")
    await flow.sign_in(form=form)
    first = flow.client.cookies["session"]
    # In another tab, in which the form was open.
    flow.client.cookies.delete("session")
    form = await flow.client.get("/login")
    flow.client.cookies.set("session", first, domain="localhost.local", path="/")
    await flow.sign_in(form=form)
    assert flow.client.cookies["session"] != first
    assert await flow.rows("SELECT count(*) FROM oauth_sessions") == [(1,)]


async def test_a_new_password_signs_out(flow: Flow) -> None:
    await flow.sign_in()
    await flow.database.write(set_password, "ann", "another hash")
    assert (await flow.client.get("/account")).headers["Location"] == "/login"
    assert alert(await login(flow)) == (403, WRONG)
