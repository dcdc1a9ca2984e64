"""Calling a plugin as a host would: what is asked, what is not, and who gets to see a key."""

import asyncio
from typing import Any

import pytest

from guarded_fetch import Client, Fetch, Limits
from plugin_check.plugin import PluginSnapshot, SourceDocument
from plugin_check.probing import OPERATIONS, ProbeResult, probe
from plugin_check.rules.timing import calls_in_time

from .answering import Behaviour, Reply, Request
from .parts import ORIGIN, Parts
from .remote import MadeUp, remote
from .samples.live_keys import guarded, oauth

KEY = "sesame-0123456789"
WITHOUT = "probe without a credential"
WRONG = "probe with a wrong credential"
VERIFYING = "probe with the verification token"


def probed(
    parts: Parts,
    behaviour: Behaviour,
    parameters: dict[str, str] | None = None,
    token: str | None = None,
    base_url: str = ORIGIN,
) -> ProbeResult:
    async def ask() -> ProbeResult:
        async with Client(ORIGIN, network=network) as client:
            contract = SourceDocument("openapi.yaml", parts.contract)
            auth = parts.manifest["auth"]
            return await probe(client, contract, base_url, auth, parameters or {}, token)

    with remote(parts, behaviour) as network:
        return asyncio.run(ask())


def summary(fetches: tuple[Fetch, ...]) -> list[tuple[str, str, str, int | None]]:
    return [(each.purpose, each.subject, each.url, each.status) for each in fetches]


def reading(path: str, *parameters: dict[str, Any], **more: Any) -> Parts:
    """A plugin whose only operation reads from that path."""
    parts = Parts()
    operation = {"operationId": "read", "parameters": list(parameters), **more}
    parts.contract["paths"] = {path: {"get": operation}}
    return parts


def test_only_operations_that_read_are_called() -> None:
    found = probed(Parts(), Behaviour())
    assert summary(found.fetches) == [("probe", "getPlants", f"{ORIGIN}/plants", 200)]
    assert found.skipped == ()


def test_given_parameters_are_sent_and_cannot_leave_their_place() -> None:
    limit = {"name": "limit", "in": "query", "required": True, "example": 3}
    order = {"name": "order", "in": "query", "example": "up"}
    parts = reading(
        "/plants/{name}/é", {"name": "name", "in": "path", "required": True}, limit, order
    )
    found = probed(parts, Behaviour(), {"name": "../a?b#c/d", "limit": "1&x=2"})
    asked = f"{ORIGIN}/plants/..%2Fa%3Fb%23c%2Fd/%C3%A9?limit=1%26x%3D2"
    assert summary(found.fetches) == [("probe", "read", asked, 404)]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (
            reading("/plants", {"name": "limit", "in": "query", "required": True, "example": 3}),
            '"read" was not called: give its parameter with --param "limit"=VALUE.',
        ),
        (
            reading("/plants/{undeclared}"),
            '"read" was not called: give its parameter with --param "undeclared"=VALUE.',
        ),
        (
            reading("/plants", {"name": "X-Who", "in": "header", "required": True}),
            '"read" was not called: it requires "X-Who", which is neither in the path nor in the '
            "query.",
        ),
        (
            reading("/plants", requestBody={"required": True, "content": {}}),
            '"read" was not called: it requires a body.',
        ),
        (
            reading("@elsewhere.plants.test/plants"),
            '"read" was not called: its path leads away from the server.',
        ),
    ],
)
def test_what_cannot_be_called_is_said(parts: Parts, sentence: str) -> None:
    assert probed(parts, Behaviour()) == ProbeResult((), (sentence,))


def test_a_contract_of_many_operations_is_called_in_part() -> None:
    parts = Parts()
    parts.contract["paths"] = {f"/{number}": {"get": {}} for number in range(OPERATIONS + 5)}
    found = probed(parts, Behaviour())
    assert len(found.fetches) == OPERATIONS
    assert found.skipped == ("Only the first 20 of 25 operations were called.",)


