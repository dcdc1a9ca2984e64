"""No document, however hostile, costs more than a moment and a few megabytes to read."""

import json
import subprocess
import sys
import time
from itertools import pairwise
from typing import Any

import pytest

from plugin_check.reading import BYTES, read_document, read_json, read_yaml

from .parts import TODO

REPEATED = [
    *("[", "{a: ", "- ", "? ", "&a ", "!", "!a ", "*a ", "[\n", "{", "- &a ", "? - ", "a\n", '"'),
    *("'", "#", "|\n", ":", ", ", "- a\n", "\n", "\t", "[],", "[1,", '{"a":', '{"a":[', "1", "1:0"),
    *(">\n ", '"\\u0041', "\\", "{},", "%A\n", "--- ", "_", "\U0001f600", "/*", "'a' ", "? a\n"),
]

# Reads the content on stdin; prints the seconds of processor time and the MiB that it took more.
MEASURE = """
import json, resource, sys
from plugin_check import reading
content = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF)
document = getattr(reading, sys.argv[1])("a", content)
sum(len(pointer) for pointer in document.positions)
after = resource.getrusage(resource.RUSAGE_SELF)
unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
print(json.dumps([
    after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    (after.ru_maxrss - before.ru_maxrss) / unit,
    document.unreadable.message if document.unreadable else None,
]))
"""


def anchored(body: str, count: int) -> bytes:
    """Anchors a0, a1, …, each made from the one before it."""
    names = [f"a{number}" for number in range(count)]
    return "\n".join(
        ["a0: &a0 {x: 1}"]
        + [f"{name}: &{name} {body.replace('*', '*' + last)}" for last, name in pairwise(names)]
    ).encode()


BOMBS: dict[str, tuple[str, bytes, str | None]] = {
    "aliases": ("read_yaml", anchored("[*,*,*,*,*,*,*,*]", 60), "more than 100,000 values"),
    "merges": ("read_yaml", anchored("{<<: [*, *]}", 400), None),
    "merges of much": (
        "read_yaml",
        ("a: &a {" + ",".join(f"x{n}: 1" for n in range(20_000)) + "}\n").encode()
        + b"b: {<<: ["
        + b",".join([b"*a"] * 900)
        + b"]}",
        "more than 100,000 values",
    ),
    "a tower of aliases": ("read_yaml", anchored("[*]", 400), "more than 100 levels"),
    "a cycle": ("read_yaml", b"&a [*a]", "has no end"),
    "many aliases": (
        "read_yaml",
        b"- &a 1\n" + b"- *a\n" * 1_001,
        "more than 1,000 aliases",
    ),
    "tag directives": (
        "read_yaml",
        "".join(f"%TAG !{n}! b\n" for n in range(70_000)).encode() + b"--- a",
        "more than 20 %TAG directives",
    ),
    "deep json": ("read_json", b"[" * 100_000 + b"]" * 100_000, "more than 100 levels"),
    "many objects": ("read_json", b"[" + b'{"a":{}},' * 49_000 + b"1]", None),
    "many objects in yaml": ("read_yaml", b"[" + b'{"a":{}},' * 49_000 + b"1]", None),
    "many keys": (
        "read_json",
        json.dumps({str(number): number for number in range(60_000)}).encode(),
        None,
    ),
    "a long key over much": (
        "read_json",
        b'{"' + b"a" * 500_000 + b'":[' + b"1," * 90_000 + b"1]}",
        "keys are too long",
    ),
    "a long number": ("read_json", b"1" * BYTES, "more than 4,300 digits"),
    "a long number in yaml": ("read_yaml", b"a: 1" + b":00" * 300_000, "more than 4,300 digits"),
    "a huge hexadecimal number": ("read_yaml", b"a: 0x" + b"f" * 4_000, "more than 4,300 digits"),
    "a long string": ("read_json", ('["' + "\U0001f600" * 262_000 + '"]').encode(), None),
}


