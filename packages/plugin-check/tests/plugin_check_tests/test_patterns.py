"""Patterns that an engine refuses are named with it; the engines themselves are asked."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable

import jsonschema_rs
import pytest

from plugin_check.patterns import (
    BRACKET,
    ECMASCRIPT,
    PYTHON,
    RE2,
    REFUSED_BY,
    RUST,
    refused,
)

# Each construct, written in one of its ways.
CONSTRUCTS = {
    "a(?=b)": ["a lookaround"],
    "a(?!b)": ["a lookaround"],
    "(?<=a)b": ["a lookaround"],
    "(?<!a)b": ["a lookaround"],
    r"(a)\1": ["a backreference"],
    r"^[^\u0000-\u001f]+$": ["a character by four digits"],
    r"^\p{L}+$": ["a class of Unicode"],
    r"[\P{N}]": ["a class of Unicode"],
    r"[^\0]": ["a character by octal digits"],
    r"^https\:": ["an escape of another language"],
    r"a\-b": ["an escape of another language"],
    r"\Aa": ["an escape of another language"],
    "(?i)a": ["a group of another language"],
    "(?P<name>a)": ["a group of another language"],
    "(?<name>a)": ["a named group"],
    "a{1001}": ["a repetition of more than 1,000 times"],
    "a{1,2000}": ["a repetition of more than 1,000 times"],
}

# What every engine takes.
SOUND = [
    "^[a-z0-9]+(-[a-z0-9]+)*$",
    r"^[^/\x00-\x1f\x7f]+$",
    r"^[\w.+-]+@[\w-]+\.[\w.-]+$",
    r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2})?",
    r"[a\-z\]\[]",
    r"\\u0041 and \\p",
    "^.{1,1000}$",
    r"\/a\|b\{c\}",
    "",
]


def compiles(compile_: Callable[[str], object], pattern: str) -> bool:
    try:
        compile_(pattern)
    except Exception:  # noqa: BLE001 - each engine has an error of its own
        return False
    return True


def rust(pattern: str) -> object:
    options = jsonschema_rs.RegexOptions()
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=options)


def re2(pattern: str) -> object:
    engine = pytest.importorskip("re2", reason="google-re2 is not installed")
    options = engine.Options()
    options.log_errors = False
    return engine.compile(pattern, options)


def ecmascript(pattern: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    program = f"new RegExp({json.dumps(pattern)}, 'u')"
    subprocess.run([node, "-e", program], check=True, capture_output=True, timeout=60)


ENGINES: dict[str, Callable[[str], object]] = {
    RE2: re2,
    RUST: rust,
    ECMASCRIPT: ecmascript,
    PYTHON: re.compile,
}


@pytest.mark.parametrize(("pattern", "names"), CONSTRUCTS.items())
def test_a_construct_is_named(pattern: str, names: list[str]) -> None:
    assert [construct.name for construct in refused(pattern)] == names


@pytest.mark.parametrize(
    ("pattern", "engine"),
    [
        (pattern, engine)
        for pattern, names in CONSTRUCTS.items()
        for name in names
        for engine in REFUSED_BY[name]
    ],
)
def test_the_engine_that_is_named_refuses_it(pattern: str, engine: str) -> None:
    assert not compiles(ENGINES[engine], pattern)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("pattern", SOUND)
def test_a_pattern_in_which_nothing_is_found_is_taken_by_every_engine(
    pattern: str, engine: str
) -> None:
    assert refused(pattern) == []
    assert compiles(ENGINES[engine], pattern)


def test_every_construct_but_one_is_tried_with_the_engines() -> None:
    """jsonschema_rs rewrites an unescaped bracket before its engine sees it."""
    assert {name for names in CONSTRUCTS.values() for name in names} == {*REFUSED_BY} - {BRACKET}
    assert [construct.name for construct in refused("[[a]")] == [BRACKET]


def test_each_construct_is_told_once_and_in_order() -> None:
    assert [(each.name, each.written) for each in refused(r"(?=a)\u0000\u0001(?!b)(c)\1")] == [
        ("a lookaround", "(?="),
        ("a character by four digits", r"\u"),
        ("a backreference", r"\1"),
    ]


def test_a_pattern_of_any_length_is_looked_at_in_a_moment() -> None:
    for unit in ("(", "[", "\\", "{1,", "(?", "[^"):
        assert len(refused(unit * 1_000_000)) <= len(REFUSED_BY)
