"""Contracts that GPT Actions refuse."""

import json

from ..parts import Parts, sample

BEARER = {"type": "http", "scheme": "bearer"}
BASIC = {"type": "http", "scheme": "basic"}


def schemes(parts: Parts) -> None:
    parts.contract["components"] = {"securitySchemes": {"bearer": BEARER, "basic": BASIC}}


@sample("G01")
def operations_sign_in_in_two_ways(parts: Parts) -> None:
    schemes(parts)
    parts.contract["security"] = [{"bearer": []}]
    parts.operation("get")["security"] = [{"basic": []}]


@sample("G01")
def operation_offers_a_choice(parts: Parts) -> None:
    schemes(parts)
    parts.operation("get")["security"] = [{"bearer": []}, {"basic": []}]


@sample("G01")
def operation_wants_two_at_once(parts: Parts) -> None:
    schemes(parts)
    parts.operation("get")["security"] = [{"bearer": [], "basic": []}]


@sample("G03")
def write_does_not_say_whether_it_has_consequences(parts: Parts) -> None:
    del parts.operation("post")["x-openai-isConsequential"]


@sample("G03")
def delete_does_not_say_that_it_has_consequences(parts: Parts) -> None:
    del parts.operation("delete", "/plants/{plant_id}")["x-openai-isConsequential"]


@sample("G04")
def parameter_is_a_header(parts: Parts) -> None:
    parts.operation("get")["parameters"][0].update({"name": "X-Limit", "in": "header"})


@sample("G05")
def answer_is_an_image(parts: Parts) -> None:
    content = parts.operation("get")["responses"]["200"]["content"]
    content["image/png"] = {}


@sample("G05")
def request_holds_a_binary_value(parts: Parts) -> None:
    schema = parts.operation("post")["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["plant"]["format"] = "binary"


@sample("G05")
def files_are_taken_by_a_get(parts: Parts) -> None:
    parts.operation("get")["parameters"][0]["name"] = "openaiFileIdRefs"


@sample("G05")
def files_taken_are_no_list(parts: Parts) -> None:
    schema = parts.operation("post")["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["openaiFileIdRefs"] = {"type": "string"}


@sample("G05")
def files_answered_are_no_list(parts: Parts) -> None:
    schema = parts.operation("get")["responses"]["200"]["content"]["application/json"]["schema"]
    schema["properties"]["openaiFileResponse"] = {"type": "string"}


@sample("G07")
def server_over_http(parts: Parts) -> None:
    parts.contract["servers"] = [{"url": "http://todo.plants.test"}]


@sample("G07")
def server_that_is_a_path(parts: Parts) -> None:
    parts.contract["servers"] = [{"url": "/api"}]


@sample("G07")
def server_to_replace(parts: Parts) -> None:
    parts.contract["servers"] = [{"url": "REPLACE-WITH-DEPLOYED-API-URL"}]


@sample("G07")
def server_with_a_gap(parts: Parts) -> None:
    parts.contract["servers"] = [{"url": "https://{tenant}.plants.test"}]


@sample("G07")
def server_on_this_machine(parts: Parts) -> None:
    parts.contract["servers"] = [{"url": "https://localhost:5000"}]


@sample("G07")
def server_in_a_private_network(parts: Parts) -> None:
    parts.contract["servers"] = [{"url": "https://10.0.0.7"}]


@sample("G07")
def server_on_another_port(parts: Parts) -> None:
    parts.contract["servers"] = [{"url": "https://todo.plants.test:8443"}]


@sample("G08")
def contract_that_is_long_when_it_is_indented(parts: Parts) -> None:
    example = [[[[[[0]]]]]] * 4_000
    parts.operation("get")["responses"]["200"]["content"]["application/json"]["example"] = example
    parts.files["openapi.yaml"] = json.dumps(parts.contract).encode()
