"""What the directory shows of a package: K03 to K08, and K10."""

import re
from collections.abc import Iterator
from typing import Any

from guarded_fetch.words import shown

from ..approved import CATALOGUE, Share
from ..listing import (
    PackageFormat,
    address_fault,
    listings,
    normalised,
    shown_in_directory,
    text_fault,
    unprintable,
)
from ..plugin import PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import ERROR, WARNING, rule

LONGER_SHORT_DESCRIPTION = Share(91, CATALOGUE, "short description")

# Those of packages, as the upload portal and OpenAI's own packages have them.
CATEGORIES = (
    *("Business & Operations", "Communication", "Creativity", "Data & Analytics"),
    *("Developer Tools", "Education & Research", "Entertainment", "Finance", "Healthcare"),
    *("Other", "Productivity", "Scientific Research", "Security", "Travel"),
)
# Those of the submission file.
APP_CATEGORIES = (
    *("BUSINESS", "COLLABORATION", "DESIGN", "DEVELOPER_TOOLS", "EDUCATION", "ENTERTAINMENT"),
    *("FINANCE", "FOOD", "LIFESTYLE", "NEWS", "PRODUCTIVITY", "SHOPPING", "TRAVEL"),
)
URLS = ("websiteURL", "supportURL", "privacyPolicyURL", "termsOfServiceURL")
URL_CHARACTERS = 1_024


@rule(
    "K03",
    "plugin",
    "names and short descriptions have 30 characters",
    "SE",
    "SK",
    mcp=ERROR,
    shares=(LONGER_SHORT_DESCRIPTION,),
)
def names(plugin: PluginSnapshot) -> Iterator[Violation]:
    for listing in shown_in_directory(plugin):
        yield from _texts(listing, {"displayName": 30, "shortDescription": 30})
    submission, information = _app_information(plugin)
    for key in ("display_name", "subtitle"):
        if key in information and (fault := text_fault(information[key], 30)):
            pointer = f"/app_info/{key}"
            repair = "Write one line of at most 30 characters."
            yield submission.violation(pointer, f"{key} {fault}.", repair)


@rule("K04", "package", "long description and developer name are not too long", "SE", mcp=ERROR)
def descriptions(plugin: PluginSnapshot) -> Iterator[Violation]:
    for listing in shown_in_directory(plugin):
        yield from _texts(listing, {"longDescription": 4_000, "developerName": 80})


@rule("K05", "plugin", "the category is a supported one", "SE", "SK", mcp=(ERROR, WARNING))
def category(plugin: PluginSnapshot) -> Iterator[Violation]:
    for listing in shown_in_directory(plugin):
        value = listing.interface.value.get("category")
        if _one_of(value, CATEGORIES):
            continue
        elsewhere = _one_of(value, APP_CATEGORIES)
        where = (
            "one of the submission file, not of packages" if elsewhere else "not a supported one"
        )
        yield Violation(
            f"category is {shown(value)}, {where}.",
            f"Write one of {', '.join(CATEGORIES)}.",
            listing.place("category"),
            WARNING if elsewhere else None,
        )
    submission, information = _app_information(plugin)
    if information and not _one_of(information.get("category"), APP_CATEGORIES):
        yield submission.violation(
            "/app_info/category",
            f"category is {shown(information.get('category'))}, not a supported one.",
            f"Write one of {', '.join(APP_CATEGORIES)}.",
        )


@rule("K06", "package", "at most 20 capabilities of 120 characters", "SE", mcp=ERROR)
def capabilities(plugin: PluginSnapshot) -> Iterator[Violation]:
    for listing in shown_in_directory(plugin):
        yield from _lines(listing, "capabilities", 20, 120)


@rule(
    "K07", "package", "at most 3 starter prompts of 128 characters, all different", "SE", mcp=ERROR
)
def prompts(plugin: PluginSnapshot) -> Iterator[Violation]:
    for listing in shown_in_directory(plugin):
        yield from _lines(listing, "defaultPrompt", 3, 128)
        seen: set[str] = set()
        mention = _mention(plugin)
        for key, prompt in listing.entries("defaultPrompt"):
            if not isinstance(prompt, str):
                continue
            if mentioned := mention.search(prompt):
                yield listing.violation(
                    key,
                    f"The starter prompt {shown(prompt)} mentions the MCP server "
                    f"{shown(mentioned[1])} with @.",
                    "Write what a person would ask, without @ and a server's name.",
                )
            if normalised(prompt) in seen:
                yield listing.violation(
                    key,
                    f"The starter prompt {shown(prompt)} is there twice.",
                    "Write prompts that differ in more than case and white space.",
                )
            seen.add(normalised(prompt))


