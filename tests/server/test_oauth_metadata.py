"""Clients learn how to get a token, at every path at which they look."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from httpx import AsyncClient as Client

from tests.front_door import SHARED, front_door

PUBLIC = "https://todo.example.org"
ISSUER = "https://login.example.org/realms/home"
NAMES = (
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
)
PATHS = [place for name in NAMES for place in (name, f"{name}/mcp", f"/mcp{name}")]
METHODS = ["private_key_jwt", "client_secret_basic", "client_secret_post", "none"]


def resource(path: str, issuer: str, origin: str = PUBLIC) -> dict[str, object]:
    """RFC 9728 section 2."""
    return {
        "resource": origin + ("/mcp" if "/mcp" in path else ""),
        "authorization_servers": [issuer],
        "scopes_supported": ["read", "write"],
        "bearer_methods_supported": ["header"],
        "resource_name": "TODO List",
        "resource_policy_uri": f"{origin}/legal",
    }


def server(origin: str = PUBLIC, **others: object) -> dict[str, object]:
    """RFC 8414 section 2."""
    return {
        "issuer": origin,
        "authorization_endpoint": f"{origin}/authorize",
        "token_endpoint": f"{origin}/token",
        "revocation_endpoint": f"{origin}/revoke",
        "scopes_supported": ["read", "write"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": METHODS,
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256"],
        "revocation_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "client_id_metadata_document_supported": True,
        "op_policy_uri": f"{origin}/legal",
        **others,
    }


def expected(path: str, origin: str = PUBLIC) -> dict[str, object]:
    return resource(path, origin, origin) if "resource" in path else server(origin)


@pytest_asyncio.fixture(name="client", scope="module", loop_scope="module")
async def shared_client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    url = f"sqlite:///{tmp_path_factory.mktemp('metadata')}/todo-plugin.db"
    async with front_door(url, auth="oauth", public_url=PUBLIC) as client:
        yield client


@SHARED
@pytest.mark.parametrize("path", PATHS)
async def test_metadata_is_at_every_path(client: Client, path: str) -> None:
    answer = await client.get(path, headers={"Host": "other.example.org"})
    assert (answer.status_code, answer.json()) == (200, expected(path))
    assert dict(answer.headers) == {
        "cache-control": "no-cache",
        "vary": "Host, Origin",
        "content-type": "application/json",
        "content-length": str(len(answer.content)),
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET, HEAD, OPTIONS",
        "access-control-allow-headers": "*",
        "access-control-max-age": "600",
        "x-content-type-options": "nosniff",
    }


@pytest.mark.parametrize("name", NAMES)
async def test_below_a_path_it_is_where_clients_look_for_that(sqlite_url: str, name: str) -> None:
    public = "https://example.org/todo"
    async with front_door(sqlite_url, auth="oauth", public_url=public) as client:
        for path in (f"/todo{name}", f"{name}/todo"):
            assert (await client.get(path)).json() == expected(name, public)
        for path in (f"/todo{name}/mcp", f"/todo/mcp{name}", f"{name}/todo/mcp"):
            assert (await client.get(path)).json() == expected(f"{name}/mcp", public)
        for path in (f"{name}/other", f"{name}/todo/todo", f"{name}/todomcp"):
            assert (await client.get(path)).status_code == 404


@SHARED
@pytest.mark.parametrize("path", PATHS)
async def test_every_page_may_read_it(client: Client, path: str) -> None:
    for origin in ("https://chatgpt.com", "https://evil.example"):
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "mcp-protocol-version",
        }
        for answer in (
            await client.options(path, headers=asked),
            await client.get(path, headers={"Origin": origin}),
        ):
            allowed = answer.headers.get_list("Access-Control-Allow-Origin")
            assert (answer.status_code, allowed in (["*"], [origin])) == (200, True)
            assert answer.headers["Access-Control-Allow-Headers"] in ("*", "mcp-protocol-version")
            assert "Access-Control-Allow-Credentials" not in answer.headers


@SHARED
@pytest.mark.parametrize("path", PATHS)
async def test_no_token_is_looked_at(client: Client, path: str) -> None:
    for _ in range(12):
        answer = await client.get(path, headers={"Authorization": "Bearer plants"})
        assert (answer.status_code, answer.headers["Vary"]) == (200, "Host, Origin")
    head = await client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert (await client.post(path)).status_code == 405


@pytest.mark.parametrize("origin", ["http://localhost:5002", "http://127.0.0.1:8080"])
async def test_without_a_public_address_it_is_the_one_that_was_asked(
    sqlite_url: str, origin: str
) -> None:
    async with front_door(sqlite_url, auth="oauth") as client:
        for path in PATHS:
            answer = await client.get(path, headers={"Host": origin.partition("://")[2]})
            assert answer.json() == expected(path, origin)
            # Somebody could lead a name of their own here, and be an issuer.
            strange = await client.get(path, headers={"Host": "todo.example.org"})
            assert (strange.status_code, strange.json()["code"]) == (403, "foreign_host")


async def test_where_clients_may_register_it_says_so(sqlite_url: str) -> None:
    settings = {"auth": "oauth", "public_url": PUBLIC, "oauth_registration": True}
    async with front_door(sqlite_url, **settings) as client:
        answer = await client.get(NAMES[1])
        assert answer.json() == server(registration_endpoint=f"{PUBLIC}/register")


async def test_another_issuer_is_named_and_nothing_of_ours_is_there(sqlite_url: str) -> None:
    settings = {"auth": "oauth", "public_url": PUBLIC, "oauth_issuer": ISSUER}
    async with front_door(sqlite_url, **settings) as client:
        for path in PATHS:
            answer = await client.get(path)
            if "resource" in path:
                assert answer.json() == resource(path, ISSUER)
            else:
                assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        for path in ("/authorize", "/token", "/revoke", "/login", "/account", "/register"):
            assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("mode", ["none", "user_http"])
async def test_in_other_modes_there_is_none(sqlite_url: str, mode: str) -> None:
    async with front_door(sqlite_url, auth=mode) as client:
        for path in (*PATHS, "/register"):
            assert (await client.get(path)).status_code == 404
