"""What tools/list tells of the contract, whole."""

from typing import Any

NUMBER = {"type": "integer", "minimum": 0, "maximum": 9007199254740991}
USERNAME = {
    "type": "string",
    "minLength": 1,
    "maxLength": 100,
    "pattern": r"^[^/\u0000-\u001f\u007f-\u009f\ufffd]+$",
    "description": "The name of the user whose list it is.",
}
REVISION = {
    **NUMBER,
    "description": "The revision of the last answer. Left out, the call means the current list.",
}
NEW_REVISION = {
    "type": "integer",
    "minimum": 1,
    "description": "The new revision of the list. Send it with the next change.",
}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


def _hints(*, reads: bool, destroys: bool, repeats: bool) -> dict[str, bool]:
    return {
        "readOnlyHint": reads,
        "destructiveHint": destroys,
        "idempotentHint": repeats,
        "openWorldHint": False,
    }


TOOLS: list[dict[str, Any]] = [
    {
        "name": "getTodos",
        "title": "Get the list of todos",
        "description": "Get all todos of the list, oldest first, and the list's revision."
        " The first todo has the index 0.",
        "inputSchema": _object(["username"], username=USERNAME),
        "outputSchema": _object(
            ["todos", "revision"],
            todos={
                "type": "array",
                "description": "The todos, oldest first. The first has the index 0.",
                "items": {"type": "string"},
            },
            revision={
                "type": "integer",
                "minimum": 0,
                "description": "Counts the changes of the list. Send it with the next change.",
            },
        ),
        "annotations": _hints(reads=True, destroys=False, repeats=True),
    },
    {
        "name": "addTodo",
        "title": "Add a todo to the list",
        "description": "Add one todo to the end of the list. Send the revision of the last answer,"
        " so that repeating the call cannot add the todo twice.",
        "inputSchema": _object(
            ["username", "todo"],
            username=USERNAME,
            todo={
                "type": "string",
                "minLength": 1,
                "maxLength": 1000,
                "pattern": r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$",
                "description": "The text of the todo, at most 1000 characters.",
            },
            revision=REVISION,
        ),
        "outputSchema": _object(
            ["todo", "todo_idx", "revision"],
            todo={"type": "string", "description": "The todo that was added."},
            todo_idx={"type": "integer", "minimum": 0, "description": "Its index in the list."},
            revision=NEW_REVISION,
        ),
        "annotations": _hints(reads=False, destroys=False, repeats=False),
    },
    {
        "name": "deleteTodo",
        "title": "Delete a todo from the list",
        "description": "Delete the todo with the given index. Send the revision of the last answer,"
        " so that repeating the call cannot delete another todo. Both may go in the query instead"
        " of the body.",
        "inputSchema": _object(
            ["username", "todo_idx"],
            username=USERNAME,
            todo_idx={
                **NUMBER,
                "description": "The index of the todo in the list; the first is 0.",
            },
            revision=REVISION,
        ),
        "outputSchema": _object(
            ["todo", "revision"],
            todo={"type": "string", "description": "The todo that was deleted."},
            revision=NEW_REVISION,
        ),
        "annotations": _hints(reads=False, destroys=True, repeats=False),
    },
]