@rule("K08", "package", "website, support, privacy and terms have https URLs", "SE", mcp=ERROR)
def addresses(plugin: PluginSnapshot) -> Iterator[Violation]:
    for listing in shown_in_directory(plugin):
        for key in URLS:
            value = listing.interface.value.get(key)
            # Without an MCP server the pages may be left out.
            wanted = value is not None or any(listing.addresses())
            if wanted and (fault := address_fault(value, URL_CHARACTERS)):
                yield listing.violation(
                    key,
                    f"{key} {fault}.",
                    f"Write an https URL of at most {URL_CHARACTERS:,} characters, "
                    "without a user name or a password.",
                )


@rule("K10", "package", "texts have no control or invisible characters", "SE", mcp=ERROR)
def characters(plugin: PluginSnapshot) -> Iterator[Violation]:
    for listing in shown_in_directory(plugin):
        texts = {f"{listing.interface.pointer}/{key}": text for key, text in _all_texts(listing)}
        for key in ("name", "version", "description"):
            if isinstance(text := listing.manifest.top.get(key), str):
                texts[f"/{key}"] = text
        for pointer, text in texts.items():
            if character := unprintable(text):
                yield listing.manifest.violation(
                    pointer,
                    f"The text has the character {character}, which cannot be seen.",
                    "Take it out. Only the long description may have line breaks, as line feeds.",
                )


def _mention(plugin: PluginSnapshot) -> re.Pattern[str]:
    """An @ with the name of one of the package's MCP servers after it."""
    names = [
        name
        for listing in listings(plugin)
        for holder in (listing.servers, listing.manifest)
        if holder is not None and isinstance(servers := holder.top.get("mcpServers"), dict)
        for name in servers
        if name
    ]
    return re.compile(rf"@({'|'.join(map(re.escape, names)) or '(?!)'})(?![\w-])", re.IGNORECASE)


def _texts(listing: PackageFormat, limits: dict[str, int]) -> Iterator[Violation]:
    for key, limit in limits.items():
        lines = key == "longDescription"
        if fault := text_fault(listing.interface.value.get(key), limit, lines=lines):
            what = f"at most {limit:,} characters"
            repair = f"Write {what}." if lines else f"Write one line of {what}."
            share = LONGER_SHORT_DESCRIPTION if key == "shortDescription" else None
            yield listing.violation(key, f"{key} {fault}.", repair, share)


def _lines(listing: PackageFormat, name: str, most: int, limit: int) -> Iterator[Violation]:
    """Problems with a list of one-line texts."""
    value = listing.interface.value.get(name)
    repair = f"Write a list of at most {most} lines, each of at most {limit} characters."
    shapes = list | str if name == "defaultPrompt" else list
    if value is not None and not isinstance(value, shapes):
        yield listing.violation(name, f"{name} is {shown(value)}, not a list of texts.", repair)
    listed = list(listing.entries(name))
    if len(listed) > most:
        yield listing.violation(
            name, f"{name} has {len(listed)} entries, more than {most}.", repair
        )
    for key, each in listed:
        if fault := text_fault(each, limit):
            yield listing.violation(key, f"{key} {fault}.", repair)


def _all_texts(listing: PackageFormat) -> Iterator[tuple[str, str]]:
    for name in listing.interface.value:
        for key, each in listing.entries(name):
            if isinstance(each, str):
                yield key, each


def _one_of(value: object, names: tuple[str, ...]) -> bool:
    return isinstance(value, str) and _plain(value) in map(_plain, names)


def _plain(name: str) -> str:
    return normalised(name.replace("_", " "))


def _app_information(plugin: PluginSnapshot) -> tuple[SourceDocument, dict[str, Any]]:
    submission = plugin.submission or SourceDocument("")
    information = submission.top.get("app_info")
    return submission, information if isinstance(information, dict) else {}
