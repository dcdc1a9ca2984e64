"""A plugin can have pages of its own, and its styles are let through."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from .notes_plugin import Run

STYLE = "\n  main { color: rebeccapurple; }\n"


def digest(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode()


def styles(page: httpx.Response) -> str:
    """The styles that the policy lets through."""
    policy = page.headers["Content-Security-Policy"].split("; ")
    (found,) = (each for each in policy if each.startswith("style-src "))
    return str(found.removeprefix("style-src "))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_page_of_its_own_takes_the_place_of_ours(
    run_notes: Run, notes_folder: Path
) -> None:
    own = notes_folder / "notes/templates/oauth/login.html"
    async with run_notes(auth="oauth") as notes:
        ours = await notes.get("/login")
    own.parent.mkdir(parents=True)
    own.write_text(
        '<!doctype html>\n<html lang="en"><title>Mine</title>'
        f"<style>{STYLE}</style><style>a {{}}</style><p>{{{{ service }}}}, {{{{ csrf }}}}</p>"
    )
    try:
        async with run_notes(auth="oauth") as notes:
            page = await notes.get("/login")
    finally:
        own.unlink()
    assert "<title>Mine</title>" in page.text
    assert styles(page) == f"'sha256-{digest(STYLE)}' 'sha256-{digest('a {}')}'"
    assert digest(STYLE) not in styles(ours)
    assert "<title>Sign in \u2013 Notes</title>" in ours.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_all_pages_share_is_a_page_of_its_own_too(
    run_notes: Run, notes_folder: Path
) -> None:
    own = notes_folder / "notes/templates/oauth/base.html"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("<!doctype html>\n<main>{% block main %}{% endblock %}</main>")
    try:
        async with run_notes(auth="oauth") as notes:
            page = await notes.get("/login")
    finally:
        own.unlink()
    assert styles(page) == "'none'"
    assert 'name="password"' in page.text
