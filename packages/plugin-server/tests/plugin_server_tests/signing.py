"""Keys, and what is signed with them."""

import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

RSA = RSAKey.generate_key(2_048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
# Its name is that of RSA.
OTHER = RSAKey.generate_key(2_048, {"kid": "rsa"})


def jwks(*keys: Key) -> dict[str, Any]:
    """The document with the public halves of the keys."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def encoded(value: Any) -> str:
    """A part of a token, which nobody has signed."""
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def with_the_public_key_as_a_secret(claims: dict[str, Any]) -> str:
    """What fools who lets the token choose between signature and shared secret."""
    text = f"{encoded({'alg': 'HS256', 'kid': 'rsa'})}.{encoded(claims)}"
    mark = hmac.digest(RSA.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{urlsafe_b64encode(mark).decode().rstrip('=')}"
