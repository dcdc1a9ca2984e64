"""Contracts and manifests whose texts or calls break one rule."""

from typing import Any

from plugin_check import Level

from ..parts import Parts, sample

DELETE = "/plants/{plant_id}"


@sample("S07")
def answer_is_a_sentence(parts: Parts) -> None:
    content = parts.operation("get")["responses"]["200"]["content"]
    content["text/plain; charset=utf-8"] = content.pop("application/json")


@sample("S07")
def operations_are_many(parts: Parts) -> None:
    for number in range(30):
        operation = {**parts.operation("get"), "operationId": f"getPlants{number}"}
        parts.contract["paths"][f"/beds/{number}"] = {"get": operation}


@sample("S08")
def description_sets_a_trigger(parts: Parts) -> None:
    parts.manifest["description_for_model"] += " Use it whenever the user  mentions a plant."


@sample("S08")
def description_urges_use_unasked(parts: Parts) -> None:
    parts.manifest["description_for_model"] += " Offer it even if the user doesn\u2019t ask."


@sample("S08")
def operation_steers_the_wording(parts: Parts) -> None:
    parts.operation("get")["description"] = "Gets the plants. Be friendly about them."


@sample("S08", Level.NOTE)
def description_opens_otherwise(parts: Parts) -> None:
    parts.manifest["description_for_model"] = "Keeps a list of plants."


@sample("L06")
def operation_is_told_at_length_for_the_installer(parts: Parts) -> None:
    parts.operation("get")["description"] = "a" * 201


@sample("L07")
def parameter_is_told_at_length_for_the_installer(parts: Parts) -> None:
    parts.operation("get")["parameters"][0]["description"] = "a" * 201


@sample("L08")
def operation_is_told_at_length_for_actions(parts: Parts) -> None:
    parts.operation("get")["summary"] = "a" * 301


@sample("L09")
def parameter_is_told_at_length_for_actions(parts: Parts) -> None:
    parts.operation("get")["parameters"][0]["description"] = "a" * 701


def delete_body(parts: Parts) -> dict[str, Any]:
    """Give deletePlant a body that must be sent, and return the operation."""
    operation = parts.operation("delete", DELETE)
    operation["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["reason"],
                    "properties": {"reason": {"type": "string"}},
                }
            }
        },
    }
    return operation


@sample("S09")
def delete_needs_a_body(parts: Parts) -> None:
    delete_body(parts)


@sample("S09")
def delete_needs_a_body_besides_the_query(parts: Parts) -> None:
    query = {"name": "why", "in": "query", "description": "Why.", "schema": {"type": "string"}}
    delete_body(parts)["parameters"].append(query)


@sample("S10")
def delete_is_said_to_have_no_consequences(parts: Parts) -> None:
    parts.operation("delete", DELETE)["x-openai-isConsequential"] = False


@sample("S10")
def sending_is_said_to_have_no_consequences(parts: Parts) -> None:
    parts.operation("post")["operationId"] = "sendPlant"
    parts.operation("post")["x-openai-isConsequential"] = False


@sample("T08")
def write_tells_no_repeated_call(parts: Parts) -> None:
    schema = parts.operation("post")["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["plant_idx"] = schema["properties"].pop("revision")
    schema["required"] = ["plant"]
