"""A real browser: this machine's headless Chromium, driven by chromedriver over WebDriver
(https://www.w3.org/TR/webdriver2/).
"""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 30.0  # seconds that a start, a page or a script may take

# The shell sees its input end when the tests die, however they die; the browser is of its group.
SUPERVISOR = '"$@" </dev/null >&2 & read -r _; kill -9 0'
# It has no sandbox for root, and should talk to nobody but the tests' servers.
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


TAB, ENTER = "\ue004", "\ue007"


class BrowserUnavailable(Exception):
    """No browser can run here; the text says why."""


class Browser:
    """A window of a browser that was never used before."""

    def __init__(self, driver: httpx.Client, folder: Path) -> None:
        self._driver = driver
        options = {"args": [*ARGUMENTS, f"--user-data-dir={folder / 'profile'}"]}
        milliseconds = round(PATIENCE * 1000)
        wanted = {
            "goog:chromeOptions": options,
            "timeouts": {"script": milliseconds, "pageLoad": milliseconds},
        }
        opened = self._command("POST", "/session", capabilities={"alwaysMatch": wanted})
        self._session = f"/session/{opened['sessionId']}"

    def visit(self, url: str) -> None:
        """Return once the page is loaded."""
        self._command("POST", f"{self._session}/url", url=url)

    def run(self, script: str, *arguments: object) -> Any:
        """What the page's script hands to the function that is the last of its `arguments`.

        Both ways go by JSON. Raises AssertionError when it throws, or takes longer than PATIENCE.
        """
        return self._command(
            "POST", f"{self._session}/execute/async", script=script, args=arguments
        )

    def type(self, keys: str) -> None:
        """Press keys, as at a keyboard; what has the focus gets them."""
        presses = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": presses}]
        self._command("POST", f"{self._session}/actions", actions=actions)

    @property
    def url(self) -> str:
        """The address of the page."""
        return str(self._command("GET", f"{self._session}/url"))

    @property
    def title(self) -> str:
        """The title of the page."""
        return str(self._command("GET", f"{self._session}/title"))

    def quit(self) -> None:
        self._command("DELETE", self._session)

    def _command(self, method: str, path: str, **parameters: object) -> Any:
        answer = self._driver.request(method, path, json=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]


@contextmanager
def running_browser(folder: Path) -> Iterator[Browser]:
    """Run a browser that keeps what it keeps in `folder`. BrowserUnavailable where none can run."""
    for program in ("chromium", "chromedriver"):
        if shutil.which(program) is None:
            raise BrowserUnavailable(f"{program} is not on the PATH")
    log = folder / "chromedriver.log"
    with log.open("wb") as written:
        supervisor = subprocess.Popen(
            ["/bin/sh", "-c", SUPERVISOR, "sh", "chromedriver", "--port=0"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=written,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{_port(log)}"
        with httpx.Client(base_url=address, timeout=2 * PATIENCE, trust_env=False) as driver:
            browser = Browser(driver, folder)
            yield browser
            browser.quit()
    finally:
        supervisor.communicate()


def _port(log: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = re.search(r"started successfully on port (\d+)", log.read_text())
        if found:
            return found[1]
        time.sleep(0.01)
    raise RuntimeError(f"chromedriver does not start: {log.read_text()}")
