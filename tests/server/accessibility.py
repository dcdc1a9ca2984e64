"""What keeps people out of a page, as far as axe-core can tell: WCAG 2.2 AA, and good habits."""

from importlib.resources import files

from .browser import Browser

# Narrow as a telephone, or a screen of 1280 pixels at 400 % (WCAG 1.4.10).
LOOKS = [(width, scheme) for width in (320, 1280) for scheme in ("light", "dark")]
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RUN = """
const done = arguments[0];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
axe.run(document, {runOnly: tags}).then(found => done(
    found.violations.map(each => `${each.id}: ${each.nodes.map(node => node.html).join(" ")}`)
));
"""


def barriers(browser: Browser, width: int) -> list[str]:
    """Each violation in the page as it is now, and whether one must scroll sideways."""
    browser.value(f"(() => {{ {AXE} }})()")
    found: list[str] = browser.run(RUN)
    wide = browser.value("document.documentElement.scrollWidth")
    return found if wide <= width else [*found, f"it is {wide} pixels wide"]
