"""openapi-spec-validator: both forms of the contract are valid, and are the same document."""

import json

import httpx
import yaml
from common import arguments, require
from openapi_spec_validator import OpenAPIV31SpecValidator


def main() -> None:
    base_url, _ = arguments()
    contracts = []
    for name, load in (("openapi.json", json.loads), ("openapi.yaml", yaml.safe_load)):
        contract = load(httpx.get(f"{base_url}/{name}").raise_for_status().text)
        errors = [error.message for error in OpenAPIV31SpecValidator(contract).iter_errors()]
        require(not errors, f"/{name} is not valid OpenAPI 3.1: {errors}")
        contracts.append(contract)
    require(contracts[0] == contracts[1], "/openapi.json and /openapi.yaml differ.")


if __name__ == "__main__":
    main()
