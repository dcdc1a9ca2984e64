"""Documents are read with the place of every value, and of every mistake."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as some

from plugin_check.plugin import SourceDocument
from plugin_check.reading import read_document, read_json, read_yaml

from .parts import TODO

json_values = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
)


def where(document: SourceDocument) -> tuple[int | None, int | None]:
    assert document.unreadable is not None, document.value
    return document.unreadable.line, document.unreadable.column


def why(document: SourceDocument) -> str:
    assert document.unreadable is not None, document.value
    assert document.unreadable.repair
    return document.unreadable.message


@settings(max_examples=50)
@given(json_values)
def test_any_json_value_is_read_back(value: Any) -> None:
    for written in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=2)):
        document = read_json("a.json", written.encode())
        assert document.unreadable is None
        assert document.value == value


@settings(max_examples=50)
@given(json_values)
def test_every_value_has_a_position(value: Any) -> None:
    document = read_json("a.json", json.dumps(value).encode())
    assert len(list(document.positions)) == len(document.positions)
    for pointer in document.positions:
        assert document.positions[pointer][0] == 1


@given(some.binary() | some.text(alphabet="{}[]\",:'\\-&*!|>?#%@ \n\t01ab<=~.").map(str.encode))
@example(b"\xff\xfe{\0}\0")
@example(b"{" * 5000)
@example(b'{"a"')
@example(b'"\\')
@example(b"a: !!int ''")
def test_nothing_whatsoever_raises(content: bytes) -> None:
    for read in (read_json, read_yaml, read_document):
        document = read("https://[/a.json", content)
        assert document.unreadable is None or document.unreadable.message


@given(some.text(alphabet='{}[]",:\\- \nab01.e'))
def test_json_is_what_pythons_own_reader_calls_json(text: str) -> None:
    try:
        expected: Any = json.loads(text)
    except ValueError:
        expected = None
    assert read_json("a.json", text.encode()).value == expected


def test_the_documents_of_a_plugin_are_read_as_the_libraries_read_them() -> None:
    contract = (TODO / "openapi.yaml").read_bytes()
    manifest = (TODO / "ai-plugin.json").read_bytes()
    assert read_document("openapi.yaml", contract).value == yaml.safe_load(contract)
    assert read_document("ai-plugin.json", manifest).value == json.loads(manifest)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ('{\n  "a": 1,\n}', 2, 9, "There is a trailing comma: a comma before `}`."),
        ('{"a": [1, 2,\n]}', 1, 12, "There is a trailing comma: a comma before `]`."),
        ('{\n  "a": 1\n  "b": 2\n}', 2, 9, "There is no comma between two values."),
        ('{"a" 1}', 1, 5, "There is no colon after a key."),
        ('{"a": }', 1, 7, "There is no value after the colon."),
        ("[1,,2]", 1, 4, "There is a comma that follows no value."),
        ("{'a': 1}", 1, 2, "There is text in single quotes; JSON strings are in double quotes."),
        ("{a: 1}", 1, 2, 'The key "a" has no quotes.'),
        ('{"a": 1} // yes', 1, 10, "There is a comment; JSON has none."),
        ("# yes\n{}", 1, 1, "There is a comment; JSON has none."),
        ('{"a": True}', 1, 7, 'There is "True", which is no value in JSON.'),
        ("[NaN]", 1, 2, 'There is "NaN", which is no value in JSON.'),
        ("[-Infinity]", 1, 2, 'There is "-Infinity", which is no value in JSON.'),
        ("[01]", 1, 2, '"01" is not how JSON writes a number.'),
        ('{"a": "b\n}', 1, 7, "A string is not closed on its line."),
        ('{"a": "b', 1, 7, "A string is not closed: the document ends inside of it."),
        ('["say "hi""]', 1, 7, "A string is closed before its text ends."),
        ('["\\d"]', 1, 3, "A string holds a backslash that begins no escape of JSON."),
        ('["\t"]', 1, 3, "A string holds the control character U+0009."),
        ('["\\ud800"]', 1, 2, "A string holds half of a surrogate pair, which is no character."),
        ('{"a": [1', 1, 9, "It ends before the list that begins on line 1 is closed."),
        ("[1}", 1, 3, "There is `}` where a list should go on or be closed."),
        ("{} {}", 1, 4, 'There is "{" after the end of the document.'),
        (
            "\ufeff{}",
            1,
            1,
            "It begins with a byte order mark (BOM), which JSON does not allow.",
        ),
        ("", 1, 1, "It is empty."),
        (
            "\n<!DOCTYPE html>",
            1,
            1,
            "It is a web page (HTML or XML), not a JSON or YAML document.",
        ),
    ],
)
def test_a_mistake_in_json_is_named_and_placed(
    text: str, line: int, column: int, message: str
) -> None:
    document = read_json("a.json", text.encode())
    assert (where(document), why(document)) == ((line, column), message)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a:\n\tb: 1", 2, 1, "A line is indented with a tab; YAML takes spaces only."),
        ("a: b: c", 1, 5, "There is a colon where no key can end."),
        ("a: 'b\nc: 1", 1, 4, "Text in quotes is not closed."),
        ("a: 1\nb\n", 2, 1, "There is a line without a colon among the keys of an object."),
        ("a: @b", 1, 4, 'Text cannot begin with "@" in YAML.'),
        ("a: [1\nb: 2", 2, 2, "`]` or a comma is missing: what `[` opens is not closed."),
        ("a: *b", 1, 4, 'The alias "*b" names no anchor before it.'),
        ("on: 1", 1, 1, 'The key "on" is read as true; keys are text.'),
        ("? [a]\n: 1", 1, 3, "The key is an object or a list; keys are text."),
        ("a: 1\n---\nb: 2", 2, 1, "A second document begins here; only one is read."),
        ("a: !!binary aGk=", 1, 4, 'The tag "!!binary" names a type that JSON does not have.'),
        ("a: !mine 1", 1, 4, 'The tag "!mine" names a type that JSON does not have.'),
        ("a: \a", 1, 4, "There is the control character U+0007."),
        ("# nothing", 1, 1, "It holds nothing but comments."),
    ],
)
def test_a_mistake_in_yaml_is_named_and_placed(
    text: str, line: int, column: int, message: str
) -> None:
    document = read_yaml("a.yaml", text.encode())
    assert (where(document), why(document)) == ((line, column), message)


@pytest.mark.parametrize(
    ("read", "text", "value", "repeated"),
    [
        (read_json, '{"a": 1,\n "a": 2}', {"a": 2}, ("a", 2, 2, 1)),
        (read_yaml, "a: 1\na: 2", {"a": 2}, ("a", 2, 1, 1)),
        (read_yaml, "200: a\n'200': b", {"200": "b"}, ("200", 2, 1, 1)),
        (read_document, "{a: 1, a: {b: 2}}", {"a": {"b": 2}}, ("a", 1, 8, 1)),
    ],
)
def test_of_a_key_that_is_there_twice_the_last_value_counts(
    read: Any, text: str, value: Any, repeated: tuple[str, int, int, int]
) -> None:
    document = read("a", text.encode())
    assert (document.unreadable, document.value) == (None, value)
    assert document.repeated == (repeated,)


def test_of_keys_that_are_there_again_and_again_ten_are_told() -> None:
    document = read_yaml("a.yaml", b"a: 1\n" * 50)
    assert [each.line for each in document.repeated] == list(range(2, 12))


@pytest.mark.parametrize("read", [read_json, read_yaml])
def test_only_utf_8_is_read(read: Any) -> None:
    latin = read("a", '{"a": 1,\n "é": 2}'.encode("latin-1"))
    assert (where(latin), why(latin)) == ((2, 3), "Byte 12 (0xE9) is not UTF-8.")
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        wide = read("a", '{"a": 1}'.encode(encoding))
        assert why(wide) == "It is written in UTF-16; only UTF-8 is read."


def test_yaml_words_mean_what_they_mean_to_the_safe_loader() -> None:
    text = b"[yes, off, ~, 0x10, 0o17, 017, 1_000, 1.5, 1e3, 1:30, '1', ! 2, !!str 3, !!float 4]"
    assert read_yaml("a.yaml", text).value == yaml.safe_load(text)


def test_dates_and_whole_numbered_keys_are_text() -> None:
    document = read_yaml("a.yaml", b"200: 2024-01-01\n2024-01-01: 2024-01-01 10:00:00\n")
    assert document.value == {"200": "2024-01-01", "2024-01-01": "2024-01-01 10:00:00"}


def test_aliases_and_merge_keys_stand_for_what_they_name() -> None:
    text = (
        b"a: &a {x: 1, y: 2}\n"
        b"b: &b {y: 3, z: 4}\n"
        b"c:\n  <<: [*a, *b]\n  x: 5\n"
        b"d: [*a, *b]\n"
        b'e: {"<<": 6}\n'
    )
    assert read_yaml("a.yaml", text).value == yaml.safe_load(text)


def test_a_key_is_placed_where_it_starts_and_an_item_where_its_value_starts() -> None:
    expected = {"": (1, 1), "/a": (2, 3), "/a/0": (3, 5), "/a/1": (4, 5), "/b~1c~0": (6, 3)}
    text = b'{\n  "a": [\n    1,\n    {}\n  ],\n  "b/c~": null\n}\n'
    assert dict(read_json("a.json", text).positions) == expected
    assert dict(read_yaml("a.yaml", text).positions) == expected
    assert read_json("a.json", text).place("/a/7").line == 2


def test_an_aliased_value_is_placed_where_it_is_used_and_its_members_where_they_are() -> None:
    document = read_yaml("a.yaml", b"a: &a\n  x: 1\nb: *a\nc:\n  <<: *a\n")
    assert dict(document.positions) == {
        "": (1, 1),
        "/a": (1, 1),
        "/a/x": (2, 3),
        "/b": (3, 1),
        "/b/x": (2, 3),
        "/c": (4, 1),
        "/c/x": (2, 3),
    }


def test_a_document_is_read_as_json_where_it_looks_like_it_and_as_yaml_else() -> None:
    assert read_document("openapi.yaml", b"a: 1").value == {"a": 1}
    assert read_document("openapi.yaml", b'\n {"a": "\\/"}').value == {"a": "/"}
    assert read_document("https://a.test/openapi.JSON?b#c", b"a: 1").value == {"a": 1}
    assert read_document("openapi", b"{a: 1,}").value == {"a": 1}
    assert read_json("openapi", b"{a: 1,}").value is None


def test_a_document_that_is_neither_is_told_what_breaks_it_as_json() -> None:
    assert why(read_document("a.json", b"Not found")).startswith('There is "Not"')
    assert why(read_document("a", b"{'a': 1")).startswith("There is text in single quotes")
