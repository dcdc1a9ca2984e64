"""Take the pictures in docs/pictures: each page, light and dark, wide and narrow.

    python scripts/screenshots.py

It needs Chromium, as the tests do, and the fonts of this machine. With pngquant the files are a
third as large.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx

PROJECT = Path(__file__).parent.parent
sys.path.insert(0, str(PROJECT))

from tests.running import running_server  # noqa: E402 - found by the line above
from tests.server.browser import Browser, running_browser  # noqa: E402

PICTURES = PROJECT / "docs" / "pictures"
HOST = "localhost:5002"
SIZES = ((1280, 800), (320, 640))
TODOS = ("Buy oat milk", "Plant the apple tree before the frost", "Call Zoë about Saturday")


class Page(NamedTuple):
    """A page to take, and what to do on it first."""

    name: str
    path: str
    prepare: Callable[[Browser], None]


def add_and_delete(browser: Browser) -> None:
    """So that there is something to undo."""
    browser.find("#todo").type("Water the plants\n")
    browser.wait("document.querySelectorAll('#todos button').length === 4")
    browser.find("#todos li:last-child button").click()
    browser.wait("document.querySelector('#message button')")


PAGES = (
    Page("page", "/", lambda _: None),
    Page("list", "/list", add_and_delete),
)


def take(browser: Browser, page: Page) -> None:
    for width, height in SIZES:
        for scheme in ("light", "dark"):
            browser.look(width, height, scheme)
            browser.visit(f"http://{HOST}{page.path}")
            page.prepare(browser)
            file = PICTURES / f"{page.name}-{width}-{scheme}.png"
            file.write_bytes(browser.picture())
            print(file.relative_to(PROJECT))


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        here = Path(folder)
        with running_server(here, PLUGIN_BIND=HOST), running_browser(here) as browser:
            for todo in TODOS:
                httpx.post(f"http://{HOST}/todos/me", json={"todo": todo})
            for page in PAGES:
                take(browser, page)
    if shutil.which("pngquant"):
        files = map(str, PICTURES.glob("*.png"))
        subprocess.run(["pngquant", "--force", "--ext", ".png", *files], check=True)  # noqa: S603, S607 - these words alone


if __name__ == "__main__":
    main()
