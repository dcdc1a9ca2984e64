"""The manifest: found, readable, complete, and nothing left of the template."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from guarded_fetch.words import shown

from ..contract import escape
from ..domains import filled, host_of
from ..plugin import HOSTNAME, PluginSnapshot, SourceDocument, place_of
from ..report import Place, Violation
from ..rule import ERROR, NOTE, rule
from ..served import auth_of, is_left_over, written
from .auth import reused_tokens

TEXTS = (
    "schema_version",
    "name_for_model",
    "name_for_human",
    "description_for_model",
    "description_for_human",
    "logo_url",
    "contact_email",
    "legal_info_url",
)
OBJECTS = ("auth", "api")

KNOWN: Mapping[str, frozenset[str]] = {
    "": frozenset((*TEXTS, *OBJECTS)),
    "/api": frozenset(("type", "url", "is_user_authenticated", "has_user_authentication")),
    "/auth": frozenset(
        (
            "type",
            "authorization_type",
            "verification_tokens",
            "client_url",
            "scope",
            "authorization_url",
            "authorization_content_type",
            "instructions",
        )
    ),
}
# Longer keys are like none of the known ones, and comparing takes time.
KEY_LENGTH = 60

# Troubles that T05 and T01 tell of.
ELSEWHERE = ("timeout", "tls")

# The example programs' text for a value that is to be replaced.
REPLACE = "replace_this_string"


@rule(
    "M01",
    "plugin",
    ERROR,
    ("plugin",),
    "the manifest is at /.well-known/ai-plugin.json, on the API's host and under no other path",
    "GS",
    "QS",
)
def found(plugin: PluginSnapshot) -> Iterator[Violation]:
    if not plugin.fetches and plugin.manifest is None:
        yield Violation(
            "There is no manifest: neither ai-plugin.json nor .well-known/ai-plugin.json.",
            "Write ai-plugin.json, and serve it at /.well-known/ai-plugin.json.",
            Place("ai-plugin.json"),
        )
    for fetch in plugin.seen("manifest"):
        refused = any(hop.refused for hop in fetch.hops)
        if fetch.failure_kind and fetch.failure_kind not in ELSEWHERE and not refused:
            yield Violation(
                f"The manifest could not be read: {fetch.failure or fetch.failure_kind}",
                "Answer it with 200 and at most 1 MiB of JSON.",
                place_of(fetch),
            )
        elif fetch.status != 200 and not fetch.failure_kind and not refused:
            yield Violation(
                f"The manifest was answered with status {fetch.status}; users saw"
                ' "Couldn\'t find manifest".',
                "Answer it with 200 at /.well-known/ai-plugin.json, at the root of the host.",
                place_of(fetch),
            )


@rule("M02", "plugin", ERROR, ("plugin",), "the manifest is a JSON object", "QS")
def readable(plugin: PluginSnapshot) -> Iterator[Violation]:
    manifest = plugin.manifest
    if manifest is None:
        return
    if bad := manifest.unreadable:
        place = Place(manifest.name, None, bad.line, bad.column)
        yield Violation(bad.message, bad.repair, place)
    elif not isinstance(manifest.value, dict):
        yield manifest.violation(
            "",
            f"The manifest is not an object but {shown(manifest.value)}.",
            'Write an object: {"schema_version": "v1", …}.',
        )


@rule("M03", "manifest", ERROR, ("plugin",), "the manifest has every required field", "GS", "VA")
def complete(plugin: PluginSnapshot) -> Iterator[Violation]:
    manifest = _manifest(plugin)
    if not isinstance(manifest.value, dict):
        return
    for key in (*TEXTS, *OBJECTS):
        kind = "an object" if key in OBJECTS else "a string"
        repair = f"Write {key} as {kind}."
        value = manifest.top.get(key)
        if key not in manifest.top:
            yield manifest.violation("", f"{key} is missing.", repair)
        elif not isinstance(value, dict if key in OBJECTS else str):
            yield manifest.violation(f"/{key}", f"{key} is {shown(value)}, not {kind}.", repair)
        elif isinstance(value, str) and not value.strip():
            yield manifest.violation(f"/{key}", f"{key} is empty.", "Write a text.")


@rule("M04", "manifest", ERROR, ("plugin",), "schema_version is v1", "GS")
def schema_version(plugin: PluginSnapshot) -> Iterator[Violation]:
    version = written(plugin, "schema_version")
    if version not in (None, "v1"):
        yield _manifest(plugin).violation(
            "/schema_version",
            f"schema_version is {shown(version)}, not v1.",
            'Write "schema_version": "v1".',
        )


@rule("M05", "manifest", ERROR, ("plugin",), "api names an OpenAPI contract's URL", "GS", "VA")
def api(plugin: PluginSnapshot) -> Iterator[Violation]:
    manifest = _manifest(plugin)
    block = manifest.top.get("api")
    if not isinstance(block, dict):
        return
    if block.get("type") != "openapi":
        yield manifest.violation(
            "/api/type" if "type" in block else "/api",
            f"api.type is {_value(block, 'type')}, not openapi.",
            'Write "type": "openapi".',
        )
    url = block.get("url")
    text = filled(plugin, url) if isinstance(url, str) else ""
    if host_of(text) is None and HOSTNAME not in text:
        yield manifest.violation(
            "/api/url" if "url" in block else "/api",
            f"api.url is {_value(block, 'url')}, not an absolute http or https URL.",
            "Write the contract's whole address: https://, the host and the path.",
        )


@rule("M06", "manifest", NOTE, ("plugin",), "every field is one that hosts know", "GS")
def known(plugin: PluginSnapshot) -> Iterator[Violation]:
    manifest = _manifest(plugin)
    for pointer, names in KNOWN.items():
        holder = manifest.top.get(pointer[1:]) if pointer else manifest.value
        if not isinstance(holder, dict):
            continue
        # A04 tells of a verification token that stands in a second field.
        reported = set(reused_tokens(auth_of(plugin))) if pointer == "/auth" else set()
        for key in holder:
            if key not in names and key not in reported:
                yield manifest.violation(
                    f"{pointer}/{escape(key)}" if len(key) <= KEY_LENGTH else pointer,
                    f"{shown(key)} is no field that hosts know.",
                    _nearest(key, names),
                )


@rule("M07", "manifest", ERROR, ("plugin",), "nothing of the template is left to fill in", "EX")
def filled_in(plugin: PluginSnapshot) -> Iterator[Violation]:
    manifest, contract = _manifest(plugin), plugin.contract or SourceDocument("")
    for pointer, value in _values(manifest):
        if isinstance(value, str):
            yield from _left_over(plugin, manifest, pointer, value)
    servers = contract.top.get("servers")
    for index, server in enumerate(servers if isinstance(servers, list) else ()):
        url = server.get("url") if isinstance(server, dict) else None
        if isinstance(url, str):
            yield from _left_over(plugin, contract, f"/servers/{index}/url", url)


def _values(manifest: SourceDocument) -> Iterator[tuple[str, Any]]:
    """The fields and those of `auth` and `api`; A02 looks at the verification tokens."""
    for key, value in manifest.top.items():
        yield f"/{escape(key)}", value
        if key in OBJECTS and isinstance(value, dict):
            yield from ((f"/{key}/{escape(inner)}", each) for inner, each in value.items())


def _left_over(
    plugin: PluginSnapshot, document: SourceDocument, pointer: str, text: str
) -> Iterator[Violation]:
    if HOSTNAME in text and not plugin.filled_in:
        message = f"{HOSTNAME} was not replaced."
        yield document.violation(
            pointer, message, "Write the address that the plugin is served at."
        )
    elif REPLACE in text.lower():
        message = f"{shown(text)} is the template's text."
        yield document.violation(pointer, message, "Replace it with your own.")
    else:
        address = f"https://{text.rpartition('@')[2]}" if pointer == "/contact_email" else text
        host = host_of(address)
        if host is not None and is_left_over(plugin, host):
            message = f"{shown(text)} is an example's address."
            yield document.violation(pointer, message, "Write an address of your own.")


def _value(block: dict[str, Any], key: str) -> str:
    return shown(block[key]) if key in block else "missing"


def _nearest(key: str, names: frozenset[str]) -> str:
    near = difflib.get_close_matches(key, sorted(names), 1) if len(key) <= KEY_LENGTH else []
    return f"Did you mean {near[0]}?" if near else "Take it out, or keep it: hosts pass over it."


def _manifest(plugin: PluginSnapshot) -> SourceDocument:
    return plugin.manifest or SourceDocument("")
