"""A plugin that exists: the quickstart of 2023 that everybody copied."""

from pathlib import Path

from plugin_check import check

QUICKSTART = Path(__file__).parent / "quickstart"

TODOS = "/paths/~1todos~1{username}"
REQUEST = "requestBody/content/application~1json/schema"
DEFECTS = [
    ("error", "S01", "/components/schemas/addTodoRequest/properties/todo/required"),
    ("error", "S01", "/components/schemas/deleteTodoRequest/properties/todo_idx/required"),
    ("warning", "G03", f"{TODOS}/post"),
    ("warning", "G03", f"{TODOS}/delete"),
    ("warning", "S05", f"{TODOS}/post/responses/200"),
    ("warning", "S05", f"{TODOS}/delete/responses/200"),
    ("warning", "M08", "/logo_url"),
    ("warning", "S06", f"{TODOS}/post/{REQUEST}"),
    ("warning", "S06", f"{TODOS}/delete/{REQUEST}"),
    ("warning", "S09", f"{TODOS}/delete/requestBody"),
    ("warning", "T08", f"{TODOS}/post"),
    ("warning", "T08", f"{TODOS}/delete"),
    ("note", "T13", ""),
]


def test_the_quickstart_that_the_store_took_is_accepted_by_the_installer() -> None:
    report = check(QUICKSTART)
    assert {host: verdict.sentence for host, verdict in report.verdicts.items()} == {
        "plugin": "would accept it, 10 warnings",
        "actions": "would refuse it: 2 errors, 7 warnings",
        "mcp": "nothing here for this host",
    }


def test_the_quickstart_has_exactly_the_defects_that_are_known() -> None:
    report = check(QUICKSTART)
    found = [
        (finding.level.value, finding.rule, (finding.place and finding.place.pointer) or "")
        for finding in report.findings
    ]
    assert sorted(found) == sorted(DEFECTS)
