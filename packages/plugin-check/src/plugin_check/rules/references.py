"""What is given by a reference, which hosts follow in part only."""

from collections.abc import Iterator
from typing import Any

from guarded_fetch.words import shown

from ..contract import Operation, escape, lookup, operations
from ..plugin import PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import WARNING, rule
from ..walk import references


@rule(
    "S06",
    "contract",
    "parameters stand in the operation, request schemas inline, and $ref is local and single",
    "measured",
    plugin=WARNING,
    actions=WARNING,
)
def references_that_are_not_followed(plugin: PluginSnapshot) -> Iterator[Violation]:
    """What Semantic Kernel, Dify, Open WebUI and the GPT editor do not resolve."""
    contract = plugin.contract or SourceDocument("")
    for reference in references(contract.value):
        if reference.remote:
            yield contract.violation(
                f"{reference.pointer}/$ref",
                f"The $ref {shown(reference.target)} leads out of the contract.",
                "Put what it names into the contract: hosts fetch no other document.",
            )
        elif _is_reference(lookup(contract, reference.target)):
            yield contract.violation(
                f"{reference.pointer}/$ref",
                f"The $ref {shown(reference.target)} leads to another $ref.",
                "Let it name the last one's target: some hosts follow one step only.",
            )
    yield from _shared_parameters(contract)
    for operation in operations(contract):
        yield from _request_by_reference(contract, operation)


def _shared_parameters(contract: SourceDocument) -> Iterator[Violation]:
    paths = contract.top.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        if isinstance(item, dict) and item.get("parameters"):
            yield contract.violation(
                f"/paths/{escape(str(path))}/parameters",
                f"The path {shown(path)} declares parameters for all its operations.",
                "Repeat them in each operation: some hosts read them only there.",
            )


def _request_by_reference(contract: SourceDocument, operation: Operation) -> Iterator[Violation]:
    listed = operation.value.get("parameters")
    for index, each in enumerate(listed if isinstance(listed, list) else ()):
        if _is_reference(each):
            yield contract.violation(
                f"{operation.pointer}/parameters/{index}",
                f"{shown(operation.name)} has a parameter that is given by a $ref.",
                "Write the parameter itself there: some hosts do not follow it.",
            )
    body = f"{operation.pointer}/requestBody"
    for reference in references(operation.value.get("requestBody"), body):
        yield contract.violation(
            reference.pointer,
            f"The request of {shown(operation.name)} is given by a $ref.",
            "Write the schema itself there: hosts that do not follow it send an empty body.",
        )


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("$ref"), str)
