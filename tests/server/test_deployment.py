"""compose.yaml, the Caddyfile and docs/deploy.md: what can be held to the code here.

No container engine runs them in these tests; Caddy is real where it is installed.
"""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from plugin_server.servers.connections import SECONDS, State
from plugin_server.settings import Settings, unknown_variables
from tests.running import PROJECT

from .compose import app_variables, composition, services

DEPLOY = (PROJECT / "docs" / "deploy.md").read_text()
DOCKERFILE = (PROJECT / "Dockerfile").read_text()
CADDYFILE = (PROJECT / "Caddyfile").read_text()
SPARE_SECONDS = 2
SECRETS = ["database_password", "database_url", "service_tokens"]


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """The folder that scripts/secrets.sh makes."""
    subprocess.run(["sh", secrets_script(tmp_path)], check=True)
    return tmp_path / "secrets"


def secrets_script(folder: Path) -> Path:
    """A copy of the script, which makes its secrets in `folder`."""
    script = folder / "scripts" / "secrets.sh"
    script.parent.mkdir()
    script.write_bytes((PROJECT / "scripts" / "secrets.sh").read_bytes())
    return script


def test_the_replicas_of_compose_start(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = app_variables()
    assert unknown_variables(variables) == []
    for name, value in {**image_variables(), **variables}.items():
        monkeypatch.setenv(name, value.replace("/run/secrets", str(secrets)))
    settings = Settings()
    assert settings.mode == "service_http"
    assert settings.trusted_proxies == (1, 1, 1)
    assert settings.public_url == "https://localhost"
    password = (secrets / "database_password").read_text().strip()
    database = f"postgresql://todo:{password}@database/todo"
    assert settings.database == database


def test_a_folder_that_was_open_to_others_is_closed_before_secrets_are_in_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "secrets").mkdir(mode=0o755)
    subprocess.run(["sh", secrets_script(tmp_path)], check=True)
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_no_empty_secret_is_made_where_openssl_is_missing(tmp_path: Path) -> None:
    script = secrets_script(tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "cat", "chmod", "dirname", "mkdir", "mv"):
        (tools / name).symlink_to(str(shutil.which(name)))
    run = subprocess.run(["sh", script], env={"PATH": str(tools)}, capture_output=True, check=False)
    assert run.returncode != 0
    assert list((tmp_path / "secrets").iterdir()) == []


def installed_with(*extras: str) -> set[str]:
    """The distributions that the lock has for the server with these extras, on any platform."""
    packages = tomllib.loads((PROJECT / "uv.lock").read_text())["package"]
    locked = {each["name"]: each for each in packages}
    waiting, found = [("todo-plugin", extra) for extra in ("", *extras)], set[tuple[str, str]]()
    while waiting:
        name, extra = each = waiting.pop()
        if each in found:
            continue
        found.add(each)
        package = locked[name]
        optional = package.get("optional-dependencies", {})
        for needed in optional.get(extra, []) if extra else package.get("dependencies", []):
            waiting += [(needed["name"], one) for one in ("", *needed.get("extra", []))]
    return {name for name, _ in found}


def test_the_image_holds_nothing_of_the_checker() -> None:
    extras = re.findall(r"--extra (\w+)", DOCKERFILE)
    assert extras == ["oauth", "postgres", "redis", "uvicorn"]
    server, tested = installed_with(*extras), installed_with("test")
    # Of what the checker needs; httpx2 and httpcore2 come with the SDK of MCP too.
    checker = {"plugin-check", "jsonschema-rs", "publicsuffixlist"}
    assert (checker & server, checker & tested) == (set(), checker)
    let_in = (PROJECT / ".dockerignore").read_text().splitlines()
    assert let_in[0] == "*"
    # uv reads what each package of the workspace needs, and installs nothing that is not asked for.
    packages = ["*/pyproject.toml", "guarded-fetch/src", "plugin-server/src"]
    assert [line for line in let_in if "packages" in line] == [
        f"!packages/{name}" for name in packages
    ]


def image_variables() -> dict[str, str]:
    """The settings that the image comes with."""
    return dict(re.findall(r"(PLUGIN_\w+)=(\S+)", DOCKERFILE))


def test_the_image_has_what_the_settings_of_compose_need() -> None:
    assert {"postgres", "redis"} <= set(re.findall(r"--extra (\w+)", DOCKERFILE))


