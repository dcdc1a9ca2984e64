"""What the contract's operations say about the plugin as a whole."""

from collections.abc import Iterator, Mapping
from typing import Any

from .limits import PROMPTS
from .texts import one_line

READING = ("get", "head", "options")
WRITING = ("post", "put", "patch", "delete")


def capabilities(contract: Mapping[str, Any]) -> list[str]:
    """Read and Write, as the methods are."""
    methods = {method for method, _ in _operations(contract)}
    named = {"Read": READING, "Write": WRITING}
    return [name for name, meant in named.items() if methods.intersection(meant)]


def prompts(contract: Mapping[str, Any]) -> list[str]:
    """The summaries of the first operations, as what somebody might ask for."""
    summaries = (operation.get("summary") for _, operation in _operations(contract))
    asked = [one_line(summary) for summary in summaries if isinstance(summary, str)]
    different: dict[str, str] = {}
    for prompt in filter(None, asked):
        # The directory compares them so.
        different.setdefault(prompt.casefold(), prompt)
    return list(different.values())[:PROMPTS]


def _operations(contract: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    paths = contract.get("paths")
    for path in paths.values() if isinstance(paths, dict) else ():
        for method in (*READING, *WRITING):
            if isinstance(path, dict) and isinstance(operation := path.get(method), dict):
                yield method, operation