def test_a_key_is_tried_and_so_are_none_a_wrong_one_and_the_public_one() -> None:
    parts, behaviour = Parts(), Behaviour()
    guarded(parts, behaviour)
    found = probed(parts, behaviour, token=KEY)
    assert [(each.purpose, each.status) for each in found.fetches] == [
        ("probe", 200),
        (WITHOUT, 401),
        (WRONG, 401),
        (VERIFYING, 401),
    ]
    sent = [request.headers.get("authorization", "") for request in behaviour.requests]
    assert [sent[0], sent[1], sent[3]] == [f"Bearer {KEY}", "", "Bearer f3b1c9d7e5a24680"]
    assert sent[2].startswith("Bearer wrong-")


def test_without_a_key_only_the_refusal_is_looked_at() -> None:
    parts, behaviour = Parts(), Behaviour()
    guarded(parts, behaviour)
    found = probed(parts, behaviour)
    assert [each.purpose for each in found.fetches] == [WITHOUT, WRONG, VERIFYING]
    assert found.skipped == ('"getPlants" was not called: it needs a credential.',)


@pytest.mark.parametrize("security", [[], [{}, {"key": []}]])
def test_an_operation_that_is_open_by_the_contract_needs_no_key(security: list[Any]) -> None:
    parts, behaviour = Parts(), Behaviour()
    guarded(parts, behaviour)
    parts.operation("get")["security"] = security
    assert [each.purpose for each in probed(parts, behaviour).fetches] == ["probe"]


def test_a_key_does_not_follow_to_another_origin() -> None:
    def lead_away(_: Request, reply: Reply) -> None:
        reply.status, reply.headers = 307, {"Location": "https://elsewhere.plants.test/plants"}

    parts, behaviour = Parts(), Behaviour(spoil=lead_away)
    guarded(parts, behaviour)
    found = probed(parts, behaviour, token=KEY)
    assert {request.host for request in behaviour.requests} == {"todo.plants.test"}
    assert [hop.refused for hop in found.fetches[0].hops] == [
        "a call of the API is not followed to another origin"
    ]


def test_the_oauth_entrance_is_asked_as_a_browser_would_and_not_gone_through() -> None:
    parts, behaviour = Parts(), Behaviour()
    oauth(parts, behaviour)
    parts.manifest["auth"] |= {"client_url": f"{ORIGIN}/oauth?tenant=1#top", "scope": "read all"}
    asked = probed(parts, behaviour).fetches[-1]
    assert (asked.purpose, asked.status, len(asked.hops)) == (
        "authorization",
        302,
        1,
    )
    assert behaviour.requests[-1].query.startswith(
        "tenant=1&response_type=code&client_id=check&scope=read+all&state="
    )


@pytest.mark.parametrize("junk", [None, [], "x", 5, {"get": None}, {"get": {"parameters": 7}}])
def test_documents_of_any_shape_are_met_without_a_word(junk: Any) -> None:
    parts = Parts()
    parts.contract["paths"] = {"/x": junk, "/y\ud800": {"get": {"operationId": junk}}}
    parts.contract["security"] = junk
    parts.manifest["auth"] = {"type": junk, "verification_tokens": junk, "client_url": junk}
    assert isinstance(probed(parts, Behaviour()), ProbeResult)


def test_an_operation_is_not_called_late_when_the_check_ran_out_of_time() -> None:
    async def ask() -> Fetch:
        limits = Limits(seconds_in_all=0)
        async with Client(ORIGIN, network=MadeUp(0, 0), limits=limits) as client:
            return await client.fetch("probe", "GET", ORIGIN, subject="getPlants")

    fetch = asyncio.run(ask())
    assert fetch.failure_kind == "timeout"
    assert list(calls_in_time(PluginSnapshot(ORIGIN, fetches=(fetch,)))) == []
