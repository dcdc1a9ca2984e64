"""The parameters of a request: one with a value, decoded strictly."""

import pytest

from plugin_server.auth.oauth.fields import JSON, Fields, Malformed, body_fields, form_fields
from plugin_server.http.forms import FORM


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        (b"", {}),
        (b"&&", {}),
        (b"a=1&b=2", {"a": "1", "b": "2"}),
        (b"a=1+2%2B3%20", {"a": "1 2+3 "}),
        (b"a=%C3%A4%f0%9f%98%80", {"a": "\u00e4\U0001f600"}),
        (b"a==b=&c", {"a": "=b="}),
        (b"a=&b&=c", {"": "c"}),
        (b"%61=1", {"a": "1"}),
        (b"a=%26%3d%25", {"a": "&=%"}),
        (b"a;b=1", {"a;b": "1"}),
    ],
)
def test_a_form_is_decoded(raw: bytes, values: dict[str, str]) -> None:
    assert form_fields(raw) == Fields(values)
    assert body_fields(raw, FORM) == Fields(values)


@pytest.mark.parametrize(
    ("raw", "values", "repeated"),
    [
        (b"a=1&a=2", {"a": "1"}, {"a"}),
        (b"a=1&%61=1&b=2", {"a": "1", "b": "2"}, {"a"}),
        (b"a=&a=1", {}, {"a"}),
        (b"a&a", {}, {"a"}),
    ],
)
def test_of_what_is_repeated_the_first_stands(
    raw: bytes, values: dict[str, str], repeated: set[str]
) -> None:
    assert form_fields(raw) == Fields(values, frozenset(repeated))


def test_a_hundred_parameters_are_decoded_and_no_more() -> None:
    assert len(form_fields(b"&".join(b"a%d=1" % number for number in range(100))).values) == 100
    with pytest.raises(Malformed, match="more than 100"):
        form_fields(b"&".join(b"a%d=1" % number for number in range(101)))


def test_an_object_of_texts_is_decoded() -> None:
    body = b'{"a": "1", "b": "", "c": "\\u00e4"}'
    assert body_fields(body, JSON) == Fields({"a": "1", "c": "\u00e4"})
