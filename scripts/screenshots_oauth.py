"""Take the pictures of the pages of sign-in in docs/pictures: light and dark, wide and narrow.

    python scripts/screenshots_oauth.py

It needs Chromium, as the tests do, and the fonts of this machine. With pngquant the files are a
third as large.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).parent.parent
sys.path.insert(0, str(PROJECT))

from tests.server import oauth_pages  # noqa: E402 - found by the line above
from tests.server.browser import Browser, running_browser  # noqa: E402

PICTURES = PROJECT / "docs" / "pictures"
HOST = "localhost:5002"
WIDTHS = (1280, 320)
PAGES: tuple[tuple[str, Callable[[Browser, str], None]], ...] = (
    ("login", oauth_pages.login_for_a_host),
    ("consent", oauth_pages.consent),
)


def pictures(browser: Browser, url: str) -> Iterator[tuple[str, bytes]]:
    """The name and the PNG of each: a page whole, because its end is where one decides."""
    for page, come in PAGES:
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                oauth_pages.sign_out(browser)
                browser.look(width, 640, scheme)
                come(browser, url)
                yield f"{page}-{width}-{scheme}.png", browser.picture(whole=True)


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    taken = []
    with TemporaryDirectory() as folder:
        here = Path(folder)
        with (
            oauth_pages.serving_people(here, PLUGIN_BIND=HOST) as server,
            running_browser(here) as browser,
        ):
            for name, picture in pictures(browser, server.url):
                taken.append(PICTURES / name)
                taken[-1].write_bytes(picture)
                print(taken[-1].relative_to(PROJECT))
    if shutil.which("pngquant"):
        files = map(str, taken)
        subprocess.run(["pngquant", "--force", "--ext", ".png", *files], check=True)  # noqa: S603, S607 - these words alone


if __name__ == "__main__":
    main()