def measured(read: str, content: bytes) -> tuple[float, float, str | None]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, read],
        input=content,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    seconds, megabytes, message = json.loads(done.stdout)
    return seconds, megabytes, message


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell what a process took")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_small(name: str) -> None:
    read, content, expected = BOMBS[name]
    assert len(content) <= BYTES
    seconds, megabytes, message = measured(read, content)
    assert seconds < 2
    assert megabytes < 60
    assert (message is None) if expected is None else (message and expected in message)


@pytest.mark.parametrize("unit", REPEATED)
def test_a_megabyte_of_one_sign_is_read_in_a_moment(unit: str) -> None:
    content = (unit * BYTES).encode()[:BYTES] if len(unit) == 1 else unit.encode() * 99_999
    for read in (read_json, read_yaml, read_document):
        began = time.process_time()
        read("a", content[: BYTES - BYTES % len(unit.encode())])
        # Measured with the tracing of branch coverage, which takes several times as long.
        assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("read", "deepest", "too_deep"),
    [
        (read_json, b"[" * 100 + b"]" * 100, b"[" * 101 + b"]" * 101),
        (read_json, b'{"a":' * 100 + b"1" + b"}" * 100, b'{"a":' * 101 + b"1" + b"}" * 101),
        (read_yaml, b"- " * 100 + b"1", b"- " * 101 + b"1"),
        (
            read_yaml,
            b"a: &a " + b"[" * 98 + b"]" * 98 + b"\nb: [*a]",
            b"a: &a " + b"[" * 99 + b"]" * 99 + b"\nb: [*a]",
        ),
        (
            read_yaml,
            b"a: &a {b: " + b"[" * 98 + b"]" * 98 + b"}\nc: {<<: *a}",
            b"a: &a {b: " + b"[" * 98 + b"]" * 98 + b"}\nc: {d: {<<: *a}}",
        ),
    ],
)
def test_a_hundred_levels_are_read_and_no_more(read: Any, deepest: bytes, too_deep: bytes) -> None:
    assert read("a", deepest).unreadable is None
    unreadable = read("a", too_deep).unreadable
    assert unreadable is not None
    assert unreadable.message == "It is nested more than 100 levels deep."


@pytest.mark.parametrize("read", [read_json, read_yaml])
def test_a_hundred_thousand_values_are_read_and_no_more(read: Any) -> None:
    assert read("a", b"[" + b"1," * 99_998 + b"1]").unreadable is None
    assert read("a", b"[" + b"1," * 99_999 + b"1]").unreadable is not None


def test_a_mebibyte_is_read_and_no_more() -> None:
    text = b'"' + b"a" * (BYTES - 2) + b'"'
    assert read_json("a", text).value == "a" * (BYTES - 2)
    unreadable = read_json("a", text + b" ").unreadable
    assert unreadable is not None
    assert unreadable.message == "It has 1,048,577 bytes; more than 1,048,576 are not read."
    assert unreadable.line is None
    assert unreadable.by_limit


def test_of_a_document_that_is_cut_off_the_whole_size_is_told() -> None:
    unreadable = read_json("a", b" " * (BYTES + 1), size=5_000_000).unreadable
    assert unreadable is not None
    assert unreadable.message == "It has 5,000,000 bytes; more than 1,048,576 are not read."


def test_messages_show_little_of_the_document_and_nothing_that_a_terminal_obeys() -> None:
    for content in (
        b'{"\x1b[31m' + b"a" * 5_000,
        b"{" + b"a" * 5_000 + b": 1",
        b"a: !" + b"a" * 5_000 + b" b",
        b"a: *" + b"b" * 5_000,
        b"- \x1b[31m",
    ):
        for read in (read_json, read_yaml, read_document):
            unreadable = read("a", content).unreadable
            assert unreadable is not None
            assert unreadable.message.isprintable()
            assert len(unreadable.message) < 200


def test_the_contract_of_a_plugin_is_read_at_once() -> None:
    contract = (TODO / "openapi.yaml").read_bytes()
    began = time.process_time()
    for _ in range(10):
        read_yaml("openapi.yaml", contract)
    assert (time.process_time() - began) / 10 < 0.025
