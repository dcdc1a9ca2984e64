"""520 manifests with the shape of approved ones: their keys, types, lengths and relations of hosts.

The texts and names are made up. `origin` is where each was served.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("approved-manifests.jsonl")


class ApprovedManifest(NamedTuple):
    """A manifest, and the origin that it was served at."""

    origin: str
    manifest: dict[str, Any]


APPROVED = [ApprovedManifest(**json.loads(line)) for line in FILE.read_text("utf-8").splitlines()]


def write_all(folder: Path, count: int = len(APPROVED)) -> list[Path]:
    """Write so many of them, one file each, from the beginning again where there are no more."""
    files = [folder / f"{number}.json" for number in range(count)]
    for number, file in enumerate(files):
        file.write_text(json.dumps(APPROVED[number % len(APPROVED)].manifest), "utf-8")
    return files
