"""Another authorization server: its documents on loopback, and the tokens that it signs."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from guarded_fetch.testing.hostile_servers import ok, request, serving
from tests.front_door import front_door

HERE = "http://localhost:5002"
RSA = RSAKey.generate_key(2_048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
OTHER = RSAKey.generate_key(2_048, {"kid": "rsa"})


class Issuer:
    """An authorization server's documents on loopback; `asked` keeps which were asked for."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.asked: list[str] = []
        self.documents: dict[str, Any] = {}
        self.url = ""

    def open(self, port: int) -> None:
        """Publish keys, and where they are, as OpenID Connect Discovery does."""
        self.url = f"http://127.0.0.1:{port}{self.path}"
        keys = [key.as_dict(private=False) for key in (RSA, EC, ED)]
        metadata = {"issuer": self.url, "jwks_uri": f"http://127.0.0.1:{port}/keys"}
        self.documents = {
            f"{self.path}/.well-known/openid-configuration": metadata,
            "/keys": {"keys": keys},
        }

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await request(reader)).split(" ")[1]
        self.asked.append(path)
        document = self.documents.get(path)
        if document is None:
            writer.write(ok(b"", status="404 Not Found"))
        else:
            writer.write(ok(json.dumps(document).encode(), "Content-Type: application/json"))

    def claims(self, **members: Any) -> dict[str, Any]:
        """What a sound token says; a member that is None is left out."""
        now = int(time.time())
        whole = {
            "iss": self.url,
            "sub": "ann",
            "aud": HERE,
            "iat": now,
            "exp": now + 300,
            "scope": "read write",
            "client_id": "a-host",
            **members,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def token(self, key: Key = RSA, alg: str = "RS256", **members: Any) -> dict[str, str]:
        """The header with a token."""
        header = {"alg": alg, "kid": key.kid, "typ": "at+jwt"}
        made = jwt.encode(header, self.claims(**members), key, algorithms=[alg])
        return {"Authorization": f"Bearer {made}"}


@asynccontextmanager
async def issuer_and_door(
    url: str, path: str = "/realms/home", **settings: Any
) -> AsyncIterator[tuple[Issuer, httpx.AsyncClient]]:
    issuer = Issuer(path)
    async with serving(issuer.handle) as port:
        issuer.open(port)
        given = {"auth": "oauth", "oauth_issuer": issuer.url, **settings}
        async with front_door(url, **given) as client:
            yield issuer, client


async def status(client: httpx.AsyncClient, headers: dict[str, str]) -> int:
    return (await client.get("/todos/me", headers=headers)).status_code
