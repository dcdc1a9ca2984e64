"""The documents that a package is made from: what they must say, and how they are read."""

from pathlib import Path
from typing import Any

import pytest

from .packages import ENDPOINT, ORIGIN, Change, fork, run


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda manifest, _: manifest.update(name_for_model="Ä"),
            "ai-plugin.json: name_for_model must have a letter a-z or a digit",
        ),
        (
            lambda manifest, _: manifest.pop("legal_info_url"),
            "ai-plugin.json: legal_info_url must be a text, because the package needs it",
        ),
        (
            lambda _, contract: contract.update(info="Todos"),
            "openapi.yaml: info.version must be a text, because the package needs it",
        ),
        (
            lambda _, contract: contract["info"].pop("contact"),
            "openapi.yaml: info.contact.name must be a text, because the package needs it",
        ),
        (
            lambda _, contract: contract["info"].update({"x-listing": ["Travel"]}),
            "openapi.yaml: info.x-listing must be an object",
        ),
    ],
)
def test_documents_that_say_too_little_are_named_and_nothing_is_written(
    tmp_path: Path, change: Change, sentence: str
) -> None:
    result = run(str(tmp_path / "out"), "--url", ORIGIN, folder=fork(tmp_path / "fork", change))
    assert (result.exit_code, result.output) == (2, f"plugin-check: {sentence}\n")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("ai-plugin.json", None, "ai-plugin.json is missing"),
        ("openapi.yaml", None, "openapi.yaml is missing"),
        ("logo.png", None, "logo.png is missing"),
        (
            "ai-plugin.json",
            '{\n  "schema_version": "v1",\n}',
            "ai-plugin.json:2:25: There is a trailing comma: a comma before `}`.",
        ),
        ("openapi.yaml", "- info", "openapi.yaml: must hold an object"),
    ],
)
def test_documents_that_cannot_be_read_are_named_and_nothing_is_written(
    tmp_path: Path, name: str, content: str | None, sentence: str
) -> None:
    folder = fork(tmp_path / "fork", lambda *_: None)
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_text(content)
    result = run(str(tmp_path / "out"), "--url", ORIGIN, folder=folder)
    assert (result.exit_code, result.output) == (2, f"plugin-check: {sentence}\n")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = run(str(tmp_path / "out"), "--url", ORIGIN, folder=Path("/no/such/folder"))
    assert (result.exit_code, result.output) == (
        2,
        "plugin-check: /no/such/folder cannot be read: No such file or directory\n",
    )


def test_a_name_that_would_steer_the_terminal_is_shown_as_escapes(tmp_path: Path) -> None:
    def change(_: dict[str, Any], contract: dict[str, Any]) -> None:
        contract["info"].update(version="1\x1b[2J")
        contract["info"]["x-listing"]["\x9b"] = ""

    result = run(str(tmp_path / "out"), "--url", ORIGIN, folder=fork(tmp_path / "fork", change))
    assert result.stdout.startswith(f"{tmp_path}/out: todo 1\\x1b[2J for {ENDPOINT}\n")
    assert not {"\x1b", "\x9b"} & set(result.output)
