"""The manifest: found, readable and complete."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from guarded_fetch.words import shown

from ..approved import FEW, Share
from ..contract import escape
from ..domains import filled, host_of
from ..plugin import HOSTNAME, PluginSnapshot, SourceDocument, place_of
from ..report import Place, Violation
from ..rule import ERROR, NOTE, WARNING, rule
from ..served import auth_of, written
from .auth import reused_tokens

RELATIVE_ADDRESS = Share(3)

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
# What the installer shows, and does not work with.
FOR_PEOPLE = ("description_for_human", "logo_url", "contact_email", "legal_info_url")

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
            # In the manifests that the store gave out.
            "custom_auth_header",
            "pkce_required",
            "token_exchange_method",
        )
    ),
}
# Longer keys are like none of the known ones, and comparing takes time.
KEY_LENGTH = 60

# Troubles that T05 and T01 tell of.
ELSEWHERE = ("timeout", "tls")


@rule(
    "M01",
    "live",
    "the manifest is at /.well-known/ai-plugin.json, on the API's host and under no other path",
    "GS",
    "QS",
    plugin=ERROR,
)
def found(plugin: PluginSnapshot) -> Iterator[Violation]:
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


@rule(
    "M02",
    "plugin",
    "the manifest is a JSON object, in which no key is there twice",
    "QS",
    plugin=(ERROR, WARNING),
)
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
    else:
        yield from manifest.repetitions(WARNING)


@rule(
    "M03",
    "manifest",
    "the manifest has every required field; what is for people only may be empty",
    "GS",
    "VA",
    plugin=(ERROR, WARNING),
    shares=(FEW,),
)
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
            level = WARNING if key in FOR_PEOPLE else ERROR
            yield manifest.violation(f"/{key}", f"{key} is empty.", "Write a text.", level, FEW)


@rule("M04", "manifest", "schema_version is v1", "GS", plugin=ERROR)
def schema_version(plugin: PluginSnapshot) -> Iterator[Violation]:
    version = written(plugin, "schema_version")
    if version not in (None, "v1"):
        yield _manifest(plugin).violation(
            "/schema_version",
            f"schema_version is {shown(version)}, not v1.",
            'Write "schema_version": "v1".',
        )


@rule(
    "M05",
    "manifest",
    "api names an OpenAPI contract's URL; a relative one was accepted",
    "GS",
    "VA",
    plugin=(ERROR, WARNING),
    shares=(RELATIVE_ADDRESS,),
)
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
            WARNING if text.strip() else ERROR,
            RELATIVE_ADDRESS,
        )


@rule("M06", "manifest", "every field is one that hosts know", "GS", plugin=NOTE)
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


def _value(block: dict[str, Any], key: str) -> str:
    return shown(block[key]) if key in block else "missing"


def _nearest(key: str, names: frozenset[str]) -> str:
    near = difflib.get_close_matches(key, sorted(names), 1) if len(key) <= KEY_LENGTH else []
    return f"Did you mean {near[0]}?" if near else "Take it out, or keep it: hosts pass over it."


def _manifest(plugin: PluginSnapshot) -> SourceDocument:
    return plugin.manifest or SourceDocument("")
