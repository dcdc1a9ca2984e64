"""What an MCP endpoint is asked besides its tools, and what is said of the answers."""

from collections.abc import Callable

import pytest

from plugin_check import Report, check
from plugin_check.show.text import render

from .answering import Behaviour, Reply, Request
from .parts import ORIGIN, Parts
from .remote import remote
from .samples.live import becomes, says

ENDPOINT = f"{ORIGIN}/mcp"
METADATA = "/.well-known/oauth-protected-resource"
PAGE = says(b"<!DOCTYPE html><title>Plants</title>", "text/html")
CHALLENGE = f'Bearer resource_metadata="{ORIGIN}/somewhere"'
SIGN_IN = becomes(401, www_authenticate=CHALLENGE)

# By path, of what is posted and of what is got.
Replies = dict[tuple[str, str], Callable[[Reply], None]]


def checked(replies: Replies) -> tuple[Report, list[tuple[str, str]]]:
    """The report for MCP alone, and method and path of what was asked."""

    def spoil(request: Request, reply: Reply) -> None:
        change = replies.get((request.method, request.path))
        if change:
            change(reply)

    behaviour = Behaviour(spoil=spoil)
    with remote(Parts(), behaviour) as network:
        report = check(ORIGIN, hosts=["mcp"], network=network)
    return report, [(each.method, each.path) for each in behaviour.requests]


def test_the_other_ending_and_the_metadata_are_asked_for() -> None:
    report, asked = checked({})
    assert (report.findings, report.verdicts["mcp"].sentence) == ((), "would accept it")
    assert asked[:2] == [("GET", "/.well-known/openai-apps-challenge"), ("POST", "/mcp")]
    assert sorted(asked[2:]) == [
        ("GET", "/.well-known/oauth-authorization-server"),
        ("GET", METADATA),
        ("GET", f"{METADATA}/mcp"),
        ("POST", "/mcp/"),
    ]


def test_where_there_is_no_endpoint_nothing_more_is_asked_and_nothing_is_accepted() -> None:
    report, asked = checked({("POST", "/mcp"): becomes(404)})
    assert asked == [("GET", "/.well-known/openai-apps-challenge"), ("POST", "/mcp")]
    assert render(report, colour=False) == (
        f"""\
checked       {ORIGIN}

note K14 (mcp)  {ENDPOINT}
  No MCP endpoint answers here.
  instead: Say where it is, if there is one. Without one there is nothing to submit but skills.
  sources: SE

sources
  SE  https://developers.openai.com/plugins/deploy/submission-errors.md

OpenAI plugins over MCP  nothing here for this host
"""
    )
    assert report.exit_code == 2


def test_a_host_name_that_the_server_does_not_allow_is_the_cause_and_not_the_tools() -> None:
    refused = becomes(421, body=b"Invalid Host header", content_type="text/plain")
    report, _ = checked({("POST", "/mcp"): refused, ("POST", "/mcp/"): refused})
    assert render(report, colour=False) == (
        f"""\
checked       {ORIGIN}

error K23 (mcp)  {ENDPOINT}
  initialize was answered with status 421: the server does not allow the host name
  "todo.plants.test".
  instead: Add it to the server's list of allowed hosts, with and without the port; in the Python
    SDK that is TransportSecuritySettings(allowed_hosts=[…]).
  sources: python-sdk 1798

sources
  python-sdk 1798  https://github.com/modelcontextprotocol/python-sdk/issues/1798

OpenAI plugins over MCP  would refuse it: 1 error
"""
    )


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        (
            {("POST", "/mcp"): becomes(307, location="/mcp/")},
            [("warning", f'POST "{ENDPOINT}" is redirected to "{ENDPOINT}/".')],
        ),
        (
            {("POST", "/mcp"): becomes(301, location="/mcp/")},
            [("error", f'POST "{ENDPOINT}" is redirected to "{ENDPOINT}/".')],
        ),
        (
            {("POST", "/mcp/"): becomes(307, location="/mcp")},
            [("warning", f'POST "{ENDPOINT}/" is redirected to "{ENDPOINT}".')],
        ),
        (
            {("POST", "/mcp/"): becomes(404)},
            [("warning", f'No MCP endpoint answers at "{ENDPOINT}/".')],
        ),
        ({("POST", "/mcp/"): SIGN_IN}, []),
    ],
)
def test_the_endpoint_has_to_answer_under_both_endings(
    replies: Replies, expected: list[tuple[str, str]]
) -> None:
    report, _ = checked(replies)
    assert [(each.level.value, each.message) for each in report.findings] == expected
    assert {each.rule for each in report.findings} <= {"K22"}


