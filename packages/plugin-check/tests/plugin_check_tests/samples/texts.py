"""Names and descriptions that are too long or of the wrong characters."""

from plugin_check import Level

from ..parts import Parts, sample


@sample("L01")
def long_name_for_model(parts: Parts) -> None:
    parts.manifest["name_for_model"] = "p" * 51


@sample("L02")
def name_for_model_with_a_space(parts: Parts) -> None:
    parts.manifest["name_for_model"] = "my plants"


@sample("L02", Level.WARNING)
def name_for_model_with_an_underscore(parts: Parts) -> None:
    parts.manifest["name_for_model"] = "my_plants"


@sample("L03", Level.WARNING)
def name_for_human_too_long_for_the_later_text(parts: Parts) -> None:
    parts.manifest["name_for_human"] = "p" * 21


@sample("L03")
def name_for_human_too_long_for_every_text(parts: Parts) -> None:
    parts.manifest["name_for_human"] = "p" * 51


@sample("L04", Level.WARNING)
def description_for_human_too_long_for_the_later_text(parts: Parts) -> None:
    parts.manifest["description_for_human"] = "p" * 101


@sample("L04")
def description_for_human_too_long_for_every_text(parts: Parts) -> None:
    parts.manifest["description_for_human"] = "p" * 121


@sample("L05")
def long_description_for_model(parts: Parts) -> None:
    parts.manifest["description_for_model"] = "Plugin for plants. " + "p" * 7982
