"""Texts for the model: how long they may be, and what they must not do to it."""

import re
from collections.abc import Iterator

from guarded_fetch.words import shown

from ..contract import media, operations
from ..plugin import PluginSnapshot, SourceDocument
from ..report import Violation
from ..rule import ERROR, NOTE, WARNING, rule
from ..walk import all_parameters, successes

OPERATIONS = 30

# Longer texts are refused anyway.
SEARCHED_CHARACTERS = 20_000

UNASKED = (
    "always call this",
    "always use the plugin",
    "always use this",
    "ask if they would like to use",
    "before answering any",
    "even if not asked",
    "even if the user did not ask",
    "even if the user does not ask",
    "even if the user doesn't ask",
    "even when not asked",
    "for every question",
    "use the plugin for everything",
    "use this plugin for everything",
    "without being asked",
)
TRIGGERS = (
    "if the user mentions",
    "if the user says",
    "trigger phrase",
    "trigger phrases",
    "trigger word",
    "trigger words",
    "when the user mentions",
    "when the user says",
    "whenever the user mentions",
    "whenever the user says",
)
STEERING = (
    "always answer with",
    "always reply with",
    "always respond with",
    "answer the user with",
    "be cheerful",
    "be enthusiastic",
    "be friendly",
    "be polite",
    "in a cheerful tone",
    "in a friendly tone",
    "pretend to be",
    "pretend you are",
    "reply to the user with",
    "respond to the user with",
    "speak like a",
    "talk like a",
    "tone of voice",
    "you must answer with",
    "you must reply with",
    "you must respond with",
    "you must say",
    "your personality",
)
URGES = (
    (UNASKED, "urges the model to use the plugin unasked"),
    (TRIGGERS, "sets a trigger for the plugin"),
    (STEERING, "steers the model's mood or wording"),
)

WORD = re.compile(r"[\w']+")


@rule(
    "S07",
    "contract",
    f"answers are raw data, not sentences; no more than {OPERATIONS} operations",
    "GS",
    "AC",
    plugin=WARNING,
    actions=WARNING,
)
def raw_data(plugin: PluginSnapshot) -> Iterator[Violation]:
    """An operation whose success is plain text or HTML only answers with sentences."""
    contract = plugin.contract or SourceDocument("")
    found = list(operations(contract))
    if len(found) > OPERATIONS:
        yield contract.violation(
            "/paths",
            f"The contract has {len(found)} operations.",
            f"Start with one or two and keep below {OPERATIONS}: the model reads them all.",
        )
    for operation in found:
        kinds = {kind for answer in successes(operation) for kind, _ in media(answer)}
        if kinds and all(_media_type(kind) in ("text/plain", "text/html") for kind in kinds):
            yield contract.violation(
                f"{operation.pointer}/responses",
                f"{shown(operation.name)} answers only with {shown(min(kinds))}: "
                "sentences, not raw data.",
                "Answer with application/json; the model makes the sentences.",
            )


@rule(
    "S08",
    "plugin",
    'descriptions neither urge, nor set triggers, nor steer the model, and open with "Plugin for"',
    "GS",
    plugin=(WARNING, NOTE),
    actions=(WARNING, NOTE),
)
def no_steering(plugin: PluginSnapshot) -> Iterator[Violation]:
    """Looked for are the fixed phrases of UNASKED, TRIGGERS and STEERING, as whole words.

    They follow the good and bad examples of getting-started ("Whenever the user mentions any type
    of task, ask if they would like to use …"). Another opening is only a note.
    """
    manifest, contract = (
        plugin.manifest or SourceDocument(""),
        plugin.contract or SourceDocument(""),
    )
    text = manifest.text("description_for_model")
    if text is not None:
        yield from _steering(manifest, "/description_for_model", text)
        if text.strip() and not text.lstrip()[:10].casefold().startswith("plugin for"):
            yield manifest.violation(
                "/description_for_model",
                f'description_for_model opens with {shown(text, 30)}, not with "Plugin for".',
                'Open with "Plugin for …", as the documentation advised.',
                NOTE,
            )
    for document, pointer, written in _operation_texts(contract):
        yield from _steering(document, pointer, written)


def _steering(document: SourceDocument, pointer: str, text: str) -> Iterator[Violation]:
    words = " ".join(WORD.findall(text[:SEARCHED_CHARACTERS].casefold().replace("\u2019", "'")))
    for phrases, what in URGES:
        phrase = next((each for each in phrases if f" {each} " in f" {words} "), None)
        if phrase is not None:
            yield document.violation(
                pointer,
                f"The text says {shown(phrase)}: it {what}.",
                "Say what the plugin does, and leave it to the model when and how.",
            )


@rule(
    "L06",
    "contract",
    "an operation's summary and description have at most 200 characters each",
    "GS",
    plugin=WARNING,
)
def operation_text_for_the_installer(plugin: PluginSnapshot) -> Iterator[Violation]:
    return _too_long(_operation_texts(plugin.contract or SourceDocument("")), 200)


@rule(
    "L07", "contract", "a parameter's description has at most 200 characters", "GS", plugin=WARNING
)
def parameter_text_for_the_installer(plugin: PluginSnapshot) -> Iterator[Violation]:
    return _too_long(_parameter_texts(plugin.contract or SourceDocument("")), 200)


@rule(
    "L08",
    "contract",
    "an operation's summary and description have at most 300 characters each",
    "AC",
    actions=ERROR,
)
def operation_text_for_actions(plugin: PluginSnapshot) -> Iterator[Violation]:
    return _too_long(_operation_texts(plugin.contract or SourceDocument("")), 300)


@rule(
    "L09", "contract", "a parameter's description has at most 700 characters", "AC", actions=ERROR
)
def parameter_text_for_actions(plugin: PluginSnapshot) -> Iterator[Violation]:
    return _too_long(_parameter_texts(plugin.contract or SourceDocument("")), 700)


LocatedText = tuple[SourceDocument, str, str]


def _operation_texts(contract: SourceDocument) -> Iterator[LocatedText]:
    for operation in operations(contract):
        for key in ("summary", "description"):
            text = operation.value.get(key)
            if isinstance(text, str):
                yield contract, f"{operation.pointer}/{key}", text


def _parameter_texts(contract: SourceDocument) -> Iterator[LocatedText]:
    for part in all_parameters(contract):
        text = part.value.get("description")
        if isinstance(text, str):
            yield contract, f"{part.pointer}/description", text


def _too_long(texts: Iterator[LocatedText], limit: int) -> Iterator[Violation]:
    for document, pointer, text in texts:
        if len(text) > limit:
            yield document.violation(
                pointer,
                f"The text has {len(text)} characters; at most {limit} are allowed.",
                f"Shorten it to {limit} characters.",
            )


def _media_type(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()