def test_caddy_asks_where_the_image_listens() -> None:
    (port,) = re.findall(r"\{\$APP_PORT:(\d+)\}", CADDYFILE)
    assert image_variables()["PLUGIN_BIND"] == f"0.0.0.0:{port}"
    assert re.findall(r"^\s+name (\w+)$", CADDYFILE, re.MULTILINE) == ["app"]
    assert set(services()["app"]["networks"]) & set(services()["caddy"]["networks"]) == {"web"}


def test_caddy_closes_an_idle_connection_before_the_server_does() -> None:
    # The server could close it at the very moment at which Caddy sends a change on it, and that
    # one's sender gets 502.
    (seconds,) = re.findall(r"^\t\t\tkeepalive (\d+)s$", CADDYFILE, re.MULTILINE)
    assert int(seconds) < SECONDS[State.IDLE]


def test_there_can_be_several_replicas() -> None:
    assert services()["app"].keys().isdisjoint({"container_name", "hostname", "ports", "volumes"})


def test_running_requests_have_their_time_before_the_engine_kills() -> None:
    app = services()["app"]
    allowed = int(app["stop_grace_period"].removesuffix("s"))
    assert allowed >= float(app["environment"]["PLUGIN_GRACE"]) + SPARE_SECONDS


def test_everything_waits_until_what_it_needs_is_healthy() -> None:
    needed = {name: service.get("depends_on", {}) for name, service in services().items()}
    healthy = {"condition": "service_healthy"}
    assert needed == {
        "caddy": {"app": healthy},
        "app": {"database": healthy, "valkey": healthy},
        "database": {},
        "valkey": {},
    }
    assert "HEALTHCHECK" in DOCKERFILE
    for name, service in services().items():
        assert name == "app" or "test" in service["healthcheck"]


def test_every_service_is_contained() -> None:
    for service in services().values():
        assert service["restart"] == "unless-stopped"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}


def test_only_caddy_is_reached_from_outside_and_not_the_database_from_caddy() -> None:
    networks = {name: set(service["networks"]) for name, service in services().items()}
    assert networks["caddy"].isdisjoint(networks["database"] | networks["valkey"])
    assert [name for name, service in services().items() if "ports" in service] == ["caddy"]
    inside = {name for name, network in composition()["networks"].items() if network}
    assert all(networks[name] <= inside for name in ("app", "database", "valkey"))


def test_no_secret_is_in_the_repository(secrets: Path) -> None:
    files: dict[str, Any] = composition()["secrets"]
    assert {each["file"] for each in files.values()} == {f"./secrets/{name}" for name in SECRETS}
    assert sorted(each.name for each in secrets.iterdir()) == SECRETS
    assert "/secrets/" in (PROJECT / ".gitignore").read_text().splitlines()
    for service in services().values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|TOKENS|DATABASE_URL", name):
                assert value == "" or value.startswith("/run/secrets/")


def test_secrets_are_closed_to_others_and_made_once(secrets: Path) -> None:
    made = {name: (secrets / name).read_text() for name in SECRETS}
    assert secrets.stat().st_mode & 0o077 == 0
    # The containers' users are neither the owner nor in his group.
    assert {(secrets / name).stat().st_mode & 0o777 for name in SECRETS} == {0o444}
    assert len(set(made.values())) == len(SECRETS)
    subprocess.run(["sh", secrets.parent / "scripts" / "secrets.sh"], check=True)
    assert {name: (secrets / name).read_text() for name in SECRETS} == made


def test_the_documentation_deploys_what_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (PROJECT / re.findall(r"^sh (scripts/\S+)$", DEPLOY, re.MULTILINE)[0]).exists()
    (domain,) = re.findall(r"^echo (\w+)=\S+ >>\.env$", DEPLOY, re.MULTILINE)
    (scaled,) = re.findall(r"^docker compose up .*--scale (\w+)=", DEPLOY, re.MULTILINE)
    assert f"${{{domain}:-localhost}}" in (PROJECT / "compose.yaml").read_text()
    assert scaled in services()
    (variables,) = re.findall(r"--set-env-vars=(\S+)", DEPLOY)
    (secrets,) = re.findall(r"--set-secrets=(\S+)", DEPLOY)
    (database,) = re.findall(r"'(postgresql://\S+)' \| gcloud secrets", DEPLOY)
    given = dict(each.split("=", 1) for each in f"{variables},{secrets}".split(","))
    assert unknown_variables(given) == []
    given |= {"PLUGIN_DATABASE_URL": database, "PLUGIN_SERVICE_TOKENS": "k7Qm2zXw9RtLs4Vb8NcJ"}
    for name, value in {**image_variables(), **given, "PORT": "8080"}.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.address == "0.0.0.0:8080"
    assert settings.trusted_proxies == (1, 0, 0)
