"""Nothing that somebody proves anything with stands in a log."""

import logging

import pytest

from plugin_server.observability.logs.access import log as access_log

from .signing_in import CALLBACK, PASSWORD, SECRET, VERIFIER, Flow, challenge_of, oauth_door
from .test_oauth_pages import login

OURS = ("authlib", "plugin_server", "quart", "root", "app")


async def secrets_of(flow: Flow) -> set[str]:
    """Everything that is secret on the way of a person and a client."""
    await login(flow, password="a wrong password, typed in a hurry")
    await flow.sign_in()
    pkce = {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}
    state = "a state that only its client knows"
    code = await flow.code(state=state, **pkce)
    await flow.exchange(code, code_verifier=VERIFIER[:-1])
    first = (await flow.exchange(code, code_verifier=VERIFIER)).json()
    second = (await flow.refresh(first["refresh_token"])).json()
    assert await flow.is_valid(second["access_token"])
    await flow.refresh(first["refresh_token"])
    await flow.exchange(code, code_verifier=VERIFIER)
    tokens = {each[name] for each in (first, second) for name in ("access_token", "refresh_token")}
    cookies = {cookie.value or "" for cookie in flow.client.cookies.jar}
    return {code, state, PASSWORD, SECRET, VERIFIER, "typed in a hurry", *tokens, *cookies}


async def test_not_even_in_messages_for_debugging(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    access_log.setLevel(logging.DEBUG)
    async with oauth_door(sqlite_url, log_format="json") as flow:
        secrets = await secrets_of(flow)
    lines = [
        f"{record.getMessage()} {record.exc_text or ''}"
        for record in caplog.records
        if record.name.partition(".")[0] in OURS
    ]
    told = "\n".join(lines)
    assert "/token" in told
    assert "/authorize" in told
    assert [secret for secret in secrets if secret in told] == []
    assert CALLBACK not in told
