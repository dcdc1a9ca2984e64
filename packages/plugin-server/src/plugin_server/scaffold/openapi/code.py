"""The models, views and store of a contract, whose operations are still to be written."""

from collections.abc import Iterator
from typing import Any

from ...contract import view_name
from ...mcp.tools import METHODS
from .annotations import Annotation, annotation, python
from .defaults import default_of
from .naming import class_name, field_name, function_name
from .parameters import IN_PATH

Schema = dict[str, Any]

LINE = 100
# What marks a field whose default is not meant by null.
NULL = "NULL_IS_A_VALUE"
OK, NO_CONTENT = 200, 204


class Operation:
    """One operation, by the names that its code has."""

    def __init__(self, path: str, method: str, written: Schema) -> None:
        self.name: str = written["operationId"]
        self.method = method
        self.path = path
        self.summary: str = written["summary"]
        self.function = function_name(self.name)
        self.parameters: list[Schema] = written.get("parameters", [])
        body = written.get("requestBody")
        self.body: Schema | None = body["content"]["application/json"]["schema"] if body else None
        self.status = int(next(each for each in written["responses"] if each.startswith("2")))
        members = self.body.get("properties", {}) if self.body else {}
        is_object = self.body is not None and self.body.get("type") == "object"
        self.members: Schema = members if is_object else {}

    @property
    def parameters_model(self) -> str | None:
        return class_name(self.name, "Parameters") if self.parameters else None

    @property
    def body_model(self) -> str | None:
        return class_name(self.name, "Body") if self.body is not None else None


def operations_of(contract: Schema) -> list[Operation]:
    """The operations, in the order of the contract."""
    return [
        Operation(path, method, written)
        for path, item in contract["paths"].items()
        for method, written in item.items()
        if method in METHODS
    ]


def models_code(operations: list[Operation]) -> str:
    """The classes of models.py."""
    return _joined([lines for each in operations for lines in _models(each)])


def _models(operation: Operation) -> Iterator[list[str]]:
    if operation.parameters_model:
        fields = {each["name"]: each["schema"] for each in operation.parameters}
        required = [each["name"] for each in operation.parameters if each["required"]]
        about = f"The parameters of {operation.name}."
        yield _class(operation.parameters_model, about, fields, required, is_text=True)
    if operation.body_model and operation.body is not None:
        fields = operation.members or {"body": operation.body}
        required = operation.body.get("required", []) if operation.members else ["body"]
        yield _class(operation.body_model, f"The body of {operation.name}.", fields, required)


def _written(schema: Schema) -> Schema:
    """The schema of a parameter, which is a text until it is read: what is no number is told so,
    before what number it must be.
    """
    is_number = schema.get("type") in ("integer", "number")
    return {name: each for name, each in schema.items() if name != "enum" or not is_number}


def _class(
    name: str, about: str, fields: Schema, required: list[str], *, is_text: bool = False
) -> list[str]:
    taken: list[str] = []
    lines = [f"class {name}(Model):", f'    """{about}"""', ""]
    for given, schema in fields.items():
        field = field_name(given, taken)
        taken.append(field)
        kind = annotation(_written(schema) if is_text else schema)
        default = None if given in required else default_of(schema)
        lines.append(_field(field, given, kind, given in required, default))
    return [*lines, ""]


def _field(name: str, given: str, kind: Annotation, is_required: bool, default: Any) -> str:
    text = kind.text if default is not None or is_required else kind.with_null
    if kind.is_nullable and default is not None:
        text = f"Annotated[{kind.with_null}, {NULL}]"
    elif kind.is_nullable:
        text = kind.with_null
    if name != given:
        text = f"Annotated[{text}, Field(alias={python(given)})]"
    return _fitting(f"    {name}: {text}" + ("" if is_required else f" = {python(default)}"))


def _joined(parts: list[list[str]]) -> str:
    """Each part's lines, two empty ones between them."""
    return "\n\n".join("\n".join(map(_fitting, lines)) for lines in parts)


def _fitting(line: str) -> str:
    return line if len(line) <= LINE else f"{line}  # noqa: E501"


def routes_code(operations: list[Operation]) -> str:
    """The views of routes.py."""
    return _joined([_view(each) for each in operations])


def _view(operation: Operation) -> list[str]:
    rule = IN_PATH.sub(r"<\1>", operation.path)
    endpoint = view_name(operation.name)
    told = f", endpoint={python(endpoint)}" if endpoint != operation.function else ""
    view = f"async def {operation.function}({'**_: str' if '<' in rule else ''}) -> Response:"
    route = f"@api.{operation.method}({python(rule)}{told})"
    lines = [route, view, "    name = await owner()"]
    arguments = ["name"]
    if operation.parameters_model:
        lines.append(f"    asked = await parameters(models.{operation.parameters_model})")
        arguments.append("asked")
    if operation.body_model:
        reader = "json_body" if operation.members else "whole_body"
        lines.append(f"    body = await {reader}(models.{operation.body_model})")
        arguments.append("body")
    way = "read" if operation.method == "get" else "write"
    call = f"database().{way}(store.{operation.function}, {', '.join(arguments)})"
    if operation.status == NO_CONTENT:
        return [*lines, f"    await {call}", "    return no_content()", ""]
    told = "" if operation.status == OK else f", {operation.status}"
    return [*lines, f"    return answer(await {call}{told})", ""]


def store_code(operations: list[Operation]) -> str:
    """The functions of store.py."""
    return _joined([_function(each) for each in operations])


def _function(operation: Operation) -> list[str]:
    parameters = ["connection: Connection", "owner: str"]
    if operation.parameters_model:
        parameters.append(f"asked: models.{operation.parameters_model}")
    if operation.body_model:
        parameters.append(f"body: models.{operation.body_model}")
    line = f"def {operation.function}({', '.join(parameters)}) -> Answer:"
    head = [line]
    if len(line) > LINE:
        body = [f"    {each}," for each in parameters]
        head = [f"def {operation.function}(", *body, ") -> Answer:"]
    said = python(f"{operation.name} is still to be written.")
    return [*head, f"    raise NotWritten({said})", ""]
