"""What the plugin answers: to calls of its contract, to wrong credentials, to an OAuth start."""

import html
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from guarded_fetch import Fetch
from guarded_fetch.words import shown

from ..contract import Operation, Part, media, operations
from ..plugin import PluginSnapshot, place_of
from ..report import Violation
from ..rule import ERROR, WARNING, rule
from ..schema_match import Match, matches
from .actions import state_violations

TOO_MANY_REQUESTS = 429
UNAUTHORIZED = 401
STATUSES_SHOWN = 5
LINKS_LOOKED_AT = 50
LINK_CHARACTERS = 2000


@rule(
    "A05",
    "live",
    "a wrong or missing credential is answered 401 with WWW-Authenticate",
    "RFC 6750",
    plugin=ERROR,
    actions=ERROR,
    mcp=ERROR,
)
def challenges(plugin: PluginSnapshot) -> Iterator[Violation]:
    for purpose in ("probe without a credential", "probe with a wrong credential"):
        for each in plugin.seen(purpose):
            if each.status in (None, TOO_MANY_REQUESTS):
                continue
            given = purpose.removeprefix("probe ")
            if each.status != UNAUTHORIZED:
                wrong = f"answers {each.status} {given}"
            elif "www-authenticate" not in each.headers:
                wrong = f"answers 401 {given}, but without WWW-Authenticate"
            else:
                continue
            yield Violation(
                f"{shown(each.subject)} {wrong}.",
                "Answer 401 with the header WWW-Authenticate: Bearer.",
                place_of(each),
            )


@rule(
    "A06",
    "live",
    "the verification token, which anybody can read, opens nothing",
    "AU",
    "LobeHub",
    plugin=ERROR,
)
def verification_is_no_credential(plugin: PluginSnapshot) -> Iterator[Violation]:
    for each in plugin.seen("probe with the verification token"):
        if each.succeeded:
            yield Violation(
                f"{shown(each.subject)} answers to the verification token of the public manifest.",
                "Give the service another key, and never accept the verification token as one.",
                place_of(each),
            )


@rule("G02", "plugin", "OAuth takes a state and hands it back", "AA", actions=ERROR)
def state_is_returned(plugin: PluginSnapshot) -> Iterator[Violation]:
    yield from state_violations(plugin)
    for each in plugin.seen("authorization"):
        asked = _query(each.url)
        callback, state = asked.get("redirect_uri", ""), asked.get("state", "")
        for link in _links(each, callback) if callback else ():
            back = _query(link)
            if "code" in back and back.get("state") != state:
                yield Violation(
                    f"{shown(each.url.partition('?')[0])} sends a code back without the state "
                    "that it was given.",
                    "Add the state to the redirect_uri, unchanged, beside the code.",
                    place_of(each),
                )
                break


def _links(fetch: Fetch, callback: str) -> Iterator[str]:
    """Where it leads back: redirects, and the links of a page that asks for consent first."""
    places = [hop.target for hop in fetch.hops] + [fetch.headers.get("location", "")]
    yield from (place for place in places if place.startswith(callback))
    page = html.unescape(fetch.body.decode("utf-8", "replace"))
    for rest in page.split(callback, LINKS_LOOKED_AT)[1:]:
        end = rest[:LINK_CHARACTERS]
        for mark in "\"'<> \n":
            end = end.partition(mark)[0]
        yield callback + end


def _query(url: str) -> dict[str, str]:
    """The parameters of a URL, those of its fragment too; the first of each name."""
    try:
        parts = urlsplit(url)
        pairs = {**parse_qs(parts.fragment), **parse_qs(parts.query)}
    except ValueError:
        return {}
    return {name: values[0] for name, values in pairs.items()}


