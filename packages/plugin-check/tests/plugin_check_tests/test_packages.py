"""Reading a package from a folder, whatever is in it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin_check.listing import contrast, unprintable
from plugin_check.packages import PackageFiles, read_package, read_submission
from plugin_check.pictures import measure
from plugin_check.plugin import PluginSnapshot, SourceDocument
from plugin_check.rules import (
    appearance,
    endpoint,
    listing,
    package,
    package_files,
    patterns,
    submission,
    tools,
)

from .parts import Parts, png
from .samples.package import INTERFACE, NATIVE, NATIVE_SERVERS, PORTABLE, PORTABLE_SERVERS, jpeg
from .samples.package import packaged as with_package

RULES = (
    *(package.name, package.version, package.agreement, package_files.shapes),
    *(listing.names, listing.descriptions, listing.category, listing.capabilities),
    *(listing.prompts, listing.addresses, listing.characters),
    *(appearance.colours, appearance.screenshots),
    *(submission.review, submission.demonstration),
    *(tools.hints, tools.output_schema, tools.sensitive, tools.tool_names, endpoint.endpoint),
    patterns.patterns_of_tools,
)


def messages(plugin: PluginSnapshot) -> Iterator[str]:
    for rule in RULES:
        for violation in rule(plugin):
            yield violation.message


def with_logo(folder: Path, path: object) -> tuple[set[str], list[str]]:
    """The pictures that are read, and what is said, when the package's only picture is `path`."""
    interface = {key: INTERFACE[key] for key in INTERFACE if not isinstance(INTERFACE[key], list)}
    del interface["composerIcon"]
    manifest = {
        "name": "plants",
        "version": "1.0.0",
        "interface": {**interface, "logo": path},
    }
    (folder / ".codex-plugin").mkdir(exist_ok=True)
    (folder / NATIVE).write_text(json.dumps(manifest))
    found = read_package(folder)
    plugin = PluginSnapshot("", package=found.documents, images=found.images)
    return set(found.images), list(messages(plugin))


def test_both_forms_and_their_pictures_are_read(tmp_path: Path) -> None:
    parts = with_package(Parts())
    found = read_package(parts.write(tmp_path))
    assert {name: each.value for name, each in found.documents.items()} == parts.package
    assert found.images == {f"./{name}": content for name, content in parts.files.items()}


def test_a_folder_without_a_package_has_none(tmp_path: Path) -> None:
    Parts().write(tmp_path)
    assert read_package(tmp_path) == PackageFiles({}, {})
    assert read_submission(tmp_path) is None


def test_files_of_other_tools_are_no_package(tmp_path: Path) -> None:
    (tmp_path / PORTABLE).write_text('{"id": "panel", "type": "panel", "info": {}}')
    (tmp_path / PORTABLE_SERVERS).write_text('{"mcpServers": {}}')
    (tmp_path / NATIVE_SERVERS).write_text('{"mcpServers": {"a": {"command": "a"}}}')
    found = read_package(tmp_path)
    assert (found.documents, found.images) == ({}, {})
    assert [document.name for document in found.passed_over] == [PORTABLE]


@pytest.mark.parametrize(
    "path", ["logo.png", "../logo.png", "./../logo.png", "./a/../../logo.png", "/etc/passwd", ".",
             "./a\\b", "./a\0b", "./C:/logo.png", "", 5, [], {"a": "b"}]
)  # fmt: skip
def test_a_path_that_leaves_the_folder_is_not_read(path: object, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    for place in (folder, tmp_path):
        (place / "logo.png").write_bytes(png())
    read, (message, *_) = with_logo(folder, path)
    assert read == set()
    assert message.endswith(" is not a path in the package.")
    assert message.isprintable()


def test_what_is_not_a_file_itself_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    (folder / "inside").mkdir(parents=True)
    (tmp_path / "logo.png").write_bytes(png())
    (folder / "inside" / "logo.png").write_bytes(png())
    (folder / "link.png").symlink_to(tmp_path / "logo.png")
    (folder / "near.png").symlink_to("inside/logo.png")
    (folder / "out").symlink_to(tmp_path)
    (folder / "loop.png").symlink_to("loop.png")
    os.mkfifo(folder / "pipe.png")
    paths = ["./link.png", "./near.png", "./out/logo.png", "./loop.png", "./pipe.png", "./inside",
             "./missing.png", f"./{'a' * 5_000}"]  # fmt: skip
    for path in paths:
        read, (message,) = with_logo(folder, path)
        assert read == set()
        assert message.endswith(" is not a file in the package.")
    assert with_logo(folder, "./inside/logo.png") == ({"./inside/logo.png"}, [])


def test_a_package_that_is_a_symbolic_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text('{"$schema": "agent-plugins"}')
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / PORTABLE).symlink_to(tmp_path / "secret")
    assert read_package(tmp_path / "package") == PackageFiles({}, {})


