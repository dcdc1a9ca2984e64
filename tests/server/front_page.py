"""The page at /, read as a browser does without a script: what its cards say, and its forms."""

import re
from html import unescape
from typing import NamedTuple

import httpx

from tests.running import Server

FIELD = re.compile(r'<input type="hidden" name="form_token" value="(\w+)">')
CARD = re.compile(r"<article.*?</article>", re.DOTALL)


class Card(NamedTuple):
    """What a host's card has to copy, and what it says is missing."""

    copied: str
    needs: list[str]


def api(server: Server, name: str, *todos: str) -> list[str]:
    """The list, after another client has added these."""
    for todo in todos:
        added = httpx.post(f"{server.url}/todos/{name}", json={"todo": todo})
        assert added.status_code == 200
    listed: list[str] = httpx.get(f"{server.url}/todos/{name}").json()["todos"]
    return listed


def cards(page: str) -> dict[str, Card]:
    """The cards by host, in their order."""
    found = {}
    for card in CARD.findall(page):
        (host,) = re.findall(r"<h3[^>]*>(.*?)</h3>", card)
        (copied,) = re.findall(r"<code id=[^>]*>(.*?)</code>", card, re.DOTALL)
        needs = re.findall(r'<p class="need">(.*?)</p>', card)
        found[unescape(host)] = Card(unescape(copied), [unescape(each) for each in needs])
    return found


def copied(page: str, name: str) -> str:
    """The text that the button beside it copies."""
    (text,) = re.findall(rf'<code id="{re.escape(name)}">(.*?)</code>', page, re.DOTALL)
    return unescape(text)


async def send(
    client: httpx.AsyncClient, path: str, /, *, page: str = "/", **fields: object
) -> httpx.Response:
    """Get a page, and send a form of it as a browser does: with its token and its cookie."""
    return await post(client, path, None, form_token=await token(client, page), **fields)


async def token(client: httpx.AsyncClient, page: str = "/") -> str:
    """The token of the page's forms; the client keeps the cookie."""
    found = FIELD.findall((await client.get(page)).text)
    assert len(set(found)) == 1
    return str(found[0])


async def post(
    client: httpx.AsyncClient, path: str, headers: dict[str, str] | None, /, **fields: object
) -> httpx.Response:
    return await client.post(path, data=fields, headers=headers)


def shown(page: str) -> list[str]:
    """The todos on the page of a list."""
    items = re.findall(r"<li><span>(.*?)</span>", page, re.DOTALL)
    return [unescape(item) for item in items]


def message(page: str) -> str:
    """What the page says of the form that was sent."""
    (told,) = re.findall(r'<div id="message".*?>(.*?)</div>', page, re.DOTALL)
    return unescape(" ".join(re.findall(r"<p>(.*?)</p>", told)))
