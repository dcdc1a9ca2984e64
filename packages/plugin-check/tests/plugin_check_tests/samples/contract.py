"""Contracts that break one rule about themselves."""

from typing import Any

import yaml

from plugin_check import Level

from ..parts import ANSWER, Parts, sample


def body(parts: Parts) -> dict[str, Any]:
    """The schema of what addPlant takes."""
    media = parts.operation("post")["requestBody"]["content"]["application/json"]
    schema: dict[str, Any] = media["schema"]
    return schema


def limit(parts: Parts) -> dict[str, Any]:
    """The query parameter of getPlants."""
    parameter: dict[str, Any] = parts.operation("get")["parameters"][0]
    return parameter


@sample("S01")
def required_is_true_in_a_property(parts: Parts) -> None:
    body(parts)["properties"]["plant"]["required"] = True


@sample("S01")
def required_is_true_in_a_property_of_3_0(parts: Parts) -> None:
    parts.contract["openapi"] = "3.0.1"
    body(parts)["properties"]["plant"]["required"] = True


@sample("S01")
def type_is_unknown_to_3_2(parts: Parts) -> None:
    parts.contract["openapi"] = "3.2.0"
    limit(parts)["schema"]["type"] = "int"


@sample("S01")
def key_of_the_contract_is_there_twice(parts: Parts) -> None:
    parts.files["openapi.yaml"] = b"openapi: 3.0.0\n" + yaml.safe_dump(parts.contract).encode()


@sample("S01")
def contract_is_larger_than_is_read(parts: Parts) -> None:
    parts.files["openapi.yaml"] = b"# " + b"plants " * 200_000


@sample("S01", Level.ERROR)
def contract_is_no_yaml(parts: Parts) -> None:
    parts.files["openapi.yaml"] = b'openapi: "3.1.0\n'


@sample("S01", Level.ERROR)
def contract_is_a_list(parts: Parts) -> None:
    parts.files["openapi.yaml"] = b"- openapi\n"


@sample("S01", Level.ERROR)
def contract_is_swagger(parts: Parts) -> None:
    del parts.contract["openapi"]
    parts.contract["swagger"] = "2.0"


@sample("S01")
def version_is_missing(parts: Parts) -> None:
    del parts.contract["openapi"]


@sample("S01")
def version_is_a_number(parts: Parts) -> None:
    parts.contract["openapi"] = 3.1


@sample("S01")
def version_has_two_parts(parts: Parts) -> None:
    parts.contract["openapi"] = "3.1"


@sample("S01")
def version_is_of_the_future(parts: Parts) -> None:
    parts.contract["openapi"] = "3.9.0"


@sample("S01")
def reference_leads_nowhere(parts: Parts) -> None:
    parts.operation("get")["responses"]["404"] = {"$ref": "#/components/responses/Missing"}


@sample("S01")
def path_parameter_is_not_declared(parts: Parts) -> None:
    paths = parts.contract["paths"]
    paths["/{bed}/{plant_id}"] = paths.pop("/plants/{plant_id}")


@sample("S01")
def path_has_no_such_parameter(parts: Parts) -> None:
    paths = parts.contract["paths"]
    paths["/plant"] = paths.pop("/plants/{plant_id}")


@sample("S01")
def two_paths_are_one(parts: Parts) -> None:
    parameter = {**parts.operation("delete", "/plants/{plant_id}")["parameters"][0], "name": "id"}
    operation = {**parts.operation("get"), "operationId": "getPlant", "parameters": [parameter]}
    parts.contract["paths"]["/plants/{id}"] = {"get": operation}


@sample("S01")
def parameter_has_no_schema(parts: Parts) -> None:
    del limit(parts)["schema"]


@sample("S02", Level.WARNING)
def info_has_no_description(parts: Parts) -> None:
    del parts.contract["info"]["description"]


@sample("S02")
def info_has_no_title(parts: Parts) -> None:
    del parts.contract["info"]["title"]


