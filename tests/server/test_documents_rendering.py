"""PLUGIN_HOSTNAME: put into any text of a document, an origin changes nothing but that text."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from plugin_server.documents import Documents, Name
from plugin_server.http.origin import Origins
from plugin_server.settings import Settings

HOSTNAME = "PLUGIN_HOSTNAME"
# What YAML or JSON could take for a mark of its own, what makes a scalar quoted, and where a long
# line is folded.
PIECES = [*":#-?[]{},&*!|>'\"%@`~\\\n\t \x00\x85\u2028\ufeff🍏", HOSTNAME, HOSTNAME, "://", ": "]
PIECES += [" #", "- ", "a" * 60, "word " * 20, "/todos", "null", "1", "=", "<<", "\r\n", "..."]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
)
LABELS = st.from_regex(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", fullmatch=True)
NAMES = st.lists(LABELS, min_size=1, max_size=9).map(".".join).filter(lambda name: len(name) < 250)
ADDRESSES = st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(lambda each: f"[{each}]")
HOSTS = st.builds(
    lambda name, port: (f"{name}:{port}" if port else name).encode(),
    st.just("localhost") | st.just("[::1]") | st.just("a." * 120 + "example") | ADDRESSES | NAMES,
    st.none() | st.integers(1, 65535),
)


def put_in(value: Any, origin: str) -> Any:
    """The value with the origin in its texts; names stay as they are."""
    if isinstance(value, dict):
        return {name: put_in(each, origin) for name, each in value.items()}
    if isinstance(value, list):
        return [put_in(each, origin) for each in value]
    return value.replace(HOSTNAME, origin) if isinstance(value, str) else value


@given(value=VALUES, host=HOSTS, scheme=st.sampled_from(["http", "https"]))
def test_a_document_is_the_same_but_for_the_origin_in_its_texts(
    tmp_path_factory: pytest.TempPathFactory, value: Any, host: bytes, scheme: str
) -> None:
    folder = tmp_path_factory.mktemp("documents")
    manifest = {
        "name_for_human": HOSTNAME,
        "contact_email": "",
        "auth": {"type": "none"},
        "x": value,
    }
    contract = {
        "info": {},
        "paths": {},
        "servers": [{"url": HOSTNAME}],
        HOSTNAME: value,
        "nested": [[value]],
    }
    (folder / "ai-plugin.json").write_text(json.dumps(manifest))
    (folder / "openapi.yaml").write_text(yaml.safe_dump(contract), "utf-8")
    documents = Documents(folder, Settings())
    origin = Origins(None, 0, 0).of({b"host": [host]}, scheme=scheme)
    assert origin is not None

    def rendered(name: Name) -> Any:
        content = documents.render(name, origin).content
        return yaml.safe_load(content) if name == "openapi.yaml" else json.loads(content)

    assert rendered("openapi.yaml") == put_in(contract, origin)
    assert rendered("openapi.json") == put_in(contract, origin)
    assert rendered("ai-plugin.json") == put_in(manifest, origin)