def test_a_folder_reached_by_a_symbolic_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with_package(Parts()).write(tmp_path / "real")
    assert read_package(tmp_path / "link") == read_package(tmp_path / "real")


def test_twenty_pictures_are_read_and_a_mebibyte_of_each(tmp_path: Path) -> None:
    shots = [f"./{number}.png" for number in range(30)]
    for shot in shots:
        with (tmp_path / shot).open("wb") as file:
            file.write(png(706, 400))
            file.truncate(50_000_000)
    (tmp_path / ".codex-plugin").mkdir()
    manifest = {"interface": {"screenshots": shots}}
    (tmp_path / NATIVE).write_text(json.dumps(manifest))
    images = read_package(tmp_path).images
    assert list(images) == shots[:20]
    assert {len(content) for content in images.values()} == {1_048_576}
    assert {measure(content) for content in images.values()} == {("PNG", 706, 400)}


def test_an_unreadable_file_says_where_it_breaks(tmp_path: Path) -> None:
    (tmp_path / PORTABLE).write_bytes(b'{\n  "name": "plants",\n}\n')
    found = read_package(tmp_path).documents
    (violation,) = package.name(PluginSnapshot("", package=found))
    assert violation.place
    assert (violation.place.document, violation.place.line) == (PORTABLE, 2)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (png(1, 2), ("PNG", 1, 2)),
        (jpeg(3, 4), ("JPEG", 3, 4)),
        (png()[:20], None),
        (jpeg(3, 4)[:10], None),
        (b"\xff\xd8\xff" + b"\xff" * 1_000_000, None),
        (b"\xff\xd8" + b"\xff\xfe\x00\x00" * 250_000, None),
        (b"\xff\xd8\xff\xd9", None),
        (b"GIF89a", None),
        (b"", None),
    ],
)
def test_pictures_are_measured_by_their_beginning(
    content: bytes, expected: tuple[str, int, int] | None
) -> None:
    assert measure(content) == expected


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


def test_what_cannot_be_seen_is_named_by_its_code() -> None:
    assert unprintable("Plants:\n- fern 🌿 é") is None
    assert [unprintable(f"a{each}b") for each in "\r\t\x1b\u2028\u2029\u200d\u202e\ufeff"] == [
        *("U+000D", "U+0009", "U+001B", "U+2028", "U+2029", "U+200D", "U+202E", "U+FEFF")
    ]


KEYS = st.sampled_from(
    ["interface", "extensions", "com.openai", "mcpServers", "screenshots", "defaultPrompt", "logo",
     "brandColor", "category", "name", "url", "review", "test_cases", "positive", "publication",
     "tools", "annotations", "justifications", "app_info", "inputSchema", "properties", "items",
     "nextCursor", "negative_test_cases", "tools_triggered", "capabilities", "auth"]
)  # fmt: skip
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS | st.text(), inner),
    max_leaves=30,
)


@settings(max_examples=80, deadline=None)
@given(manifest=JUNK, native=JUNK, servers=JUNK, submitted=JUNK, listed=JUNK)
def test_documents_of_any_shape_are_judged(
    manifest: Any, native: Any, servers: Any, submitted: Any, listed: Any
) -> None:
    package_files = {
        PORTABLE: SourceDocument(PORTABLE, {"extensions": {"com.openai": manifest}}),
        PORTABLE_SERVERS: SourceDocument(PORTABLE_SERVERS, {"mcpServers": servers}),
        NATIVE: SourceDocument(NATIVE, native),
        NATIVE_SERVERS: SourceDocument(NATIVE_SERVERS, servers),
    }
    plugin = PluginSnapshot(
        "",
        manifest=SourceDocument("ai-plugin.json", native),
        package=package_files,
        submission=SourceDocument("chatgpt-app-submission.json", submitted),
        tools=SourceDocument("https://todo.plants.test/mcp", {"tools": listed}),
    )
    for message in messages(plugin):
        assert len(message) < 500
        assert message.isprintable()
