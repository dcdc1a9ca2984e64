"""What a tool shows of a list, in a plugin of another kind, and at the edge of what fits."""

from typing import Any

import httpx
import pytest
from quart import Quart

from plugin_server import page

FITS = 20_000


async def called(client: httpx.AsyncClient, name: str, **arguments: Any) -> dict[str, Any]:
    """What a tool call came to."""
    params = {"name": name, "arguments": arguments}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    answer = await client.post("/mcp", json=message)
    found: dict[str, Any] = answer.json()["result"]["structuredContent"]
    return found


async def test_a_list_with_a_cursor_of_its_own_goes_on_where_it_was_cut(
    notes: httpx.AsyncClient,
) -> None:
    for _ in range(30):
        await notes.post("/notes", json={"text": "x" * 1000})
    assert len((await notes.get("/notes?limit=100")).json()["notes"]) == 30
    seen: list[int] = []
    while part := (await called(notes, "listNotes", after=len(seen), limit=100))["notes"]:
        seen += [note["number"] for note in part]
    assert seen == list(range(1, 31))


@pytest.mark.parametrize(
    ("items", "limit", "offset", "shown", "next_offset"),
    [
        ([], None, None, 0, None),
        ([], 5, 5, 0, None),
        # Two quotation marks and a comma are a part of each.
        (["x" * (FITS - 3)], None, None, 1, None),
        (["x" * (FITS - 3), "x"], None, None, 1, 1),
        (["x" * (FITS // 2 - 3)] * 3, None, None, 2, 2),
        (["x" * (FITS // 2 - 2)] * 3, None, None, 1, 1),
        # Nobody could ever go on if the first did not fit.
        (["x" * 2 * FITS, "x"], None, None, 1, 1),
        (["x" * 2 * FITS, "x"], 5, 1, 1, None),
        ([{"a": [1, None]}] * 3, 2, 0, 2, 2),
    ],
)
async def test_a_page_is_as_much_as_fits_and_one_item_in_any_case(
    items: list[Any], limit: int | None, offset: int | None, shown: int, next_offset: int | None
) -> None:
    app = Quart(__name__)
    async with app.test_request_context("/", scope_base={"is_inner": True}):
        found = page(items, limit, offset)
    start = min(offset or 0, len(items))
    assert found == (items[start : start + shown], len(items), next_offset)
    assert found.is_whole == (shown == len(items))
    more = {} if next_offset is None else {"next_offset": next_offset}
    assert found.counts == {"total": len(items), **more}
