"""A plugin's documents: what is wrong with them is said when the server starts."""

import json
from pathlib import Path

import pytest
import yaml

from plugin_server.documents import Documents, InvalidDocument, read_logo
from plugin_server.settings import Settings

from .made_up import MANIFEST, write_documents


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path) -> Path:
    """A folder with documents, to break."""
    return write_documents(tmp_path)


def test_documents_without_a_mistake_are_read(folder: Path) -> None:
    assert Documents(folder, Settings()).manifest == MANIFEST
    assert read_logo(folder).content_type == "image/png"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            "ai-plugin.json",
            '{\n  "schema_version": "v1",\n}',
            r"^ai-plugin\.json:\d+:\d+: \w",
        ),
        ("ai-plugin.json", "[]", r"^ai-plugin\.json: must hold an object$"),
        (
            "ai-plugin.json",
            '{"name_for_human": "X"}',
            r"^ai-plugin\.json: contact_email is missing$",
        ),
        (
            "openapi.yaml",
            "openapi: 3.1.0\ninfo: [\n",
            r"^openapi\.yaml:3:1: \w",
        ),
        ("openapi.yaml", "a: \x01", r"^openapi\.yaml: has a character that YAML does not allow$"),
        ("openapi.yaml", "", r"^openapi\.yaml: must hold an object$"),
        ("openapi.yaml", "info: {version: 2026-13-01}", r"^openapi\.yaml: cannot be read: \w"),
        (
            "openapi.yaml",
            "a: " + "[" * 500 + "]" * 500,
            r"^openapi\.yaml: is nested more than 100 levels deep$",
        ),
        ("ai-plugin.json", "[" * 100_000, r"^ai-plugin\.json: cannot be read: \w"),
        ("openapi.yaml", "openapi: 3.1.0", r"^openapi\.yaml: info must hold an object$"),
        ("openapi.yaml", "info: Todos", r"^openapi\.yaml: info must hold an object$"),
        ("openapi.yaml", "info: {}\ncomponents: []", r"^openapi\.yaml: components must hold"),
        (
            "openapi.yaml",
            "info: {version: 2026-11-21}",
            r"^openapi\.yaml: cannot be written as JSON",
        ),
        (
            "openapi.yaml",
            "info: &a {self: *a}",
            r"^openapi\.yaml: is nested more than 100 levels deep$",
        ),
        ("openapi.yaml", "info: {x-limit: .inf}", r"^openapi\.yaml: cannot be written as JSON"),
        ("ai-plugin.json", '{"x": NaN}', r"^ai-plugin\.json: cannot be written as JSON: \w"),
    ],
)
def test_a_broken_document_is_named_with_line_and_column(
    folder: Path, name: str, text: str, sentence: str
) -> None:
    (folder / name).write_text(text)
    # The parsers' releases word the rest, and place a trailing comma, in their own ways.
    with pytest.raises(InvalidDocument, match=sentence):
        Documents(folder, Settings())


def test_the_deepest_contract_that_is_read_can_be_rendered(folder: Path) -> None:
    (folder / "openapi.yaml").write_text("info: {}\nx-deep: " + "[" * 99 + "]" * 99)
    documents = Documents(folder, Settings())
    content = documents.render("openapi.json", "http://localhost").content
    assert json.loads(content) == yaml.safe_load(
        documents.render("openapi.yaml", "http://localhost").content
    )


def test_what_is_for_this_server_alone_is_not_served(folder: Path) -> None:
    contract = yaml.safe_load((folder / "openapi.yaml").read_text())
    operation = contract["paths"]["/things0/{id}"]["get"]
    expected = json.loads(json.dumps(contract).replace("PLUGIN_HOSTNAME", "http://localhost"))
    operation["x-mcp-description"] = "For models."
    operation["parameters"][0]["x-mcp-description"] = "For models too."
    (folder / "openapi.yaml").write_text(yaml.safe_dump(contract))
    documents = Documents(folder, Settings())
    assert json.loads(documents.render("openapi.json", "http://localhost").content) == expected


@pytest.mark.parametrize("name", ["ai-plugin.json", "openapi.yaml"])
def test_a_missing_document_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InvalidDocument, match=f"^{name}: cannot be read: No such file"):
        Documents(folder, Settings())


def test_a_document_that_is_not_utf_8_is_named(folder: Path) -> None:
    (folder / "openapi.yaml").write_bytes(b"title: \xff")
    with pytest.raises(InvalidDocument, match=r"^openapi\.yaml: is not UTF-8"):
        Documents(folder, Settings())


def test_a_missing_logo_is_named(folder: Path) -> None:
    (folder / "logo.png").unlink()
    with pytest.raises(InvalidDocument, match=r"^logo\.png: cannot be read: No such file"):
        read_logo(folder)
