"""What a package says in the directory: each sample breaks one rule."""

from plugin_check import Level

from ..parts import Parts, png, sample
from .package import interface, jpeg


@sample("K03")
def display_name_with_31_characters(parts: Parts) -> None:
    interface(parts, displayName="p" * 31)


@sample("K03")
def short_description_of_two_lines(parts: Parts) -> None:
    interface(parts, shortDescription="Keeps\nplants")


@sample("K03")
def no_display_name(parts: Parts) -> None:
    interface(parts, displayName=None)


@sample("K04")
def long_description_with_4001_characters(parts: Parts) -> None:
    interface(parts, longDescription="p" * 4_001)


@sample("K04")
def developer_name_with_81_characters(parts: Parts) -> None:
    interface(parts, developerName="p" * 81)


@sample("K05")
def unknown_category(parts: Parts) -> None:
    interface(parts, category="Gardening")


@sample("K05", Level.WARNING)
def category_of_the_submission_file_in_a_package(parts: Parts) -> None:
    interface(parts, category="LIFESTYLE")


@sample("K06")
def twenty_one_capabilities(parts: Parts) -> None:
    interface(parts, capabilities=[f"Read {number}" for number in range(21)])


@sample("K06")
def capability_with_121_characters(parts: Parts) -> None:
    interface(parts, capabilities=["p" * 121])


@sample("K06")
def capabilities_that_are_no_list(parts: Parts) -> None:
    interface(parts, capabilities={"read": True})


@sample("K07")
def four_starter_prompts(parts: Parts) -> None:
    interface(parts, defaultPrompt=["One?", "Two?", "Three?", "Four?"], screenshots=None)


@sample("K07")
def starter_prompt_with_129_characters(parts: Parts) -> None:
    interface(parts, defaultPrompt=["p" * 129], screenshots=None)


@sample("K07")
def starter_prompts_that_differ_in_case_and_space(parts: Parts) -> None:
    interface(parts, defaultPrompt=["Which plants?", "WHICH\u3000plants? "])


@sample("K07")
def starter_prompt_with_a_mention(parts: Parts) -> None:
    interface(parts, defaultPrompt=["Ask @plants for a fern.", "Which plants?"])


@sample("K08")
def privacy_policy_over_http(parts: Parts) -> None:
    interface(parts, privacyPolicyURL="http://www.plants.test/privacy")


@sample("K08")
def support_address_with_a_password(parts: Parts) -> None:
    interface(parts, supportURL="https://me:secret@www.plants.test/")


@sample("K08")
def website_address_with_1025_characters(parts: Parts) -> None:
    interface(parts, websiteURL="https://www.plants.test/".ljust(1_025, "p"))


@sample("K08")
def no_terms_beside_an_mcp_server(parts: Parts) -> None:
    interface(parts, termsOfServiceURL=None)


@sample("K09")
def brand_colour_by_name(parts: Parts) -> None:
    interface(parts, brandColor="green")


@sample("K09")
def brand_colour_too_light_for_white(parts: Parts) -> None:
    interface(parts, brandColor="#C6FE1E")


@sample("K09")
def dark_brand_colour_too_dark_for_its_ground(parts: Parts) -> None:
    interface(parts, brandColorDark="#212121")


@sample("K10")
def zero_width_space_in_a_name(parts: Parts) -> None:
    interface(parts, developerName="The Plant\u200bCompany")


@sample("K10")
def bell_in_the_long_description(parts: Parts) -> None:
    interface(parts, longDescription="Keeps plants.\a")


@sample("K10")
def line_separator_in_a_prompt(parts: Parts) -> None:
    interface(parts, defaultPrompt=["Which\u2028plants?", "Add a fern."])


@sample("K16")
def fewer_screenshots_than_prompts(parts: Parts) -> None:
    interface(parts, screenshots=["./assets/list.png"])


@sample("K16")
def screenshot_that_is_too_wide(parts: Parts) -> None:
    interface(parts)
    parts.files["assets/list.png"] = png(707, 400)


@sample("K16")
def screenshot_that_is_too_high(parts: Parts) -> None:
    interface(parts)
    parts.files["assets/fern.jpg"] = jpeg(706, 861)


@sample("K16")
def screenshot_that_is_an_animation(parts: Parts) -> None:
    interface(parts)
    parts.files["assets/list.png"] = b"GIF89a"
