"""In mode oauth manifest and contract say where people sign in, and what each operation needs."""

from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from guarded_fetch.testing.hostile_servers import PUBLIC as PUBLIC_ADDRESS
from guarded_fetch.testing.hostile_servers import MadeUpNetwork
from plugin_check import check
from tests.front_door import front_door
from tests.running import running_server

PUBLIC = "https://todo.example.org"
BLOCK = {
    "type": "oauth",
    "client_url": f"{PUBLIC}/authorize",
    "scope": "read write",
    "authorization_url": f"{PUBLIC}/token",
    "authorization_content_type": "application/json",
    "verification_tokens": {"openai": "a1b2c3"},
}
SCHEME = {
    "type": "oauth2",
    "flows": {
        "authorizationCode": {
            "authorizationUrl": f"{PUBLIC}/authorize",
            "tokenUrl": f"{PUBLIC}/token",
            "refreshUrl": f"{PUBLIC}/token",
            "scopes": {
                "read": "Read your todo list.",
                "write": "Add todos to your list and delete them.",
            },
        }
    },
}


def operations(contract: dict[str, Any]) -> dict[str, Any]:
    return {
        each["operationId"]: each.get("security", "nothing")
        for item in contract["paths"].values()
        for each in item.values()
    }


async def test_manifest_and_contract_agree(sqlite_url: str) -> None:
    settings = {
        "auth": "oauth",
        "public_url": PUBLIC,
        "verification_tokens": {"openai": "a1b2c3"},
    }
    async with front_door(sqlite_url, **settings) as client:
        manifest = (await client.get("/.well-known/ai-plugin.json")).json()
        contract = (await client.get("/openapi.json")).json()
        in_yaml = yaml.safe_load((await client.get("/openapi.yaml")).text)
    assert manifest["auth"] == BLOCK
    assert contract == in_yaml
    assert contract["components"]["securitySchemes"] == {"oauth": SCHEME}
    assert "security" not in contract
    read, write = [{"oauth": ["read"]}], [{"oauth": ["write"]}]
    assert operations(contract) == {"getTodos": read, "addTodo": write, "deleteTodo": write}


@pytest.mark.parametrize("mode", ["none", "service_http", "user_http"])
async def test_the_other_modes_say_nothing_of_oauth(sqlite_url: str, mode: str) -> None:
    tokens = ("k7Qm2zXw9RtLs4Vb8NcJ",) if mode == "service_http" else ()
    async with front_door(sqlite_url, auth=mode, service_tokens=tokens) as client:
        text = (await client.get("/openapi.yaml")).text
        manifest = (await client.get("/.well-known/ai-plugin.json")).text
    assert "oauth" not in text
    assert "oauth" not in manifest
    assert set(operations(yaml.safe_load(text)).values()) == {"nothing"}


def test_the_hosts_would_accept_it(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("todo.plants.test")
    (tmp_path / "cert.pem").write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
    (tmp_path / "key.pem").write_bytes(issued.private_key_pem.bytes())
    settings = {
        "PLUGIN_AUTH": "oauth",
        "PLUGIN_PUBLIC_URL": "https://todo.plants.test",
        "PLUGIN_TLS_CERT": "cert.pem",
        "PLUGIN_TLS_KEY": "key.pem",
        "PLUGIN_OAUTH_CLIENT_ID": "todo-gpt",
        "PLUGIN_OAUTH_CLIENT_SECRET": "k7Qm2zXw9RtLs4Vb8NcJ",
        "PLUGIN_VERIFICATION_TOKENS": '{"openai": "a1b2c3d4"}',
        "PLUGIN_OPENAI_APPS_CHALLENGE": "e5f6a7b8",
    }
    with running_server(tmp_path, **settings) as server:
        trusted = authority.cert_pem.bytes().decode()
        names = {"todo.plants.test": [[PUBLIC_ADDRESS]]}
        network = MadeUpNetwork(names, {PUBLIC_ADDRESS: server.port}, trusted)
        report = check("https://todo.plants.test", probe=True, network=network)
    # The sample's contact is one, and the check had no token.
    said = [(each.rule, str(each.level)) for each in report.findings]
    assert (said, report.unseen) == ([("M07", "warning"), ("K14", "note")], ())
