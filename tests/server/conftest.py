"""A browser for a module: to start one takes some seconds."""

from collections.abc import Iterator

import pytest

from .browser import Browser, BrowserUnavailable, running_browser


@pytest.fixture(scope="module", name="window")
def fixture_window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One window, whose pages may read the clipboard."""
    try:
        with running_browser(tmp_path_factory.mktemp("browser")) as browser:
            browser.devtools("Browser.grantPermissions", permissions=["clipboardReadWrite"])
            yield browser
    except BrowserUnavailable as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture(name="browser")
def fixture_browser(window: Browser) -> Browser:
    """The window, as if nothing had been in it."""
    window.visit("about:blank")
    window.look(1280)
    window.complaints()
    window.requested()
    return window
