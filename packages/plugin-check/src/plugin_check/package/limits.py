"""How long the directory's texts may be, in characters, and their lists, in entries.

https://developers.openai.com/plugins/deploy/submission-errors.md
"""

from collections.abc import Mapping
from typing import Any

from .texts import cut

NAME = 64
SHORT_DESCRIPTION = 30
PROMPTS = 3

TEXTS = {
    "displayName": 30,
    "shortDescription": SHORT_DESCRIPTION,
    "longDescription": 4_000,
    "developerName": 80,
}
LISTS = {"capabilities": (20, 120), "defaultPrompt": (PROMPTS, 128)}


def fitted(interface: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The interface within the limits, and a sentence for each thing that did not fit.

    What is no text is left for the check to judge.
    """
    whole, remarks = dict(interface), list[str]()
    for name, limit in TEXTS.items():
        whole[name] = _fit(name, whole[name], limit, remarks)
    for name, (most, limit) in LISTS.items():
        entries = whole[name]
        if not isinstance(entries, list):
            continue
        if len(entries) > most:
            remarks.append(f"{name} has {len(entries)} entries; the first {most} are taken.")
        whole[name] = [_fit(name, entry, limit, remarks) for entry in entries[:most]]
    return whole, remarks


def _fit(name: str, value: object, limit: int, remarks: list[str]) -> object:
    if not isinstance(value, str):
        return value
    whole = cut(value, limit)
    if whole != value:
        remarks.append(f"{name} has {len(value):,} characters; what fits into {limit:,} is taken.")
    return whole
