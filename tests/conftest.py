"""Fixtures, a deadline for each test, and which tests are for the reference plugin alone."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import yaml

from plugin_server.mcp.tools import tools_of

from .redis_server import RedisServer, RedisUnavailable, running_redis
from .running import PROJECT, SERVERS

pytest_plugins = ["plugin_server.testing.fixtures"]

DEADLINE_SECONDS = 300
LONG_DEADLINE_SECONDS = 3600
# These drive the server through the operations of the reference plugin.
THROUGH_THE_REFERENCE_PLUGIN = [PROJECT / "tests" / name for name in ("server", "faults", "soak")]

for name in list(os.environ):
    if name.startswith("PLUGIN_") or name == "PORT":
        del os.environ[name]


@pytest.fixture(autouse=True)
def _no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's .env is not in the tests' folder."""
    monkeypatch.chdir(tmp_path)


def is_the_reference_plugin() -> bool:
    """Whether the contract has the operations that the reference plugin has."""
    contract = yaml.safe_load((PROJECT / "openapi.yaml").read_text())
    return tools_of(contract).keys() >= {"getTodos", "addTodo", "deleteTodo"}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """A plugin of another domain has its own tests and the contract's, and not these."""
    is_about_it = collection_path in THROUGH_THE_REFERENCE_PLUGIN
    return True if is_about_it and not is_the_reference_plugin() else None


def pytest_report_header() -> list[str]:
    if is_the_reference_plugin():
        return []
    names = ", ".join(str(each.relative_to(PROJECT)) for each in THROUGH_THE_REFERENCE_PLUGIN)
    return [f"not collected, because this is not the reference plugin: {names}"]


@pytest.fixture(autouse=True)
def _deadline(long: bool) -> Iterator[None]:
    """A test that hangs fails, and so the servers that it started are killed."""
    seconds = LONG_DEADLINE_SECONDS if long else DEADLINE_SECONDS

    def fail(*_: object) -> None:
        pytest.fail(f"the test took longer than {seconds} s")

    signal.signal(signal.SIGALRM, fail)
    # It is raised again for what hangs while the test ends.
    signal.setitimer(signal.ITIMER_REAL, seconds, 30)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the long forms of tests")


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether the long form of a fault is asked for: `make soak`, not `make test`."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(params=SERVERS)
def server_kind(request: pytest.FixtureRequest) -> str:
    """Each HTTP server in turn, for PLUGIN_SERVER."""
    return cast(str, request.param)


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
