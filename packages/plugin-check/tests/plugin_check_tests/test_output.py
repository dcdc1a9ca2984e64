"""What a report looks like: as text; and what never comes through."""

import click
import pytest

from plugin_check.show.printable import LONGEST, fitting, printable
from plugin_check.show.text import render

from .reports import BUSY, CLEAN, HOSTILE, assert_harmless, hostile

TEXT = """\
checked       https://todo.example.org
root domain   todo.example.org (a guess)
server URL    https://api.todo.example.org (the first entry of servers that belongs to the root
              domain)
manifest      https://todo.example.org/.well-known/ai-plugin.json
contract      https://todo.example.org/openapi.yaml
MCP endpoint  https://todo.example.org/mcp

error S03 (actions), warning (plugin)  https://todo.example.org/openapi.yaml /paths/~1todos/get
  The operation has no operationId, so a host has no name to call it by, and nothing to show to the
  person who is asked.
  actions: error: it is a name.
  instead: Write "operationId": "getTodos".
  sources: editor

warning L03 (plugin)  https://todo.example.org/.well-known/ai-plugin.json:3:21
  name_for_human has 31 characters; the later text allows 20.
  plugin: warning: written, but 33 % of approved plugins did otherwise
  instead: Write a shorter name.
  sources: GS, TS

note K12 (mcp)
  A tool has no outputSchema.
  instead: Add one.
  sources: SK, #183

sources
  editor  the GPT editor, as its users report it
  GS      platform.openai.com/docs/plugins/getting-started (2023, retired)
  TS      https://github.com/transitive-bullshit/chatgpt-plugin-ts
  SK      https://github.com/openai/plugins: skills/chatgpt-app-submission

not probed: getTodos: no value for the parameter username
not looked at: https://todo.example.org/logo.png: no answer within 10 seconds

ChatGPT's plugin installer of 2023  would accept it, 2 warnings
GPT Actions                         would refuse it: 1 error
OpenAI plugins over MCP             not everything could be looked at
"""


def test_text_has_facts_then_errors_warnings_and_notes_then_the_verdicts() -> None:
    assert render(BUSY, colour=False) == TEXT


def test_a_clean_report_is_short() -> None:
    assert render(CLEAN, colour=False) == (
        "checked       https://todo.example.org\n"
        "\n"
        "ChatGPT's plugin installer of 2023  would accept it\n"
        "GPT Actions                         would accept it\n"
        "OpenAI plugins over MCP             would accept it\n"
    )


def test_text_fits_a_narrow_terminal_but_for_what_must_stay_whole() -> None:
    lines = render(BUSY, colour=False, width=50).splitlines()
    long = [line for line in lines if len(line) > 50]
    assert all(
        "://" in line or "/docs/" in line or line.startswith(("error", "ChatGPT", "GPT", "OpenAI"))
        for line in long
    )
    assert "MCP endpoint  https://todo.example.org/mcp" in lines
    assert "  manifest" not in lines


@pytest.mark.parametrize("width", [-1, 0, 1, 10_000])
def test_no_width_is_too_strange(width: int) -> None:
    words = render(BUSY, colour=False, width=width).split()
    assert words == TEXT.split()


def test_colours_are_added_and_change_nothing_else() -> None:
    coloured = render(BUSY, colour=True)
    assert click.unstyle(coloured) == TEXT
    for part in (
        click.style("error", fg="red", bold=True),
        click.style("warning", fg="yellow", bold=True),
        click.style("note", fg="cyan", bold=True),
        click.style("S03", bold=True),
        click.style("would refuse it: 1 error", fg="red", bold=True),
    ):
        assert part in coloured
    assert click.style("would accept it", fg="green", bold=True) in render(CLEAN, colour=True)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_reaches_a_terminal_as_text(text: str) -> None:
    shown = click.unstyle(render(hostile(text), colour=True))
    assert shown == render(hostile(text), colour=False)
    assert_harmless(shown)


def test_what_cannot_be_shown_is_written_as_an_escape() -> None:
    assert printable("a\x1b[31m\n\u202eb\ud800") == "a\\x1b[31m\\n\\u202eb\\ud800"
    assert printable("::error::x ::1 ##[group]") == ":\\x3aerror::x ::1 ##\\x5bgroup]"
    assert printable("Zoë 花 ::1 and [::1]") == "Zoë 花 ::1 and [::1]"
    assert len(printable("x" * 5000)) == LONGEST


def test_a_terminal_that_lacks_a_character_is_shown_its_escape() -> None:
    assert fitting("Zoë 花", "ascii") == "Zo\\xeb \\u82b1"
    assert fitting("Zoë 花", "latin-1") == "Zoë \\u82b1"
    assert fitting("Zoë 花", "utf-8") == "Zoë 花"
    assert fitting("Zoë", None) == "Zo\\xeb"
