"""What the directory shows of the plugin, derived from manifest and contract.

`info.x-listing` of the contract says what neither of them has a place for; each of its members
may be left out.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import UnusableDocuments
from .limits import NAME, SHORT_DESCRIPTION, fitted
from .operations import capabilities, prompts
from .texts import clauses, lines, one_line

MANIFEST, CONTRACT = "ai-plugin.json", "openapi.yaml"
EXTENSION = "x-listing"
LOGO = "assets/logo.png"
CATEGORY = "Productivity"

# The members of EXTENSION, and what the directory calls them.
MEMBERS = {
    "category": "category",
    "capabilities": "capabilities",
    "prompts": "defaultPrompt",
    "shortDescription": "shortDescription",
    "brandColor": "brandColor",
    "brandColorDark": "brandColorDark",
    "websiteURL": "websiteURL",
    "supportURL": "supportURL",
}

# How somebody who found the plugin in the directory can sign in.
USABLE = ("none", "oauth")


@dataclass(frozen=True)
class Listing:
    """What both formats say. `interface` is what the directory shows.

    `remarks` are sentences about what was cut or passed over, or would not work.
    """

    name: str
    version: str
    description: str
    author: dict[str, str]
    interface: dict[str, Any]
    remarks: tuple[str, ...]


def derive(manifest: Mapping[str, Any], contract: Mapping[str, Any], origin: str) -> Listing:
    """The listing of the plugin whose documents, as served at `origin`, these are.

    Raises UnusableDocuments for what they do not say.
    """
    version = _needed(CONTRACT, contract, "info", "version")
    information = contract["info"]
    extension = information.get(EXTENSION) or {}
    if not isinstance(extension, dict):
        raise UnusableDocuments(f"{CONTRACT}: info.{EXTENSION} must be an object")
    developer = one_line(_needed(CONTRACT, contract, "info", "contact", "name"))
    website = information["contact"].get("url")
    legal = _needed(MANIFEST, manifest, "legal_info_url")
    description = one_line(_needed(MANIFEST, manifest, "description_for_human"))
    interface, remarks = fitted(
        {
            "displayName": one_line(_needed(MANIFEST, manifest, "name_for_human")),
            "shortDescription": clauses(description, SHORT_DESCRIPTION),
            "longDescription": lines(_needed(CONTRACT, contract, "info", "description")),
            "developerName": developer,
            "category": CATEGORY,
            "capabilities": capabilities(contract),
            "defaultPrompt": prompts(contract),
            "websiteURL": website or origin,
            "supportURL": website or legal,
            "privacyPolicyURL": legal,
            "termsOfServiceURL": information.get("termsOfService") or legal,
            **{MEMBERS[name]: extension[name] for name in MEMBERS if name in extension},
            "logo": f"./{LOGO}",
        }
    )
    author = {"name": developer, "email": manifest.get("contact_email"), "url": website}
    return Listing(
        _name(_needed(MANIFEST, manifest, "name_for_model")),
        version,
        description,
        {key: value for key, value in author.items() if value},
        interface,
        (*remarks, *_unknown(extension), *_unusable(manifest)),
    )


def _needed(document: str, holder: Mapping[str, Any], *keys: str) -> str:
    value: Any = holder
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise UnusableDocuments(
            f"{document}: {'.'.join(keys)} must be a text, because the package needs it"
        )
    return value


def _name(text: str) -> str:
    """A name that both formats take, and the directory."""
    name = re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:NAME].rstrip("-")
    if not name:
        raise UnusableDocuments(f"{MANIFEST}: name_for_model must have a letter a-z or a digit")
    return name


def _unknown(extension: Iterable[object]) -> list[str]:
    return [
        f"{CONTRACT}: info.{EXTENSION} has {name!r}, which is passed over; it may have "
        f"{', '.join(MEMBERS)}."
        for name in extension
        if name not in MEMBERS
    ]


def _unusable(manifest: Mapping[str, Any]) -> list[str]:
    auth = manifest.get("auth")
    kind = auth.get("type") if isinstance(auth, dict) else None
    if kind is None or kind in USABLE:
        return []
    return [
        f"{MANIFEST}: auth.type is {kind}: who finds the plugin in the directory has no token"
        " for it."
    ]
