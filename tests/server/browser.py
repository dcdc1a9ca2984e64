"""A real browser: this machine's headless Chromium, driven by chromedriver over WebDriver
(https://www.w3.org/TR/webdriver2/).
"""

import base64
import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 30.0  # seconds that a start, a page or a script may take

# The shell sees its input end when the tests die, however they die; the browser is of its group.
SUPERVISOR = '"$@" </dev/null >&2 & read -r _; kill -9 0'
# Keys, as WebDriver writes them.
TAB, ENTER = "\ue004", "\ue007"
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
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


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
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
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

    def value(self, expression: str, *arguments: object) -> Any:
        """What an expression of the page's script is; `arguments[0]` is the first argument."""
        script = f"return {expression}"
        return self._command("POST", f"{self._session}/execute/sync", script=script, args=arguments)

    def wait(self, expression: str, *arguments: object) -> Any:
        """The same, once it is something. Raises AssertionError after PATIENCE."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = self.value(expression, *arguments)
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"it does not come true: {expression}")

    def find(self, selector: str) -> "Element":
        """The first element that a selector of CSS finds."""
        found = self._command(
            "POST", f"{self._session}/element", using="css selector", value=selector
        )
        (name,) = found.values()
        return Element(self._command, f"{self._session}/element/{name}")

    def press(self, *keys: str) -> None:
        """Press and release one key after the other, wherever the focus is."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self._command("POST", f"{self._session}/actions", actions=[source])

    @property
    def url(self) -> str:
        """The address of the page."""
        return str(self._command("GET", f"{self._session}/url"))

    @property
    def title(self) -> str:
        """The title of the page."""
        return str(self._command("GET", f"{self._session}/title"))

    def look(self, width: int, height: int = 800, scheme: str = "light") -> None:
        """Be a window of this size, in CSS pixels, with a light or dark colour scheme."""
        size = {"width": width, "height": height}
        self.devtools(
            "Emulation.setDeviceMetricsOverride", **size, deviceScaleFactor=1, mobile=False
        )
        self.devtools("Emulation.setScrollbarsHidden", hidden=True)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.devtools("Emulation.setEmulatedMedia", features=[feature])

    def picture(self, whole: bool = False) -> bytes:
        """A PNG of what the window shows, or of the whole page."""
        return base64.b64decode(
            self.devtools("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        )

    def complaints(self) -> list[str]:
        """What the console was told since it was last asked, but for plain messages."""
        entries = self._log("browser")
        return [each["message"] for each in entries if each["level"] in ("WARNING", "SEVERE")]

    def requested(self) -> list[str]:
        """The URL of each request since it was last asked."""
        messages = [json.loads(each["message"])["message"] for each in self._log("performance")]
        return [
            each["params"]["request"]["url"]
            for each in messages
            if each["method"] == "Network.requestWillBeSent"
        ]

    def devtools(self, method: str, **parameters: object) -> Any:
        """A command of the DevTools protocol."""
        return self._command(
            "POST", f"{self._session}/goog/cdp/execute", cmd=method, params=parameters
        )

    def quit(self) -> None:
        self._command("DELETE", self._session)

    def _log(self, name: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self._command("POST", f"{self._session}/se/log", type=name)
        return entries

    def _command(self, method: str, path: str, **parameters: object) -> Any:
        # A request without a body is refused where it should have one.
        body = None if method == "GET" else parameters
        answer = self._driver.request(method, path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]


class Element:
    """An element of the page that is loaded now."""

    def __init__(self, command: Callable[..., Any], path: str) -> None:
        self._command = command
        self._path = path

    def click(self) -> None:
        self._command("POST", f"{self._path}/click")

    def type(self, text: str) -> None:
        """Write the text where the element takes text, behind what is there."""
        self._command("POST", f"{self._path}/value", text=text)

    @property
    def text(self) -> str:
        """The text as it is shown."""
        return str(self._command("GET", f"{self._path}/text"))


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
