"""The manifest's names and descriptions: how long, and of what."""

from collections.abc import Iterator

from guarded_fetch.words import shown

from ..approved import FEW, Share
from ..plugin import PluginSnapshot, SourceDocument
from ..report import Level, Violation
from ..rule import ERROR, WARNING, rule
from ..served import written

OTHER_CHARACTERS, LONGER_NAME, LONGER_DESCRIPTION = Share(33), FEW, Share(26)


@rule("L01", "manifest", "name_for_model has at most 50 characters", "GS", "TS", "VA", plugin=ERROR)
def name_for_model_length(plugin: PluginSnapshot) -> Iterator[Violation]:
    return _too_long(plugin, "name_for_model", (50, ERROR))


@rule(
    "L02",
    "manifest",
    "name_for_model is letters and digits; _ and - were accepted",
    "GS",
    "EX",
    plugin=(ERROR, WARNING),
    shares=(OTHER_CHARACTERS,),
)
def name_for_model_characters(plugin: PluginSnapshot) -> Iterator[Violation]:
    name = written(plugin, "name_for_model")
    if name is None or (name.isascii() and name.isalnum()):
        return
    accepted = all(character.isalnum() or character in "_-" for character in name)
    yield _manifest(plugin).violation(
        "/name_for_model",
        f"name_for_model is {shown(name)}, which is not only letters and digits.",
        "Write a name of the letters A to Z and digits, without spaces.",
        WARNING if accepted else ERROR,
        OTHER_CHARACTERS,
    )


@rule(
    "L03",
    "manifest",
    "name_for_human has at most 20 characters; more than 50 were always refused",
    "GS",
    "VA",
    "TS",
    plugin=(ERROR, WARNING),
    shares=(LONGER_NAME,),
)
def name_for_human_length(plugin: PluginSnapshot) -> Iterator[Violation]:
    return _too_long(plugin, "name_for_human", (50, ERROR), (20, WARNING), share=LONGER_NAME)


@rule(
    "L04",
    "manifest",
    "description_for_human has at most 100 characters; more than 120 were always refused",
    "GS",
    "TS",
    "VA",
    plugin=(ERROR, WARNING),
    shares=(LONGER_DESCRIPTION,),
)
def description_for_human_length(plugin: PluginSnapshot) -> Iterator[Violation]:
    limits = (120, ERROR), (100, WARNING)
    return _too_long(plugin, "description_for_human", *limits, share=LONGER_DESCRIPTION)


@rule(
    "L05",
    "manifest",
    "description_for_model has at most 8,000 characters",
    "GS",
    "TS",
    plugin=ERROR,
)
def description_for_model_length(plugin: PluginSnapshot) -> Iterator[Violation]:
    return _too_long(plugin, "description_for_model", (8000, ERROR))


def _too_long(
    plugin: PluginSnapshot, key: str, *limits: tuple[int, Level], share: Share | None = None
) -> Iterator[Violation]:
    """The first limit that the text exceeds, in characters (code points), the hardest first."""
    text = written(plugin, key) or ""
    for limit, level in limits:
        if len(text) > limit:
            message = f"{key} has {len(text):,} characters, more than {limit:,}."
            repair = f"Write at most {limits[-1][0]:,} characters."
            yield _manifest(plugin).violation(f"/{key}", message, repair, level, share)
            return


def _manifest(plugin: PluginSnapshot) -> SourceDocument:
    return plugin.manifest or SourceDocument("")
