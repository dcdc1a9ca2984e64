"""Submission files for OpenAI's directory, each of which breaks one rule."""

import copy
from typing import Any

from plugin_check import Level

from ..parts import Parts, sample
from .package import PORTABLE, packaged

FILE = "chatgpt-app-submission.json"

JUSTIFICATIONS = {
    "read_only_justification": "Only gets the list and changes nothing.",
    "open_world_justification": "Reaches no system but the list's own.",
    "destructive_justification": "Deletes nothing and overwrites nothing.",
}

SUBMISSION: dict[str, Any] = {
    "schema_version": 1,
    "app_info": {
        "display_name": "Plants",
        "subtitle": "Keeps a list of plants",
        "description": "Keeps a list of plants.",
        "category": "LIFESTYLE",
    },
    "tools": {
        "getPlants": {
            "annotations": {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False},
            "justifications": JUSTIFICATIONS,
        }
    },
    "test_cases": [
        {"user_prompt": f"Is plant {number} mine?", "tools_triggered": "getPlants"}
        for number in range(5)
    ],
    "negative_test_cases": [
        {"user_prompt": f"Water plant {number}.", "tools_triggered": None} for number in range(3)
    ],
}


def submitted(parts: Parts) -> dict[str, Any]:
    """Add a submission file that the directory would accept, to change."""
    found: dict[str, Any] = parts.package.setdefault(FILE, copy.deepcopy(SUBMISSION))
    return found


@sample("K03")
def subtitle_with_31_characters(parts: Parts) -> None:
    submitted(parts)["app_info"]["subtitle"] = "p" * 31


@sample("K05")
def category_of_a_package_in_the_submission_file(parts: Parts) -> None:
    submitted(parts)["app_info"]["category"] = "Data & Analytics"


@sample("K11")
def tool_with_a_hint_that_is_null(parts: Parts) -> None:
    submitted(parts)["tools"]["getPlants"]["annotations"]["openWorldHint"] = None


@sample("K11")
def tool_without_a_justification(parts: Parts) -> None:
    del submitted(parts)["tools"]["getPlants"]["justifications"]["destructive_justification"]


@sample("K11")
def submission_without_tools(parts: Parts) -> None:
    submission = submitted(parts)
    submission["tools"] = {}


@sample("K13")
def submission_with_a_trailing_comma(parts: Parts) -> None:
    parts.files[FILE] = b'{\n  "tools": {},\n}\n'


@sample("K13")
def four_positive_test_cases(parts: Parts) -> None:
    submitted(parts)["test_cases"].pop()


@sample("K13")
def no_negative_test_cases(parts: Parts) -> None:
    del submitted(parts)["negative_test_cases"]


@sample("K13")
def test_case_without_a_prompt(parts: Parts) -> None:
    submitted(parts)["test_cases"][0]["user_prompt"] = " "


@sample("K13")
def test_case_with_a_tool_that_there_is_not(parts: Parts) -> None:
    submitted(parts)["test_cases"][0]["tools_triggered"] = "getPlants, waterPlants"


@sample("K13")
def package_with_two_negative_test_cases(parts: Parts) -> None:
    _review(parts)["test_cases"]["negative"].pop()


@sample("K13", Level.NOTE)
def package_without_a_recording(parts: Parts) -> None:
    del _review(parts)["demo_recording_url"]


@sample("K13")
def package_with_a_recording_over_http(parts: Parts) -> None:
    _review(parts)["demo_recording_url"] = "http://www.plants.test/recording"


@sample("K13")
def package_with_empty_release_notes(parts: Parts) -> None:
    packaged(parts)
    settings = parts.package[PORTABLE]["extensions"]["com.openai"]
    settings["publication"]["release_notes"] = ""


@sample("K15")
def package_with_the_reviewers_password(parts: Parts) -> None:
    _review(parts)["test_credentials"] = {"password": "fern"}


@sample("K15", Level.NOTE)
def sign_in_without_an_account_for_reviewers(parts: Parts) -> None:
    submitted(parts)
    parts.manifest["auth"] = {
        "type": "oauth",
        "client_url": f"{parts.origin}/oauth",
        "scope": "",
        "authorization_url": f"{parts.origin}/oauth/token",
        "authorization_content_type": "application/json",
        "verification_tokens": {"openai": "2a8b1c9d4e5f60718293a4b5c6d7e8f9"},
    }


def _review(parts: Parts) -> dict[str, Any]:
    packaged(parts)
    found: dict[str, Any] = parts.package[PORTABLE]["extensions"]["com.openai"]["review"]
    return found