@rule(
    "P01",
    "live",
    "answers have the status, the type and the shape that the contract declares",
    "OAS",
    plugin=(ERROR, WARNING),
    actions=(ERROR, WARNING),
)
def as_declared(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Redirects are D07's, and a 429 may come from any proxy: neither is looked at."""
    if plugin.contract is None:
        return
    named: dict[str, Operation] = {}
    for operation in operations(plugin.contract):
        if operation.method == "get":
            named.setdefault(operation.name, operation)
    compared: list[tuple[Fetch, Any, Any]] = []
    for each in plugin.seen("probe"):
        if each.subject not in named or each.failure_kind or _not_its_own(each):
            continue
        found = _refused_credential(plugin, each) or _declared(each, named[each.subject])
        if isinstance(found, Violation):
            yield found
        elif found is not None:
            compared.append((each, *found))
    pairs = [(schema, value) for _, schema, value in compared]
    for (each, _, _), match in zip(compared, matches(plugin.contract, pairs), strict=True):
        if match.outcome != "fits":
            yield _misfit(each, match)


def _not_its_own(fetch: Fetch) -> bool:
    redirected = any(hop.refused for hop in fetch.hops)
    return redirected or fetch.status in (None, TOO_MANY_REQUESTS)


def _refused_credential(plugin: PluginSnapshot, fetch: Fetch) -> Violation | None:
    """A call that was to succeed: a declared 401 would say nothing of the answer."""
    if fetch.status != UNAUTHORIZED:
        return None
    name = shown(fetch.subject)
    if plugin.token is not None:
        return Violation(
            f"{name} answered 401: it does not take the credential that was given.",
            "Give one that it takes, of the kind that the manifest's auth names.",
            place_of(fetch),
        )
    return Violation(
        f"{name} answered 401, but nothing says that it needs a credential.",
        "Say so, in the contract's security and the manifest's auth, or answer without one.",
        place_of(fetch),
    )


def _declared(fetch: Fetch, operation: Operation) -> Violation | tuple[Any, Any] | None:
    """What is wrong, or the schema and the value to compare with it, or neither."""
    name, status = shown(fetch.subject), fetch.status
    response = _response(str(status), operation.responses)
    if response is None:
        known = ", ".join(shown(each, 10) for each in list(operation.responses)[:STATUSES_SHOWN])
        return Violation(
            f"{name} answered {status}, which the contract does not declare.",
            f"Declare that answer, or give one that is declared: {known or 'there is none yet'}.",
            place_of(fetch),
        )
    types = {key.partition(";")[0].strip().lower(): part for key, part in media(response)}
    if not types and not fetch.body:
        return None
    content = _content(fetch.content_type, types)
    if content is None or not fetch.body:
        answered = shown(fetch.content_type or "no type") if fetch.body else "no body"
        declares = ", ".join(shown(each) for each in list(types)[:STATUSES_SHOWN]) or "no body"
        return Violation(
            f"{name} answered {status} with {answered}; the contract declares {declares}.",
            "Send the Content-Type that the contract declares, or declare what is sent.",
            place_of(fetch),
        )
    if "json" not in fetch.content_type:
        return None
    value = _json(fetch.body)
    if value is None:
        return Violation(
            f"{name} answered {status} with a body that is no JSON, as "
            f"{shown(fetch.content_type)}.",
            "Send JSON (RFC 8259, UTF-8, no NaN), or another Content-Type.",
            place_of(fetch),
        )
    schema = content.value.get("schema")
    return (schema, value[0]) if isinstance(schema, (dict, bool)) else None


def _response(status: str, responses: Mapping[str, Part]) -> Part | None:
    """The declaration of that status, else of its class (`2XX`), else the default."""
    for key in (status, f"{status[0]}XX", f"{status[0]}xx", "default"):
        if key in responses:
            return responses[key]
    return None


def _content(content_type: str, types: Mapping[str, Part]) -> Part | None:
    for key in (content_type, f"{content_type.partition('/')[0]}/*", "*/*"):
        if key in types:
            return types[key]
    return None


def _json(body: bytes) -> tuple[Any] | None:
    """The value alone in a tuple, since it may be null."""
    try:
        return (json.loads(body, parse_constant=_refused),)
    except (ValueError, RecursionError):
        return None


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _misfit(fetch: Fetch, match: Match) -> Violation:
    name, status = shown(fetch.subject), fetch.status
    if match.outcome == "incomparable":
        return Violation(
            f"The answer of {name} could not be compared with its schema: "
            f"{shown(match.message, 120)}.",
            "Keep the schema valid, small and inside the contract.",
            place_of(fetch),
            WARNING,
        )
    where = f"at {shown(match.pointer)}" if match.pointer else "as a whole"
    return Violation(
        f"{name} answered {status} with a body that does not fit its schema {where}: "
        f"{shown(match.message, 120)}.",
        "Answer as the contract says, or change its schema to what is answered.",
        place_of(fetch),
    )
