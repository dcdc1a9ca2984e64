"""Asks servers that may be hostile, at addresses that may be meant to mislead, without harm.

    from guarded_fetch import Client, Limits

    async with Client("https://todo.example.org", limits=Limits(seconds_a_request=5)) as client:
        fetch = await client.fetch("logo", "GET", "https://todo.example.org/logo.png")
    assert fetch.failure is None, fetch.failure

client      Client: whatever a server does, a fetch ends in time, and its failure is a sentence
answers     Fetch: what was answered, or why there is no answer
network     what the machine's network does, and how much of it may be used
addresses   which addresses belong to the public internet
targets     URLs, taken apart once
connector   connections to addresses that were checked, and to no others
tls         TLS, strict, and once more without only to tell more
request     a request as it is sent, and what a redirect makes of it
partial     a fetch that is not over yet
decoding    the body of an answer, unpacked as it comes
errors      why a request came to nothing
words       other people's text in our sentences
testing     hostile servers, and a network of made-up names, for tests
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answers import Fetch, Hop, Tls
    from .client import Client
    from .network import Limits, NetworkAccess

__all__ = ["Client", "Fetch", "Hop", "Limits", "NetworkAccess", "Tls"]

_MODULES = {
    "answers": ("Fetch", "Hop", "Tls"),
    "client": ("Client",),
    "network": ("Limits", "NetworkAccess"),
}


def __getattr__(name: str) -> Any:
    """A name of the list above, from its module: `words` and `answers` need no HTTP library."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
