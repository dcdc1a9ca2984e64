"""How callers authenticate, as the documents say it, and which scopes each operation needs.

A contract names its scopes as OpenAPI does: by the security scheme OAUTH, whose flow describes
them, and by `security` of the operations. Without any, reading needs `read`, and all else `write`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .settings import Settings

HOSTNAME = "PLUGIN_HOSTNAME"
OAUTH = "oauth"
TOKEN = "token"  # noqa: S105 - the name of a scheme
AUTHORIZE_PATH, TOKEN_PATH = "/authorize", "/token"
METHODS = ("get", "head", "post", "put", "patch", "delete")
READING = ("get", "head")
READ, WRITE = "read", "write"
TEXTS = {READ: "See what is kept for you.", WRITE: "Change and delete what is kept for you."}

# RFC 6749 section 3.3.
_SCOPE = re.compile(r"[!#-\[\]-~]{1,100}")
# A variable of a path, as contracts and as routes write it.
_VARIABLE = re.compile(r"\{[^}]*\}|<[^>]*>")

Contract = dict[str, Any]


def manifest_auth(settings: "Settings", contract: Contract) -> dict[str, Any]:
    """The manifest's `auth` block, as the 2023 plugin installer read it."""
    if settings.mode == "none":
        return {"type": "none"}
    if settings.mode == "oauth" and settings.oauth_issuer is None:
        return {
            "type": "oauth",
            "client_url": HOSTNAME + AUTHORIZE_PATH,
            "scope": " ".join(scope_texts(contract)),
            "authorization_url": HOSTNAME + TOKEN_PATH,
            "authorization_content_type": "application/json",
            "verification_tokens": dict(settings.verification_tokens),
        }
    # That installer takes no sign-in at another domain, but a token that a person has from there.
    kind = "user_http" if settings.mode == "oauth" else settings.mode
    block: dict[str, Any] = {"type": kind, "authorization_type": settings.authorization_type}
    if kind == "service_http":
        block["verification_tokens"] = dict(settings.verification_tokens)
    return block


def secure(contract: Contract, settings: "Settings") -> None:
    """Put into the contract how callers authenticate in the mode of the settings. What it says of
    OAuth stays in mode oauth only. Raises ValueError for what it says wrongly.
    """
    if settings.mode == "oauth":
        _secure_by_oauth(contract, settings)
        return
    for holder in (contract, *(operation for _, _, operation in _operations(contract))):
        _forget_oauth(holder)
    if settings.mode == "none":
        components = _member(contract, "components")
        schemes = _member(components, "securitySchemes")
        if schemes.pop(OAUTH, None) is not None and not schemes:
            del components["securitySchemes"]
        return
    scheme = {"type": "http", "scheme": settings.authorization_type}
    contract.setdefault("components", {})["securitySchemes"] = {TOKEN: scheme}
    contract["security"] = [{TOKEN: []}]


def _secure_by_oauth(contract: Contract, settings: "Settings") -> None:
    """Each operation says what it needs, because hosts read one at a time."""
    needed, scheme = dict(_needed(contract)), _scheme(settings, scope_texts(contract))
    for method, path, operation in _operations(contract):
        if _given(contract, operation) != []:
            operation["security"] = [{OAUTH: list(needed[method, path])}]
    contract.pop("security", None)
    contract.setdefault("components", {})["securitySchemes"] = {OAUTH: scheme}


def _forget_oauth(holder: dict[str, Any]) -> None:
    given = holder.get("security")
    if isinstance(given, list) and given:
        others = [each for each in given if OAUTH not in each]
        if others:
            holder["security"] = others
        else:
            del holder["security"]


def scope_texts(contract: Contract) -> dict[str, str]:
    """The scopes that operations need, in the order of the contract's scheme, each with what it
    allows as a sentence for people.
    """
    flow = _member(contract, "components", "securitySchemes", OAUTH, "flows", "authorizationCode")
    described = _member(flow, "scopes")
    names = {name for _place, scopes in _needed(contract) for name in scopes}
    ordered = [*(name for name in (*described, *TEXTS) if name in names), *sorted(names)]
    return {
        name: str(described.get(name) or TEXTS.get(name, name)) for name in dict.fromkeys(ordered)
    }


def scopes_of(operation: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The scopes that an operation names itself; None where it says nothing of OAuth."""
    given = operation.get("security") or []
    return next((tuple(each[OAUTH]) for each in given if OAUTH in each), None)


def _needed(contract: Contract) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    for method, path, operation in _operations(contract):
        yield (method, path), _scopes(method, _given(contract, operation))


class Scopes:
    """What each operation needs, by the rule of its route and the method."""

    def __init__(self, contract: Contract) -> None:
        self._needed = {
            (method.upper(), _VARIABLE.sub("{}", str(path))): scopes
            for (method, path), scopes in _needed(contract)
        }
        self.all = tuple(scope_texts(contract))

    def of(self, rule: str, method: str) -> tuple[str, ...]:
        """The scopes of a route; HEAD is GET without a body. One that the contract does not know
        needs what its method does.
        """
        path = _VARIABLE.sub("{}", rule)
        names = (method, "GET") if method == "HEAD" else (method,)
        found = [self._needed[name, path] for name in names if (name, path) in self._needed]
        return found[0] if found else _scopes(method.lower(), None)


def _operations(contract: Contract) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in _member(contract, "paths").items():
        for method, operation in item.items() if isinstance(item, dict) else ():
            if method in METHODS and isinstance(operation, dict):
                yield method, path, operation


def _given(contract: Contract, operation: Mapping[str, Any]) -> list[Any] | None:
    """The security requirements of an operation: its own, or those of the contract. None for none,
    and for those that know nothing of OAuth; an empty list is for everybody.
    """
    given = operation.get("security", contract.get("security"))
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise ValueError("security must be a list of objects")
    return given if not given or any(OAUTH in each for each in given) else None


def _scopes(method: str, given: list[Any] | None) -> tuple[str, ...]:
    """The scopes of the first requirement that names OAUTH. Raises ValueError for what are none."""
    if given is None:
        return (READ,) if method in READING else (WRITE,)
    scopes: Any = next((each[OAUTH] for each in given if OAUTH in each), [])
    if not isinstance(scopes, list) or not all(
        isinstance(name, str) and _SCOPE.fullmatch(name) for name in scopes
    ):
        raise ValueError(f"security: the scopes of {OAUTH} must be a list of words")
    return tuple(dict.fromkeys(scopes))


def _scheme(settings: "Settings", texts: Mapping[str, str]) -> dict[str, Any]:
    if settings.oauth_issuer is not None:
        issuer = settings.oauth_issuer.rstrip("/")
        return {
            "type": "openIdConnect",
            "openIdConnectUrl": f"{issuer}/.well-known/openid-configuration",
        }
    flow = {
        "authorizationUrl": HOSTNAME + AUTHORIZE_PATH,
        "tokenUrl": HOSTNAME + TOKEN_PATH,
        "refreshUrl": HOSTNAME + TOKEN_PATH,
        "scopes": dict(texts),
    }
    return {"type": "oauth2", "flows": {"authorizationCode": flow}}


def _member(value: Any, *names: str) -> dict[str, Any]:
    """The object under those names; an empty one where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
