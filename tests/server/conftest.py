"""A browser for all tests and a server for a module: to start them takes some seconds."""

from collections.abc import Iterator

import pytest

from tests.running import Server, running_server

from .browser import Browser, BrowserUnavailable, running_browser


@pytest.fixture(scope="session", name="window")
def fixture_window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One window, whose pages may read the clipboard."""
    try:
        with running_browser(tmp_path_factory.mktemp("browser")) as browser:
            browser.devtools("Browser.grantPermissions", permissions=["clipboardReadWrite"])
            yield browser
    except BrowserUnavailable as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture(name="browser")
def fixture_browser(window: Browser) -> Iterator[Browser]:
    """The window, as if nothing had been in it."""
    window.devtools("Network.clearBrowserCache")
    window.devtools("Network.clearBrowserCookies")
    window.look(1280)
    window.complaints()
    window.requested()
    yield window
    # A page that asks again would go on to ask.
    window.visit("about:blank")


@pytest.fixture(scope="module", name="shown")
def fixture_shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose pages are looked at."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server