def test_the_other_ending_of_an_endpoint_with_a_slash_is_asked_too() -> None:
    behaviour = Behaviour()
    with remote(Parts(), behaviour) as network:
        check(ORIGIN, hosts=["mcp"], mcp=f"{ENDPOINT}/", network=network)
    assert [each.path for each in behaviour.requests if each.method == "POST"] == ["/mcp/", "/mcp"]


@pytest.mark.parametrize("path", [METADATA, f"{METADATA}/mcp"])
@pytest.mark.parametrize("answer", [PAGE, says(b"[]"), says(b"null")])
def test_metadata_that_is_no_json_object_is_a_warning_where_nobody_signs_in(
    path: str, answer: Callable[[Reply], None]
) -> None:
    report, _ = checked({("GET", path): answer})
    (finding,) = report.findings
    assert (finding.rule, finding.level.value) == ("K24", "warning")
    assert finding.message.endswith(", not a JSON object.")


def test_metadata_that_is_json_or_missing_is_no_mistake() -> None:
    report, _ = checked({("GET", METADATA): says(b'{"resource": "https://todo.plants.test/mcp"}')})
    assert report.findings == ()


def test_who_has_to_sign_in_and_finds_no_metadata_cannot() -> None:
    report, _ = checked(
        {("POST", "/mcp"): SIGN_IN, ("POST", "/mcp/"): SIGN_IN, ("GET", METADATA): PAGE}
    )
    assert render(report, colour=False).split("\n\n")[1:] == [
        f"""\
error K24 (mcp)  {ORIGIN}{METADATA}
  The answer is "text/html", not a JSON object.
  mcp: error: clients cannot sign in, and the endpoint asks for that
  instead: Answer the metadata as application/json, or 404 where there is none.
  sources: RFC 9728, RFC 8414, outline""",
        f"""\
error K24 (mcp)  {ORIGIN}/somewhere
  WWW-Authenticate names this metadata, which cannot be had: status 404.
  mcp: error: clients cannot sign in, and the endpoint asks for that
  instead: Serve it there, or name the address where it is.
  sources: RFC 9728, RFC 8414, outline""",
        f"""\
note K14 (mcp)  {ENDPOINT}
  The tools cannot be listed without a token.
  instead: Give a token to see them.
  sources: SE""",
        """\
sources
  RFC 9728  https://www.rfc-editor.org/rfc/rfc9728#section-3
  RFC 8414  https://www.rfc-editor.org/rfc/rfc8414#section-3
  outline   https://github.com/outline/outline/issues/11572
  SE        https://developers.openai.com/plugins/deploy/submission-errors.md""",
        "OpenAI plugins over MCP  would refuse it: 2 errors\n",
    ]


def test_an_endpoint_whose_tools_were_not_seen_is_accepted_as_far_as_it_was_looked_at() -> None:
    sign_in = becomes(401, www_authenticate="Bearer")
    report, _ = checked({("POST", "/mcp"): sign_in, ("POST", "/mcp/"): sign_in})
    assert report.verdicts["mcp"].sentence == "would accept what was looked at"
    assert report.exit_code == 0
