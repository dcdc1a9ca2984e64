"""PLUGIN_HOSTNAME: what is put in its place, and what that costs."""

import time
from pathlib import Path

import pytest

from plugin_server.documents import Documents
from plugin_server.settings import Settings

from .made_up import write_documents


def test_a_new_origin_is_cheaper_than_the_documents(tmp_path: Path) -> None:
    folder = write_documents(tmp_path, operations=20)
    started = time.process_time()
    documents = Documents(folder, Settings())
    documents.render("openapi.yaml", "https://first.example")
    anew = time.process_time() - started
    started = time.process_time()
    tags = {
        documents.render("openapi.yaml", f"https://{number}.example").etag for number in range(40)
    }
    assert time.process_time() - started < anew
    assert len(tags) == 40


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "ftp://x",
        "https://",
        "https://x/",
        "https://x/a/",
        "https://x/a//b",
        "https://x/../a",
        "https://x y",
        "https://x\n",
        "http://X",
    ]
    + [f"https://x{mark}" for mark in "\"'\\,#&*%@`{}?=é"]
    + [f"https://x/a{mark}" for mark in "\"'\\,#&*%@`{}?=é: "],
)
def test_what_is_no_origin_is_never_put_in(tmp_path: Path, text: str) -> None:
    documents = Documents(write_documents(tmp_path), Settings())
    with pytest.raises(ValueError, match="is no origin"):
        documents.render("openapi.yaml", text)
