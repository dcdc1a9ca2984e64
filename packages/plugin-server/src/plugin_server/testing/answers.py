"""Holds the answers of a plugin to its contract."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from ..contract_operations import Operations


def comparing(contract: Mapping[str, Any]) -> Callable[[httpx.Response], Awaitable[None]]:
    """A hook for responses. Raises AssertionError for a success that the contract does not have;
    failures are the library's.
    """
    operations = Operations(dict(contract))

    async def compare(answer: httpx.Response) -> None:
        request = answer.request
        path = request.url.raw_path.partition(b"?")[0].decode()
        operation = operations.find(request.method, path)
        if operation is None or not answer.is_success:
            return
        await answer.aread()
        text = None if request.method == "HEAD" else answer.text
        content_type = answer.headers.get("Content-Type", "")
        verdict = operation.verdict(answer.status_code, content_type, text)
        told = f"{request.method} {operation.path}: the contract has no such answer ({verdict})"
        assert verdict == "matches", f"{told}: {answer.status_code} {answer.text}"

    return compare