@sample("S02")
def info_has_a_description_only(parts: Parts) -> None:
    parts.contract["info"] = {"description": "Keeps plants."}


@sample("S02")
def version_of_the_api_is_empty(parts: Parts) -> None:
    parts.contract["info"]["version"] = " "


@sample("S02")
def servers_are_missing(parts: Parts) -> None:
    del parts.contract["servers"]


@sample("S02")
def servers_are_empty(parts: Parts) -> None:
    parts.contract["servers"] = []


@sample("S02", Level.ERROR)
def paths_are_empty(parts: Parts) -> None:
    parts.contract["paths"] = {}


@sample("S02", Level.ERROR)
def paths_are_missing(parts: Parts) -> None:
    del parts.contract["paths"]


@sample("S03", Level.ERROR)
def operation_has_no_id(parts: Parts) -> None:
    del parts.operation("get")["operationId"]


@sample("S03", Level.ERROR)
def operation_id_is_used_twice(parts: Parts) -> None:
    parts.operation("get")["operationId"] = "addPlant"


@sample("S03")
def operation_id_has_a_space(parts: Parts) -> None:
    parts.operation("get")["operationId"] = "get plants"


@sample("S03")
def operation_id_is_long(parts: Parts) -> None:
    parts.operation("get")["operationId"] = "g" * 65


@sample("S04")
def path_parameter_is_optional(parts: Parts) -> None:
    parts.operation("delete", "/plants/{plant_id}")["parameters"][0]["required"] = False


@sample("S04")
def path_parameter_leaves_out_required(parts: Parts) -> None:
    del parts.operation("delete", "/plants/{plant_id}")["parameters"][0]["required"]


@sample("S04")
def path_parameter_of_3_0_leaves_out_required(parts: Parts) -> None:
    parts.contract["openapi"] = "3.0.3"
    del parts.operation("delete", "/plants/{plant_id}")["parameters"][0]["required"]


@sample("S04", Level.WARNING)
def operation_is_not_described(parts: Parts) -> None:
    del parts.operation("get")["summary"]


@sample("S04", Level.WARNING)
def parameter_is_not_described(parts: Parts) -> None:
    del limit(parts)["description"]


@sample("S05")
def object_lists_no_properties(parts: Parts) -> None:
    body(parts)["properties"]["place"] = {"type": "object", "description": "Where it stands."}


@sample("S05")
def any_keys_are_allowed_without_a_word_on_them(parts: Parts) -> None:
    place = {"type": ["object", "null"], "additionalProperties": True, "description": "Where."}
    body(parts)["properties"]["place"] = place


@sample("S05")
def answer_declares_no_content(parts: Parts) -> None:
    parts.operation("get")["responses"]["200"] = {"description": "The plants."}


@sample("S06")
def reference_leads_to_another_document(parts: Parts) -> None:
    parts.operation("get")["responses"]["404"] = {"$ref": "https://plants.test/answers.yaml#/404"}


@sample("S06")
def reference_leads_to_a_reference(parts: Parts) -> None:
    parts.contract["components"] = {
        "responses": {"Plants": {"$ref": "#/components/responses/All"}, "All": ANSWER}
    }
    parts.operation("get")["responses"]["200"] = {"$ref": "#/components/responses/Plants"}


@sample("S06")
def request_is_given_by_a_reference(parts: Parts) -> None:
    parts.contract["components"] = {"schemas": {"Plant": body(parts)}}
    media = parts.operation("post")["requestBody"]["content"]["application/json"]
    media["schema"] = {"$ref": "#/components/schemas/Plant"}


@sample("S06")
def parameter_is_given_by_a_reference(parts: Parts) -> None:
    parts.contract["components"] = {"parameters": {"Limit": limit(parts)}}
    parts.operation("get")["parameters"] = [{"$ref": "#/components/parameters/Limit"}]


@sample("S06")
def parameters_are_shared_by_a_path(parts: Parts) -> None:
    item = parts.contract["paths"]["/plants/{plant_id}"]
    item["parameters"] = item["delete"].pop("parameters")
