"""The clients of tests/load.py, coming in at POST /mcp."""

import itertools
import json

from tests.load import Answer, Change, Load, Streams, _Client, read_answer

from .mcp_messages import ERAS, Message, tool_call

TOOLS = {"add": "addTodo", "delete": "deleteTodo"}


def change_call(change: Change, number: int = 1, **fields: object) -> Message:
    """The call that makes a change, in the one era or the other by its number."""
    arguments = {"username": change.username, **(fields or {"todo": change.todo})}
    return tool_call(TOOLS[change.verb], arguments, ERAS[number % 2], number)


def unwrapped(answer: Answer) -> Answer:
    """The answer of the operation that a tool call's answer holds; other answers as they are."""
    if answer.status != 200:
        return answer
    result = answer.body["result"]
    told = json.loads(result["content"][0]["text"])
    assert result["isError"] or result["structuredContent"] == told
    return Answer(told["status"] if result["isError"] else 200, told, answer.last)


class ToolLoad(Load):
    """Load whose clients call tools."""

    def client(self, port: int, name: str, number: int) -> _Client:
        return _Caller(self, port, name, number)


class _Caller(_Client):
    _numbers = itertools.count()

    async def _answered(self, streams: Streams, change: Change, **fields: object) -> Answer:
        reader, writer = streams
        number = next(self._numbers)
        writer.write(change_call(change, number, **fields).words())
        answer = await read_answer(reader)
        assert answer.status != 200 or answer.body["id"] == number
        return unwrapped(answer)
