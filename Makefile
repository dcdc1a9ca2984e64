PYTHON ?= python3
BIN := .venv/bin

# Where it is set, each server that a test starts would compile all that it imports anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test coverage check bench soak image clients clean help

run: .venv/run  ## serve on localhost:5002
	$(BIN)/python -m app

test: .venv/test  ## the whole test suite
	$(BIN)/python -m pytest

coverage: .venv/test  ## the same with branch coverage, which takes longer
	$(BIN)/python -m pytest --cov --cov-report=term

check: .venv/test  ## format, lint, types, the contract, what hosts would say, the deployment's schemas
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	for example in examples/*/; do (cd "$$example" && ../../$(BIN)/mypy) || exit; done
	$(BIN)/openapi-spec-validator openapi.yaml
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	$(BIN)/plugin-check .
	sh scripts/check_caddyfile.sh

bench: .venv/test  ## speed, memory and start, by the original design, FastAPI and the MCP SDK
	$(BIN)/python -m benchmarks

soak: .venv/test  ## the long forms: kills, faults, races, random requests, forks, the container image
	$(BIN)/python -m pytest -n 0 -p no:cacheprovider -rs -s --long tests/soak tests/faults \
		tests/test_contract.py tests/test_fork.py tests/server/test_oauth_replicas.py

image:  ## build the container image
	bash scripts/image.sh

clients: .venv/run  ## today's real clients against a running server
	bash scripts/clients.sh

clean:  ## remove what the other targets installed
	rm -rf .venv .tools .clients .debian

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 9

.venv/run: pyproject.toml packages/*/pyproject.toml uv.lock scripts/install.sh
	PYTHON=$(PYTHON) sh scripts/install.sh oauth uvicorn
	touch $@

.venv/test: pyproject.toml packages/*/pyproject.toml uv.lock scripts/install.sh
	PYTHON=$(PYTHON) sh scripts/install.sh oauth postgres redis uvicorn test
	touch $@ .venv/run
