"""What reviewers are given: K13 and K15."""

from collections.abc import Iterator, Mapping
from typing import Any

from guarded_fetch.words import shown

from ..listing import PackageFormat, address_fault, listings, text_fault, unreadable
from ..plugin import PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import ERROR, NOTE, WARNING, rule

# How many cases, and the key of what the reviewer asks, in the submission file and in a package.
POSITIVE, NEGATIVE = 5, 3
PROMPT, PACKAGE_PROMPT = "user_prompt", "prompt"
URL_CHARACTERS = 2_048
NOTES_CHARACTERS = 4_000
SECRETS = ("test_credentials", "reviewer_instructions")


@rule(
    "K13",
    "plugin",
    "5 positive and 3 negative test cases, release notes, a recording",
    "SE",
    "SK",
    mcp=(ERROR, NOTE),
)
def review(plugin: PluginSnapshot) -> Iterator[Violation]:
    submission = plugin.submission
    if submission is not None and submission.unreadable:
        yield unreadable(submission)
    elif submission is not None and not isinstance(submission.value, dict):
        message = f"{submission.name} is {shown(submission.value)}, not an object."
        yield submission.violation("", message, "Write a JSON object: { … }.")
    elif submission is not None:
        yield from submission.repetitions()
        tools = _tools(plugin)
        for name, count in (("test_cases", POSITIVE), ("negative_test_cases", NEGATIVE)):
            cases = submission.top.get(name)
            yield from _cases(submission, f"/{name}", cases, count, PROMPT)
            yield from _unknown_tools(submission, f"/{name}", cases, tools)
    for listing in listings(plugin):
        if listing.openai.value:
            yield from _material(listing, plugin)


@rule(
    "K15",
    "plugin",
    "reviewers can sign in, with what only the portal is told",
    "SE",
    mcp=(WARNING, NOTE),
)
def demonstration(plugin: PluginSnapshot) -> Iterator[Violation]:
    for listing in listings(plugin):
        for key in SECRETS:
            if _object(listing.openai.value, "review").get(key):
                yield Violation(
                    f"The package holds {key}, which everybody who has the package can read.",
                    "Take it out and enter it in the submission portal.",
                    listing.manifest.place(f"{listing.openai.pointer}/review/{key}"),
                )
    prepared = plugin.submission or next((each.manifest for each in listings(plugin)), None)
    if prepared is not None and plugin.manifest and plugin.manifest.text("auth", "type") == "oauth":
        yield Violation(
            "Users sign in by OAuth, so reviewers need an account to try it with.",
            "Enter a demo account in the submission portal that works at once, without a second "
            "factor or an invitation.",
            prepared.place(),
            NOTE,
        )


def _material(listing: PackageFormat, plugin: PluginSnapshot) -> Iterator[Violation]:
    """Problems with what a package gives to reviewers; what it leaves out the portal asks for."""
    document, pointer = listing.manifest, listing.openai.pointer
    reviewed = _object(listing.openai.value, "review")
    missing = []
    if "test_cases" in reviewed:
        cases = _object(reviewed, "test_cases")
        for name, count in (("positive", POSITIVE), ("negative", NEGATIVE)):
            place = f"{pointer}/review/test_cases/{name}"
            yield from _cases(document, place, cases.get(name), count, PACKAGE_PROMPT)
    elif plugin.submission is None:
        missing.append("test cases")
    if "demo_recording_url" not in reviewed:
        missing.append("a demo recording")
    elif fault := address_fault(reviewed["demo_recording_url"], URL_CHARACTERS):
        yield document.violation(
            f"{pointer}/review/demo_recording_url",
            f"demo_recording_url {fault}.",
            "Write the https URL of a recording that can be seen without signing in.",
        )
    publication = _object(listing.openai.value, "publication")
    if "release_notes" not in publication:
        missing.append("release notes")
    elif fault := text_fault(publication["release_notes"], NOTES_CHARACTERS, lines=True):
        yield document.violation(
            f"{pointer}/publication/release_notes",
            f"release_notes {fault}.",
            "Write in a few sentences what is new in this version.",
        )
    if missing and any(listing.addresses()):
        yield Violation(
            f"The package has no {', '.join(missing).replace('a demo', 'demo')}.",
            "Enter it in the submission portal, or write it under extensions, com.openai: "
            "review.test_cases, review.demo_recording_url, publication.release_notes.",
            document.place(pointer),
            NOTE,
        )


def _cases(
    document: SourceDocument, pointer: str, cases: object, count: int, prompt: str
) -> Iterator[Violation]:
    name = pointer.rpartition("/")[2]
    number = len(cases) if isinstance(cases, list) else 0
    if number != count:
        yield document.violation(
            pointer, f"{name} has {number} test cases, not {count}.", f"Write exactly {count}."
        )
    for index, case in enumerate(cases if isinstance(cases, list) else ()):
        asked = case.get(prompt) if isinstance(case, dict) else None
        if not isinstance(asked, str) or not asked.strip():
            yield document.violation(
                f"{pointer}/{index}/{prompt}",
                f"Test case {index + 1} of {name} has no {prompt}.",
                "Write what the reviewer is to ask.",
            )


def _unknown_tools(
    document: SourceDocument, pointer: str, cases: object, tools: set[str]
) -> Iterator[Violation]:
    for index, case in enumerate(cases if isinstance(cases, list) and tools else ()):
        named = case.get("tools_triggered") if isinstance(case, dict) else None
        for tool in named.split(",") if isinstance(named, str) else ():
            if tool.strip() not in tools:
                yield document.violation(
                    f"{pointer}/{index}/tools_triggered",
                    f"Test case {index + 1} names the tool {shown(tool.strip())}, "
                    "which there is not.",
                    "Write the exact names of tools, with commas between them.",
                )


def _tools(plugin: PluginSnapshot) -> set[str]:
    listed = plugin.submission.top.get("tools") if plugin.submission else None
    return set(listed) if isinstance(listed, dict) else set()


def _object(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}
