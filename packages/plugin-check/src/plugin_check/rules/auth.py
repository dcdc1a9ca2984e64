"""The manifest's auth block: which fields each type has, and what its tokens may be."""

import re
from collections.abc import Iterator, Mapping

from guarded_fetch.words import shown

from ..contract import escape
from ..domains import filled, host_of
from ..plugin import HOSTNAME, PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import ERROR, WARNING, rule
from ..served import auth_of, is_served_locally

TOKENS = "verification_tokens"

# The types, and the fields of each but `type` and the verification tokens.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "service_http": ("authorization_type",),
    "user_http": ("authorization_type",),
    "oauth": ("client_url", "scope", "authorization_url", "authorization_content_type"),
}
WITH_TOKENS = ("service_http", "oauth")

MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,127}/[\w!#$&^.+-]{1,127}( ?;.{1,127})?", re.ASCII)

# How the examples write a value that is to be replaced.
PLACEHOLDER = re.compile(
    r"replace[_ -]?|your[_ -]|change[_ -]?me|xxx|<|\$?\{|\.\.\.|…", re.IGNORECASE
)

# The other fields of an auth block that would hold the service's own key.
SECRET = re.compile(r"secret|password|key|credential|token", re.IGNORECASE)


@rule("A01", "manifest", "auth has the fields of its type", "GS", "AU", plugin=ERROR)
def fields(plugin: PluginSnapshot) -> Iterator[Violation]:
    manifest, auth = plugin.manifest or SourceDocument(""), auth_of(plugin)
    if not isinstance(manifest.top.get("auth"), dict):
        return
    kind = auth.get("type")
    if not isinstance(kind, str) or kind not in FIELDS:
        yield manifest.violation(
            "/auth/type" if "type" in auth else "/auth",
            f"auth.type is {shown(kind) if 'type' in auth else 'missing'}.",
            "Write none, service_http, user_http or oauth.",
        )
        return
    for name in FIELDS[kind]:
        wanted = _wanted(plugin, name, auth.get(name))
        if wanted is not None:
            said = shown(auth[name]) if name in auth else f"missing, which {kind} needs"
            pointer = f"/auth/{name}" if name in auth else "/auth"
            yield manifest.violation(pointer, f"auth.{name} is {said}.", f"Write {wanted}.")


def _wanted(plugin: PluginSnapshot, name: str, value: object) -> str | None:
    """What a field should be, None when it is."""
    text = filled(plugin, value) if isinstance(value, str) else ""
    match name:
        case "authorization_type":
            return None if text in ("bearer", "basic") else "bearer or basic"
        case "scope":
            return None if isinstance(value, str) else 'a string; it may be ""'
        case "authorization_content_type":
            return None if MEDIA_TYPE.fullmatch(text) else "a media type, such as application/json"
    good = host_of(text) is not None or HOSTNAME in text
    return None if good else "an absolute URL: https://, the host and the path"


@rule(
    "A02",
    "manifest",
    "service_http and oauth have OpenAI's verification token",
    "AU",
    "EX",
    plugin=ERROR,
)
def verification_token(plugin: PluginSnapshot) -> Iterator[Violation]:
    manifest, auth = plugin.manifest or SourceDocument(""), auth_of(plugin)
    tokens = auth.get(TOKENS)
    repair = f'Write the token that the installer shows: "{TOKENS}": {{"openai": "…"}}.'
    token = tokens.get("openai") if isinstance(tokens, dict) else None
    there = isinstance(token, str) and token.strip()
    if not there and auth.get("type") in WITH_TOKENS:
        pointer = f"/auth/{TOKENS}" if TOKENS in auth else "/auth"
        yield manifest.violation(pointer, f"auth.{TOKENS}.openai is missing.", repair)
    for service, text in _texts(tokens):
        if PLACEHOLDER.match(text.strip()):
            yield manifest.violation(
                f"/auth/{TOKENS}/{escape(service)}",
                f"The verification token for {shown(service)} is a placeholder: {shown(text)}.",
                repair,
            )


@rule("A03", "manifest", "auth.type is not user_http", "AU", plugin=WARNING)
def user_http(plugin: PluginSnapshot) -> Iterator[Violation]:
    if auth_of(plugin).get("type") == "user_http":
        yield (plugin.manifest or SourceDocument("")).violation(
            "/auth/type",
            "Plugins with user_http were not admitted to the store.",
            "Write oauth to be listed; user_http will do for people who install it themselves.",
        )


@rule(
    "A04",
    "manifest",
    "a verification token is no key: LobeHub shows it to its users as the default one",
    "LobeHub",
    plugin=ERROR,
    actions=ERROR,
    mcp=ERROR,
)
def token_is_no_key(plugin: PluginSnapshot) -> Iterator[Violation]:
    manifest, auth = plugin.manifest or SourceDocument(""), auth_of(plugin)
    repair = "Write the token that the installer shows, and change the key: everybody can read it."
    for service, token in _texts(auth.get(TOKENS)):
        if plugin.token is not None and token == plugin.token:
            yield manifest.violation(
                f"/auth/{TOKENS}/{escape(service)}",
                f"The verification token for {shown(service)} is the API's own key.",
                repair,
            )
    for key in reused_tokens(auth):
        yield manifest.violation(
            f"/auth/{escape(key)}", f"auth.{shown(key)} is also a verification token.", repair
        )


@rule("T03", "manifest", "on localhost auth.type is none", "GS", "AU", plugin=ERROR)
def auth_on_localhost(plugin: PluginSnapshot) -> Iterator[Violation]:
    kind = auth_of(plugin).get("type")
    if is_served_locally(plugin) and isinstance(kind, str) and kind in FIELDS and kind != "none":
        yield (plugin.manifest or SourceDocument("")).violation(
            "/auth/type",
            f"auth.type is {kind}, which the installer does not offer for localhost.",
            'Write "type": "none", or serve the plugin at a public address.',
        )


def reused_tokens(auth: Mapping[str, object]) -> list[str]:
    """The fields that by their name hold a secret, and hold a verification token."""
    tokens = {text for _, text in _texts(auth.get(TOKENS))}
    return [
        key
        for key, value in auth.items()
        if isinstance(value, str) and value.strip() and value in tokens and SECRET.search(str(key))
    ]


def _texts(tokens: object) -> Iterator[tuple[str, str]]:
    if isinstance(tokens, dict):
        for service, token in tokens.items():
            if isinstance(token, str):
                yield str(service), token
