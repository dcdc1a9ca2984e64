"""Checks every hostile source in one process: `python -m plugin_check_tests.hostile`.

Prints a line of JSON a source: its name, the rules that found something, what could not be seen,
the seconds it took, and whether a character that steers terminals got through. Last the most
memory that the process ever had, in bytes.
"""

import asyncio
import gc
import json
import tempfile
import unicodedata
from pathlib import Path
from time import perf_counter
from typing import Any

from guarded_fetch import Limits
from guarded_fetch.testing.hostile_servers import Handler, hostile, peak_memory, serving
from plugin_check import Report, check
from plugin_check.show.as_json import to_json
from plugin_check.show.github import annotations
from plugin_check.show.text import render

from .hostile_documents import CONTRACTS, MANIFESTS
from .parts import ORIGIN, Parts

# The slow ones of the servers are slower than any limit; with this one they are known sooner.
LIMITS = Limits(seconds_a_request=0.5)


def steers(text: str) -> bool:
    """Whether a terminal would obey some character of it."""
    return any(
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character != "\n"
        for character in text
    )


def line(name: str, report: Report, seconds: float) -> str:
    """What a source did."""
    shown = [render(report, colour=False), annotations(report, Path.cwd()), to_json(report)]
    return json.dumps(
        {
            "name": name,
            "rules": sorted({finding.rule for finding in report.findings}),
            "unseen": list(report.unseen),
            "seconds": round(seconds, 2),
            "steers": any(steers(text) for text in shown),
        }
    )


def timed(name: str, *arguments: Any, **options: Any) -> str:
    """Check a source."""
    # The command checks one a process: what the last one left is not this one's memory.
    gc.collect()
    began = perf_counter()
    report = check(*arguments, **options)
    return line(name, report, perf_counter() - began)


def folder(name: str, file: str, content: bytes) -> str:
    """Check a plugin of which one document is hostile."""
    with tempfile.TemporaryDirectory() as directory:
        Parts(files={file: content}).write(Path(directory))
        return timed(name, directory, origin=ORIGIN)


async def server(name: str, handler: Handler) -> str:
    """Check a hostile server."""
    async with serving(handler) as port:
        address = f"http://127.0.0.1:{port}"
        return await asyncio.to_thread(timed, name, address, limits=LIMITS, probe=True)


async def main() -> None:
    """Check them all, one after another."""
    for name, content in MANIFESTS.items():
        print(folder(name, "ai-plugin.json", content), flush=True)  # noqa: T201
    for name, content in CONTRACTS.items():
        print(folder(name, "openapi.yaml", content), flush=True)  # noqa: T201
    for name, handler in hostile().items():
        print(await server(name, handler), flush=True)  # noqa: T201
    print(peak_memory())  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
