"""README.md and docs/ are true: their links lead somewhere, their tables are the code's."""

import re
from pathlib import Path

import click
import pytest

from app.__main__ import main
from app.main import Settings, create_app
from plugin_server.settings import variable
from tests.running import PROJECT, UNHINDERED

from .pages import EVERYTHING, PAGES, README, code, shell

README_BYTES = 9_000
# An empty variable is an unset one.
UNSET = dict.fromkeys((name for name in UNHINDERED if name.startswith("PLUGIN_")), "")


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md"])
def test_what_is_linked_exists(page: str) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", (PROJECT / page).read_text()):
        name, _, anchor = link.partition("#")
        target = (PROJECT / page).parent / name if name else PROJECT / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text()), link


def anchors(text: str) -> set[str]:
    """What a link can name in the page: its headings, as GitHub spells them."""
    headings = re.findall(
        r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE
    )
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_readme_is_a_page_and_links_every_other() -> None:
    assert len(README.encode()) < README_BYTES
    linked = set(re.findall(r"\]\((docs/[\w-]+\.md)[)#]", README))
    assert {"README.md", *linked} == set(PAGES)


def test_every_verb_is_documented_and_the_reverse() -> None:
    groups = {name: each for name, each in main.commands.items() if isinstance(each, click.Group)}
    verbs = set(main.commands) - set(groups)
    verbs |= {f"{name} {verb}" for name, group in groups.items() for verb in group.commands}
    shown = "\n".join([*code(EVERYTHING), *re.findall(r"`([^`\n]+)`", EVERYTHING)])
    words = re.findall(r"\btodo-plugin ([a-z]+)(?: ([a-z]+))?", shown)
    assert {f"{word} {next_}" if word in groups else word for word, next_ in words} == verbs


def test_make_help_lists_every_target() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    listed = shell("make --no-print-directory help", PROJECT).stdout.splitlines()
    assert [line.split()[0] for line in listed] == phony.split()


def test_the_settings_table_is_the_settings(tmp_path: Path) -> None:
    rows = re.findall(r"^\| `(P\w+)` \| (.*?) ?\| (.*) \|$", EVERYTHING, re.MULTILINE)
    defaults = dict(
        line.split("=", 1)
        for line in shell("todo-plugin settings", tmp_path, **UNSET).stdout.splitlines()
    )
    defaults |= {"PLUGIN_TRUSTED_PROXIES": "0"}
    defaults["PLUGIN_GRACE"] = "10"
    assert rows == [
        (
            variable(name),
            f"`{defaults[variable(name)]}`" if defaults[variable(name)] else "",
            field.description,
        )
        for name, field in Settings.model_fields.items()
    ]


def test_every_route_is_in_the_readme_and_the_reverse() -> None:
    told = set(re.findall(r"`(/[\w./{}-]*)`", README.split("## Register it")[0]))
    served = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in create_app(Settings()).url_map.iter_rules()
    }
    assert told == served


def test_the_example_file_is_accepted_and_names_every_setting() -> None:
    example = (PROJECT / ".env.example").read_text()
    named = {
        line.lstrip("# ").partition("=")[0]
        for line in example.splitlines()
        if "=" in line and line.lstrip("# ").startswith(("PLUGIN_", "PORT="))
    }
    assert named == {variable(name) for name in Settings.model_fields}


def test_each_picture_is_shown_small_and_in_both_schemes() -> None:
    names = {file.name for file in (PROJECT / "docs/pictures").iterdir()}
    shown = set(re.findall(r'"pictures/([\w-]+\.png)"', EVERYTHING))
    assert shown <= names
    assert {re.sub("light|dark", "", name) for name in shown} == {
        f"{page}-1280-.png" for page in {name.partition("-")[0] for name in names}
    }
    for name in names:
        content = (PROJECT / "docs/pictures" / name).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) < 60_000, name
        assert name.replace("light", "dark") in names, name
