"""Reports made by hand, for the tests of what is shown."""

from dataclasses import fields

from plugin_check.report import HOSTS, Facts, Host, Judgement, Level, Place, Report, RuleFinding
from plugin_check.show.printable import fitting

CLEAN = Report("https://todo.example.org", HOSTS)

BUSY = Report(
    "https://todo.example.org",
    HOSTS,
    (
        RuleFinding(
            "L03",
            {
                "plugin": Judgement(
                    Level.WARNING, "written, but 33 % of approved plugins did otherwise"
                )
            },
            "name_for_human has 31 characters; the later text allows 20.",
            "Write a shorter name.",
            Place("https://todo.example.org/.well-known/ai-plugin.json", "/name_for_human", 3, 21),
            ("GS", "TS"),
        ),
        RuleFinding(
            "S03",
            {
                "plugin": Judgement(Level.WARNING),
                "actions": Judgement(Level.ERROR, "it is a name."),
            },
            "The operation has no operationId, so a host has no name to call it by, and nothing to "
            "show to the person who is asked.",
            'Write "operationId": "getTodos".',
            Place("https://todo.example.org/openapi.yaml", "/paths/~1todos/get"),
            ("editor",),
        ),
        RuleFinding(
            "K12",
            {"mcp": Judgement(Level.NOTE)},
            "A tool has no outputSchema.",
            "Add one.",
            None,
            ("SK", "#183"),
        ),
    ),
    Facts(
        root_domain="todo.example.org",
        root_domain_reason="a guess",
        manifest="https://todo.example.org/.well-known/ai-plugin.json",
        contract="https://todo.example.org/openapi.yaml",
        base_url="https://api.todo.example.org",
        base_url_reason="the first entry of servers that belongs to the root domain",
        mcp_endpoint="https://todo.example.org/mcp",
    ),
    unseen=("https://todo.example.org/logo.png: no answer within 10 seconds",),
    coverage={"mcp": "cut short"},
    skipped=("getTodos: no value for the parameter username",),
)

FOLDER = Report(
    "plugins/todo",
    ("plugin", "actions"),
    (
        RuleFinding(
            "M02",
            {"plugin": Judgement(Level.ERROR)},
            "There is a comma after the last member.",
            "Take it away.",
            Place("ai-plugin.json", None, 12, 3),
            ("QS",),
        ),
        RuleFinding(
            "S02",
            {"plugin": Judgement(Level.WARNING), "actions": Judgement(Level.WARNING, "so 100%.")},
            "100% of it, is empty: no paths.",
            "Write one.",
            Place("openapi.yaml", "/paths"),
            (),
        ),
        RuleFinding(
            "D07", {"plugin": Judgement(Level.NOTE)}, "It redirects.", "Do not.", None, ("PR",)
        ),
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


def taken(level: Level) -> dict[Host, Judgement]:
    """That every host takes it alike."""
    return dict.fromkeys(HOSTS, Judgement(level))


def hostile(text: str) -> Report:
    """A report that has the text wherever a document's text could be."""
    place = Place(text, text)
    known = Place(f"{text}.json", text, 1, 2)
    return Report(
        text,
        HOSTS,
        tuple(
            RuleFinding("S01", taken(level), text, text, each, ("GS",))
            for level in Level
            for each in (place, known)
        ),
        Facts(*[text] * len(fields(Facts))),
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
