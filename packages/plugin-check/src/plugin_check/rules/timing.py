"""What a host does not wait for, or does not take: late and long answers."""

from collections.abc import Iterator

from guarded_fetch import Fetch
from guarded_fetch.words import shown

from ..contract import operations
from ..plugin import PluginSnapshot, place_of
from ..report import Violation
from ..rule import ERROR, WARNING, rule

DOCUMENT_SECONDS = 15
CALL_SECONDS = 45
ANSWER_CHARACTERS = 100_000


@rule("T05", "live", "manifest and contract arrive within 15 s", "PR", plugin=ERROR)
def documents_in_time(plugin: PluginSnapshot) -> Iterator[Violation]:
    for each in (*plugin.seen("manifest"), *plugin.seen("contract")):
        if _is_late(each, DOCUMENT_SECONDS):
            yield Violation(
                f"The {each.purpose} had not arrived after {_seconds(each)}; hosts wait "
                f"{DOCUMENT_SECONDS} s.",
                "Answer at once: keep the document in memory, and wake the server before.",
                place_of(each),
            )


@rule(
    "T06",
    "live",
    "a call takes at most 45 s",
    "PR",
    "AC",
    plugin=(ERROR, WARNING),
    actions=(ERROR, WARNING),
)
def calls_in_time(plugin: PluginSnapshot) -> Iterator[Violation]:
    """This check waits for less than 45 s: a call that has no answer by then may yet be in time,
    which is a warning.
    """
    for each in plugin.seen("probe"):
        if _is_late(each, CALL_SECONDS):
            given_up = each.seconds < CALL_SECONDS
            yield Violation(
                f"{shown(each.subject)} had not answered after {_seconds(each)}; hosts stop "
                f"waiting at {CALL_SECONDS} s.",
                "Answer sooner: with fewer entries, or with what is there already.",
                place_of(each),
                WARNING if given_up else None,
            )


def _is_late(fetch: Fetch, seconds: int) -> bool:
    """Not where the check itself ran out of time, which says nothing about this answer."""
    if fetch.failure_kind == "timeout":
        return not fetch.out_of_time
    return fetch.seconds > seconds


def _seconds(fetch: Fetch) -> str:
    return f"{fetch.seconds:.1f} s"


@rule(
    "T07", "plugin", "a busy answer says Retry-After", "PR", "AC", plugin=WARNING, actions=WARNING
)
def says_when_to_retry(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Hosts back off after several 429 or 500: they are told for how long, or they guess."""
    repair = "Send Retry-After with the seconds to wait"
    for each in plugin.fetches:
        if each.status in (429, 503) and "retry-after" not in each.headers:
            yield Violation(
                f"{shown(each.url)} answered {each.status} without Retry-After.",
                f"{repair}.",
                place_of(each),
            )
    if plugin.contract is None:
        return
    for operation in operations(plugin.contract):
        declared = operation.responses.get("429")
        if declared is None or _declares_retry_after(declared.value.get("headers")):
            continue
        yield plugin.contract.violation(
            declared.pointer,
            f"{shown(operation.name)} declares a 429 answer without Retry-After.",
            f"{repair}, and declare it under the answer's headers.",
        )


def _declares_retry_after(headers: object) -> bool:
    return isinstance(headers, dict) and any(str(name).lower() == "retry-after" for name in headers)


@rule(
    "L10",
    "live",
    "an answer has fewer than 100,000 characters",
    "GS",
    "AC",
    plugin=ERROR,
    actions=ERROR,
)
def short_answers(plugin: PluginSnapshot) -> Iterator[Violation]:
    for each in plugin.seen("probe"):
        characters = len(each.body.decode("utf-8", "replace"))
        cut_off = each.failure_kind == "size"
        if cut_off or characters >= ANSWER_CHARACTERS:
            more = "more than " if cut_off else ""
            yield Violation(
                f"{shown(each.subject)} answered with {more}{characters:,} characters; hosts take "
                f"fewer than {ANSWER_CHARACTERS:,}.",
                "Answer with fewer entries: a limit, pages, or shorter texts.",
                place_of(each),
            )
