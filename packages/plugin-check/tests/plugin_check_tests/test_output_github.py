"""A report as annotations for GitHub Actions."""

import re
from pathlib import Path

import pytest

from plugin_check.report import HOSTS, Level, Place, Report, RuleFinding, unseen
from plugin_check.show.github import annotations

from .reports import BUSY, FOLDER, HOSTILE, assert_harmless, hostile, taken

ROOT = Path("/repository")

ANNOTATIONS = [
    "::error file=plugins/todo/ai-plugin.json,line=12,col=3,title=M02::"
    "There is a comma after the last member.%0Ainstead: Take it away.",
    "::warning file=plugins/todo/openapi.yaml,title=S02::"
    "100%25 of it, is empty: no paths.%0Aactions: warning: so 100%25.%0Ainstead: Write one."
    "%0Aat: openapi.yaml /paths",
    "::notice title=D07::It redirects.%0Ainstead: Do not.",
    "ChatGPT's plugin installer of 2023  would refuse it: 1 error, 1 warning",
    "GPT Actions                         cannot reach localhost; nothing else is in the way, "
    "1 warning",
]


def test_annotations_mark_the_files_of_a_folder() -> None:
    assert annotations(FOLDER, ROOT) == "\n".join([*ANNOTATIONS, ""])


def test_annotations_of_an_address_name_it_in_the_message() -> None:
    assert annotations(BUSY, ROOT).splitlines()[1:4] == [
        "::warning title=L03::name_for_human has 31 characters; the later text allows 20."
        "%0Aplugin: warning: written, but 33 %25 of approved plugins did otherwise"
        "%0Ainstead: Write a shorter name."
        "%0Aat: https://todo.example.org/.well-known/ai-plugin.json:3:21",
        "::notice title=K12::A tool has no outputSchema.%0Ainstead: Add one.",
        "::warning title=not looked at::https://todo.example.org/logo.png: no answer within "
        "10 seconds",
    ]


@pytest.mark.parametrize(
    ("source", "file"),
    [
        (".", "ai-plugin.json"),
        ("/repository", "ai-plugin.json"),
        ("/repository/a,b:c%", "a%2Cb%3Ac%25/ai-plugin.json"),
        ("./plugins/../todo/", "todo/ai-plugin.json"),
        ("../elsewhere", None),
        ("/elsewhere", None),
    ],
)
def test_annotations_name_files_as_the_checkout_does(source: str, file: str | None) -> None:
    finding = RuleFinding(
        "M02", taken(Level.ERROR), "Wrong.", "Right.", Place("ai-plugin.json"), ()
    )
    (line, *_) = annotations(Report(source, HOSTS, (finding,)), ROOT).splitlines()
    properties = f"file={file},title=M02" if file else "title=M02"
    assert line == f"::error {properties}::Wrong.%0Ainstead: Right.%0Aat: ai-plugin.json"


def test_that_nothing_could_be_judged_is_an_error() -> None:
    lines = annotations(unseen(".", HOSTS, "it is away"), ROOT).splitlines()
    assert lines[0] == "::error title=not looked at::it is away"


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_reaches_a_log_as_annotations(text: str) -> None:
    lines = annotations(hostile(text), ROOT).splitlines()
    assert_harmless("\n".join(lines), commands=True)
    assert [re.split(r"[ :]", line)[2] for line in lines if line.startswith("::")] == [
        *("error",) * 2,
        *("warning",) * 2,
        *("notice",) * 2,
        "warning",
    ]
    assert len(lines) == 7 + len(HOSTS)
    for line in lines[:7]:
        assert re.fullmatch(r"::[a-z]+ (?:[a-z]+=[^:,\r\n]*,?)*::[^\r\n]*", line)
