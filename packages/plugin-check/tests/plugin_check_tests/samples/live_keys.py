"""What a server with keys can do wrong: each sample breaks one rule, and no other."""

from collections.abc import Callable

from ..answering import Behaviour, Reply, Request, Spoil
from ..parts import ORIGIN, Parts
from .live import becomes, live_sample, says


def guarded(parts: Parts, behaviour: Behaviour) -> None:
    """The plugin with a key, which is asked for."""
    parts.manifest["auth"] = {
        "type": "service_http",
        "authorization_type": "bearer",
        "verification_tokens": {"openai": "f3b1c9d7e5a24680"},
    }
    parts.contract["security"] = [{"key": []}]
    parts.contract["components"] = {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}
    }
    behaviour.credential = "sesame-0123456789"


def to_whom(wrong: Callable[[str | None], bool], change: Callable[[Reply], None]) -> Spoil:
    """Change the replies to calls of the operation with such a credential."""

    def spoil(request: Request, reply: Reply) -> None:
        if request.path == "/plants" and wrong(request.headers.get("authorization")):
            change(reply)

    return spoil


PLANTS = says(b'{"plants": []}')


@live_sample("A05", probe=True, token="sesame-0123456789")
def open_without_a_credential(parts: Parts, behaviour: Behaviour) -> None:
    guarded(parts, behaviour)
    behaviour.spoil = to_whom(lambda given: given is None, PLANTS)


@live_sample("A05", probe=True, token="sesame-0123456789")
def error_for_a_wrong_credential(parts: Parts, behaviour: Behaviour) -> None:
    guarded(parts, behaviour)
    behaviour.spoil = to_whom(lambda given: given is not None and "wrong" in given, becomes(500))


@live_sample("A05", probe=True)
def challenge_without_its_header(parts: Parts, behaviour: Behaviour) -> None:
    guarded(parts, behaviour)
    behaviour.spoil = to_whom(lambda given: given is None, becomes(401))


@live_sample("A06", probe=True)
def verification_token_opens_it(parts: Parts, behaviour: Behaviour) -> None:
    guarded(parts, behaviour)
    behaviour.spoil = to_whom(lambda given: given == "Bearer f3b1c9d7e5a24680", PLANTS)


def oauth(parts: Parts, behaviour: Behaviour) -> None:
    """The plugin with OAuth; for Actions the contract names the same addresses."""
    guarded(parts, behaviour)
    parts.manifest["auth"] = {
        "type": "oauth",
        "client_url": f"{ORIGIN}/oauth",
        "scope": "",
        "authorization_url": f"{ORIGIN}/oauth/token",
        "authorization_content_type": "application/json",
        "verification_tokens": {"openai": "f3b1c9d7e5a24680"},
    }
    flow = {
        "authorizationUrl": f"{ORIGIN}/oauth",
        "tokenUrl": f"{ORIGIN}/oauth/token",
        "scopes": {},
    }
    scheme = {"type": "oauth2", "flows": {"authorizationCode": flow}}
    parts.contract["components"] = {"securitySchemes": {"key": scheme}}


@live_sample("G02", probe=True)
def redirect_without_the_state(parts: Parts, behaviour: Behaviour) -> None:
    def drop_it(request: Request, reply: Reply) -> None:
        if request.path == "/oauth":
            reply.headers["Location"] = reply.headers["Location"].partition("&state=")[0]

    oauth(parts, behaviour)
    behaviour.spoil = drop_it


@live_sample("G02", probe=True)
def link_without_the_state(parts: Parts, behaviour: Behaviour) -> None:
    def as_a_page(request: Request, reply: Reply) -> None:
        if request.path == "/oauth":
            address = reply.headers["Location"].partition("&state=")[0]
            page = f'<a href="{address}">Click to authorize</a>'
            says(page.encode(), "text/html")(reply)

    oauth(parts, behaviour)
    behaviour.spoil = as_a_page
