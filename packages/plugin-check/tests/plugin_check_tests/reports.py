"""Reports made by hand, for the tests of what is shown."""

from plugin_check.report import HOSTS, Facts, Level, Place, Report, RuleFinding
from plugin_check.show.printable import fitting

CLEAN = Report("https://todo.example.org", HOSTS)

BUSY = Report(
    "https://todo.example.org",
    HOSTS,
    (
        RuleFinding(
            "L03",
            Level.WARNING,
            ("plugin",),
            "name_for_human has 31 characters; the later text allows 20.",
            "Write a shorter name.",
            Place("https://todo.example.org/.well-known/ai-plugin.json", "/name_for_human", 3, 21),
            ("GS", "TS"),
        ),
        RuleFinding(
            "S03",
            Level.ERROR,
            ("plugin", "actions"),
            "The operation has no operationId, so a host has no name to call it by, and nothing to "
            "show to the person who is asked.",
            'Write "operationId": "getTodos".',
            Place("https://todo.example.org/openapi.yaml", "/paths/~1todos/get"),
            ("editor",),
        ),
        RuleFinding(
            "K12",
            Level.NOTE,
            ("mcp",),
            "A tool has no outputSchema.",
            "Add one.",
            None,
            ("SK", "#183"),
        ),
    ),
    Facts(
        root_domain="todo.example.org",
        manifest="https://todo.example.org/.well-known/ai-plugin.json",
        contract="https://todo.example.org/openapi.yaml",
        base_url="https://api.todo.example.org",
        base_url_reason="the first entry of servers that belongs to the root domain",
        mcp_endpoint="https://todo.example.org/mcp",
    ),
    unseen=("https://todo.example.org/logo.png: no answer within 10 seconds",),
    skipped=("getTodos: no value for the parameter username",),
)

FOLDER = Report(
    "plugins/todo",
    ("plugin", "actions"),
    (
        RuleFinding(
            "M02",
            Level.ERROR,
            ("plugin",),
            "There is a comma after the last member.",
            "Take it away.",
            Place("ai-plugin.json", None, 12, 3),
            ("QS",),
        ),
        RuleFinding(
            "S02",
            Level.WARNING,
            ("plugin", "actions"),
            "100% of it, is empty: no paths.",
            "Write one.",
            Place("openapi.yaml", "/paths"),
            (),
        ),
        RuleFinding("D07", Level.NOTE, ("plugin",), "It redirects.", "Do not.", None, ("PR",)),
    ),
    unreachable=("actions",),
)

# Each of these did harm somewhere: to a terminal, to a log's reader, to a reader of JSON.
HOSTILE = (
    "\x1b[2J\x1b]0;title\x07",
    "\r\n::error::made up",
    "a ::stop-commands::b ##[add-mask]c",
    "\u202eredrum\u2066\u200b\u00ad\ufeff",
    "\ud800 alone \udfff",
    "\x00\x7f\x85\x9b31m",
    "\u2028\u2029",
    "\ufe0f\u3164\U000e0041\U000e0100",
    "%0A::error::x,y:z",
    "x" * 100_000,
    "x y " * 30_000,
)


def hostile(text: str) -> Report:
    """A report that has the text wherever a document's text could be."""
    place = Place(text, text)
    known = Place(f"{text}.json", text, 1, 2)
    return Report(
        text,
        HOSTS,
        tuple(
            RuleFinding("S01", level, HOSTS, text, text, each, ("GS",))
            for level in Level
            for each in (place, known)
        ),
        Facts(text, text, text, text, text, text),
        unseen=(text,),
        skipped=(text,),
    )


def assert_harmless(shown: str, *, commands: bool = False) -> None:
    """No line holds anything but visible characters, or would be obeyed by GitHub's runner."""
    assert len(shown) < 100_000
    for line in shown.split("\n"):
        assert line.isprintable(), line
        assert "##[" not in line
        assert commands or not line.lstrip().startswith("::")
    assert not set(shown) & set("\ufe0f\u3164\U000e0100")
    fitting(shown, "ascii").encode("ascii")
