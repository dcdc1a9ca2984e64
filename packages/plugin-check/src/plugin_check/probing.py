"""Calls that a host would make: the operations that only read, and the OAuth authorization URL."""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from guarded_fetch import Client, Fetch
from guarded_fetch.words import shown

from .contract import Operation, operations
from .plugin import Purpose, SourceDocument

OPERATIONS = 20

# A call-back of the installer's own form, for a plugin that does not exist.
CALLBACK = "https://chat.openai.com/aip/check/oauth/callback"

GAP = re.compile(r"\{([^{}]*)\}")
SENT = re.compile(r"[\x20-\x7e]+")


@dataclass(frozen=True)
class ProbeResult:
    """What was asked, and a sentence for each operation that was not."""

    fetches: tuple[Fetch, ...] = ()
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """An operation that can be called. `guarded` is whether it asks for a credential."""

    name: str
    url: str
    guarded: bool


async def probe(
    client: Client,
    contract: SourceDocument,
    base_url: str,
    auth: Mapping[str, Any],
    parameters: Mapping[str, str],
    token: str | None,
) -> ProbeResult:
    """Call the GET operations whose required parameters are all in `parameters`.

    `auth` is the manifest's. At most OPERATIONS are called. The credentials, real or made up, go
    to the origin of `base_url` and nowhere else. Raises nothing that a server could cause.
    """
    calls, skipped = _calls(contract, base_url, auth, parameters)
    fetches: list[Fetch] = []
    for call in calls:
        if call.guarded and token is None:
            skipped.append(f"{shown(call.name)} was not called: it needs a credential.")
        else:
            fetches.append(await _call(client, call, "probe", auth, token))
        if call.guarded:
            fetches.append(await _call(client, call, "probe without a credential", auth, None))
    if guarded := next((call for call in calls if call.guarded), None):
        fetches += [
            await _call(client, guarded, purpose, auth, credential)
            for purpose, credential in _wrong_credentials(auth)
        ]
    if (authorization_url := _authorization_url(auth)) is not None:
        fetches.append(
            await client.fetch("authorization", "GET", authorization_url, may_follow=_not_followed)
        )
    return ProbeResult(tuple(fetches), tuple(skipped))


def _calls(
    contract: SourceDocument, base_url: str, auth: Mapping[str, Any], parameters: Mapping[str, str]
) -> tuple[list[Call], list[str]]:
    calls: list[Call] = []
    skipped: list[str] = []
    for operation in operations(contract):
        if operation.method != "get":
            continue
        name = shown(operation.name)
        if obstacle := _obstacle(operation, parameters):
            skipped.append(f"{name} was not called: {obstacle}.")
        elif (url := _url(operation, base_url, parameters)) is None:
            skipped.append(f"{name} was not called: its path leads away from the server.")
        else:
            calls.append(Call(operation.name, url, _guarded(contract, operation, auth)))
    if len(calls) > OPERATIONS:
        skipped.append(f"Only the first {OPERATIONS} of {len(calls)} operations were called.")
    return calls[:OPERATIONS], skipped


def _obstacle(operation: Operation, parameters: Mapping[str, str]) -> str | None:
    required = _required(operation)
    unsent = [name for name, where in required if where not in ("path", "query")]
    if unsent:
        return f"it requires {shown(unsent[0])}, which is neither in the path nor in the query"
    missing = [name for name, _ in required if name not in parameters]
    if missing:
        return f"give its parameter with --param {shown(missing[0])}=VALUE"
    if operation.body is not None and operation.body.value.get("required") is True:
        return "it requires a body"
    return None


def _required(operation: Operation) -> list[tuple[str, str]]:
    """Name and place of each; a gap in the path is one, whether it is declared or not."""
    declared = [
        (str(value.get("name")), str(value.get("in")))
        for _, value in operation.parameters
        if value.get("required") is True
    ]
    return [(name, "path") for name in GAP.findall(operation.path)] + [
        (name, where) for name, where in declared if where != "path"
    ]


def _url(operation: Operation, base_url: str, parameters: Mapping[str, str]) -> str | None:
    """None when the contract's path would change the origin that is asked."""
    if not operation.path.startswith("/"):
        return None
    pieces = GAP.split(operation.path)
    for index, piece in enumerate(pieces):
        is_gap = index % 2 == 1
        pieces[index] = (
            _quoted(parameters[piece], "") if is_gap else _quoted(piece, "/:@!$&'()*+,;=%")
        )
    query = [
        (name, parameters[name])
        for name in dict.fromkeys(_in_query(operation))
        if name in parameters
    ]
    asked = f"?{urlencode(query, errors='replace')}" if query else ""
    url = base_url.rstrip("/") + "".join(pieces) + asked
    origin = _origin(base_url)
    return url if origin is not None and origin == _origin(url) else None


def _in_query(operation: Operation) -> Iterator[str]:
    for _, value in operation.parameters:
        if value.get("in") == "query":
            yield str(value.get("name"))


def _quoted(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="replace")


def _guarded(contract: SourceDocument, operation: Operation, auth: Mapping[str, Any]) -> bool:
    """Whether it needs a credential; what the contract says goes before the manifest."""
    security = operation.value.get("security", contract.top.get("security"))
    if isinstance(security, list):
        return bool(security) and {} not in security
    return bool(auth.get("type", "none") != "none")


async def _call(
    client: Client, call: Call, purpose: Purpose, auth: Mapping[str, Any], credential: str | None
) -> Fetch:
    scheme = "Basic" if auth.get("authorization_type") == "basic" else "Bearer"
    sent = {} if credential is None else {"Authorization": f"{scheme} {credential}"}
    return await client.fetch(
        purpose,
        "GET",
        call.url,
        subject=call.name,
        headers={"Accept": "application/json", **sent},
        may_follow=_within_the_origin,
    )


def _wrong_credentials(auth: Mapping[str, Any]) -> Iterator[tuple[Purpose, str]]:
    yield "probe with a wrong credential", f"wrong-{secrets.token_urlsafe(24)}"
    tokens = auth.get("verification_tokens")
    for token in tokens.values() if isinstance(tokens, dict) else ():
        if isinstance(token, str) and len(token) <= 1000 and SENT.fullmatch(token):
            yield "probe with the verification token", token
            return


def _authorization_url(auth: Mapping[str, Any]) -> str | None:
    """The address that a browser would be sent to."""
    address = auth.get("client_url")
    if auth.get("type") != "oauth" or not isinstance(address, str) or _origin(address) is None:
        return None
    scope = auth.get("scope")
    query = {
        "response_type": "code",
        "client_id": "check",
        "scope": scope if isinstance(scope, str) else "",
        "state": secrets.token_urlsafe(24),
        "redirect_uri": CALLBACK,
    }
    address = address.partition("#")[0]
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query, errors='replace')}"


def _origin(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return (parts.scheme, parts.netloc.lower()) if parts.netloc else None


def _within_the_origin(source: str, target: str) -> str | None:
    if _origin(source) == _origin(target):
        return None
    return "a call of the API is not followed to another origin"


def _not_followed(_source: str, _target: str) -> str | None:
    return "it is only looked at"
