"""Fixtures: a fresh database of each kind, and the front door over it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from .redis_server import RedisServer, RedisUnavailable, running_redis

pytest_plugins = ["plugin_server.testing.fixtures"]

for name in list(os.environ):
    if name.startswith("PLUGIN_") or name == "PORT":
        del os.environ[name]


@pytest.fixture(autouse=True)
def _no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's .env is not in the tests' folder."""
    monkeypatch.chdir(tmp_path)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the long forms of tests/faults")


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether the long form of a fault is asked for: `make soak`, not `make test`."""
    return bool(request.config.getoption("--long"))


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that a test may treat as it likes."""
    try:
        with running_redis(tmp_path) as server:
            yield server
    except RedisUnavailable as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """A Redis server: that of TEST_REDIS_URL, else one of our own."""
    configured = os.environ.get("TEST_REDIS_URL")
    return configured or cast(RedisServer, request.getfixturevalue("redis")).url
