"""How often may one caller ask? The sliding windows of the library `limits`, over every route.

limiter      counts, and refuses
policies     what is counted, and what a caller is told who has to wait
windows      the counts of all replicas, or those of this process while they cannot be had
local        the counts of this process: bounded, and blind to changes of the clock
shared       the counts of all replicas, in Redis
"""

from collections.abc import Mapping
from typing import Any, Protocol, cast

from quart import Quart, current_app, request

from ..errors import TooManyRequests
from ..http.record import RequestRecord
from ..http.target import HEALTH
from .limiter import Limiter, address_key
from .policies import UnusableStorage

__all__ = [
    "Callers",
    "Limiter",
    "UnusableStorage",
    "address_key",
    "asks_who_calls",
    "count_again",
    "install",
]

# A load balancer's probe must not be refused because of its neighbours behind one address.
PROBES = ("GET", "HEAD")
# Where in the scope it stands under what the request counts.
COUNTED = "counted_as"
# What is there for everybody: who fetches it with a token of another place guesses nothing. What a
# client or a person proves to mode oauth's own routes is no token.
OPEN = ("wellknown", "front", "metadata", "oauth", "registration")


class Callers(Protocol):
    """Who can tell one caller from another."""

    def known(self, authorization: str) -> str | None:
        """The digest of the token in this header, if it is known to be valid."""

    async def recognise(self, authorization: str, scope: dict[str, Any]) -> str | None:
        """The digest of the token in this header, if it is valid. Raises nothing.

        What was found out goes into the scope, for the route to use.
        """


def install(app: Quart, limiter: Limiter, callers: Callers) -> None:
    """Count the requests of the app: by token where it is known to be valid, else by address.

    So a made-up token gets no count of its own. Goes before whatever else may refuse.
    """
    if not limiter.counts_requests:
        return

    @app.before_request
    async def count() -> None:
        scope = cast(dict[str, Any], request.scope)
        refusal = scope["refusal"]
        is_draining = refusal is not None and refusal.code == "draining"
        if scope["is_inner"] or is_draining or _is_probe():
            return
        scope[COUNTED] = await _key(callers, scope)
        try:
            await count_again(scope, 1)
        except TooManyRequests as limited:
            if refusal is not None:
                limited.headers.update(refusal.headers)
            raise

    app.after_serving(limiter.close)


async def count_again(scope: Mapping[str, Any], times: int) -> None:
    """Count the request of this scope so often again, for one that holds several. Raises
    TooManyRequests.
    """
    if COUNTED not in scope:
        return
    limiter = cast(Limiter, current_app.extensions["limiter"])
    try:
        for _ in range(times):
            await limiter.count("rate", scope[COUNTED])
    except TooManyRequests:
        cast(RequestRecord, scope["record"]).refusal = "rate"
        raise


def asks_who_calls() -> bool:
    """Whether the route of the request in hand asks who is calling: all but those of OPEN do."""
    return request.url_rule is not None and request.blueprint not in OPEN


def _is_probe() -> bool:
    rule = request.url_rule
    return rule is not None and rule.rule == HEALTH and request.method in PROBES


async def _key(callers: Callers, scope: dict[str, Any]) -> str:
    """Under what the request in hand counts."""
    authorization = request.headers.get("Authorization")
    caller = None
    if authorization is not None:
        caller = callers.known(authorization)
        # Nobody asks for the token of a request that is refused anyway.
        if caller is None and asks_who_calls() and scope["refusal"] is None:
            caller = await callers.recognise(authorization, scope)
    return caller or address_key(cast(RequestRecord, scope["record"]).address)
