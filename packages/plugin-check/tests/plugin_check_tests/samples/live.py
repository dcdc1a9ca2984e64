"""What only a server can do wrong: each sample breaks one rule, and no other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from plugin_check import Level

from ..answering import Behaviour, Reply, Request, Spoil
from ..parts import ORIGIN, Parts, sample

LiveChange = Callable[[Parts, Behaviour], None]


@dataclass(frozen=True)
class LiveSample:
    """A change, and how to check what it leads to. `source` is the address that is checked,
    unless it is `local`: then it is wherever it is served. `level` is only given where it is not
    the rule's first.
    """

    rule: str
    name: str
    change: LiveChange
    probe: bool = False
    local: bool = False
    token: str | None = None
    source: str = ORIGIN
    parameters: dict[str, str] = field(default_factory=dict)
    level: Level | None = None


LIVE_SAMPLES: list[LiveSample] = []


def live_sample(rule: str, **options: Any) -> Callable[[LiveChange], LiveChange]:
    """Mark a change that breaks this rule and no other for the rule's hosts."""

    def register(change: LiveChange) -> LiveChange:
        LIVE_SAMPLES.append(LiveSample(rule, change.__name__, change, **options))
        return change

    return register


def at(path: str, change: Callable[[Reply], None]) -> Spoil:
    """Change the replies to GET at one path."""

    def spoil(request: Request, reply: Reply) -> None:
        if request.path == path and request.method == "GET":
            change(reply)

    return spoil


def becomes(status: int, *, body: bytes = b"", **headers: str) -> Callable[[Reply], None]:
    """Another reply instead; header names with `_` for `-`."""

    def change(reply: Reply) -> None:
        reply.status, reply.body = status, body
        reply.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    return change


def says(body: bytes, content_type: str = "application/json") -> Callable[[Reply], None]:
    return becomes(200, body=body, content_type=content_type)


def silence(reply: Reply) -> None:
    reply.silent = True


MANIFEST_PATH = "/.well-known/ai-plugin.json"


@live_sample("M01")
def no_manifest(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at(MANIFEST_PATH, becomes(404))


@live_sample("M01")
def a_manifest_that_is_too_long(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at(MANIFEST_PATH, says(b" " * 1_048_577))


@live_sample("M08")
def logo_is_sent_as_text(_: Parts, behaviour: Behaviour) -> None:
    def as_text(reply: Reply) -> None:
        reply.headers["Content-Type"] = "text/plain"

    behaviour.spoil = at("/logo.png", as_text)


@live_sample("D02")
def manifest_redirects_to_the_parent(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at(
        MANIFEST_PATH, becomes(302, location=f"https://plants.test{MANIFEST_PATH}")
    )


@live_sample("D07")
def contract_redirects(parts: Parts, behaviour: Behaviour) -> None:
    parts.manifest["api"]["url"] = f"{ORIGIN}/v1/openapi.yaml"
    behaviour.spoil = at("/v1/openapi.yaml", becomes(302, location="/openapi.yaml"))


@live_sample("D07", probe=True)
def operation_redirects(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at("/plants", becomes(307, location="https://elsewhere.plants.test/plants"))


@live_sample("T01")
def certificate_of_a_stranger(_: Parts, behaviour: Behaviour) -> None:
    behaviour.certificate = "of a stranger"


@live_sample("T01")
def certificate_of_another_name(_: Parts, behaviour: Behaviour) -> None:
    behaviour.certificate = "of another name"


@live_sample("T01")
def old_tls(_: Parts, behaviour: Behaviour) -> None:
    behaviour.certificate = "with old TLS"


@live_sample("T01", source=f"{ORIGIN}:8443")
def another_port(_: Parts, __: Behaviour) -> None:
    pass


@live_sample("T04", local=True)
def one_chat_origin_is_left_out(_: Parts, behaviour: Behaviour) -> None:
    def only_the_old(request: Request, reply: Reply) -> None:
        if request.method == "OPTIONS":
            reply.headers["Access-Control-Allow-Origin"] = "https://chat.openai.com"

    behaviour.spoil = only_the_old


@live_sample("T04", local=True)
def no_private_network(_: Parts, behaviour: Behaviour) -> None:
    def without(_: Request, reply: Reply) -> None:
        reply.headers.pop("Access-Control-Allow-Private-Network", None)

    behaviour.spoil = without


@live_sample("T05")
def silent_manifest(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at(MANIFEST_PATH, silence)


@live_sample("T05")
def silent_contract(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at("/openapi.yaml", silence)


@live_sample("T06", probe=True, level=Level.WARNING)
def silent_operation(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at("/plants", silence)


@live_sample("T07", probe=True)
def busy_without_retry_after(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at("/plants", becomes(429))


@live_sample("L10", probe=True)
def long_answer(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at("/plants", says(b'{"plants": ["' + b"a" * 99_984 + b'"]}'))


@live_sample("G06")
def no_privacy_policy(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at("/legal", becomes(404))


@live_sample("P01", probe=True)
def undeclared_status(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at("/plants", becomes(201, body=b"{}", content_type="application/json"))


@live_sample("P01", probe=True)
def answer_is_called_a_page(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at("/plants", says(b'{"plants": ["fern"]}', "text/html"))


@live_sample("P01", probe=True)
def answer_is_no_json(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at("/plants", says(b'{"plants": [NaN]}'))


@live_sample("P01", probe=True)
def answer_of_another_shape(_: Parts, behaviour: Behaviour) -> None:
    behaviour.spoil = at("/plants", says(b'["fern"]'))


@live_sample("P01", probe=True, level=Level.WARNING)
def answer_that_cannot_be_compared(parts: Parts, _: Behaviour) -> None:
    answer = parts.operation("get")["responses"]["200"]["content"]["application/json"]
    answer["schema"]["properties"]["plants"]["items"]["pattern"] = "(((("


@live_sample("K11")
def tool_without_a_hint(_: Parts, behaviour: Behaviour) -> None:
    del behaviour.tools[0]["annotations"]["destructiveHint"]


@live_sample("K12")
def tool_without_an_output_schema(_: Parts, behaviour: Behaviour) -> None:
    del behaviour.tools[0]["outputSchema"]


@live_sample("K14")
def challenge_in_a_page(_: Parts, behaviour: Behaviour) -> None:
    behaviour.challenge = "<p>a1b2c3</p>"


@live_sample("K18")
def tool_asks_for_a_password(_: Parts, behaviour: Behaviour) -> None:
    properties = behaviour.tools[0]["inputSchema"]["properties"]
    properties["password"] = {"type": "string", "description": "The gardener's password."}


@sample("T01")
def folder_is_served_over_plain_http(parts: Parts) -> None:
    parts.origin = "http://todo.plants.test"


@sample("T02")
def logo_over_plain_http(parts: Parts) -> None:
    parts.manifest["logo_url"] = "http://todo.plants.test/logo.png"


@sample("T07")
def declared_429_without_retry_after(parts: Parts) -> None:
    parts.operation("get")["responses"]["429"] = {"description": "Too many calls."}


@sample("T13")
def folder_is_served_on_localhost(parts: Parts) -> None:
    parts.origin = "http://localhost:5002"
