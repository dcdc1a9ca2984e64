"""The variables of mode oauth."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from .access import AccessSettings
from .hosts import is_loopback, parse_host
from .values import split, strong_secrets

_CLIENT_ID = re.compile(r"[A-Za-z0-9._~-]{1,200}")
_URL = re.compile(r"[!-~]{1,2048}")
_CLAIM = re.compile(r"[!-~]{1,200}")


def client_identifier(value: str | None) -> str | None:
    """A name for the client; a URL would mean a client of the web."""
    if value and not _CLIENT_ID.fullmatch(value):
        raise ValueError("must be 1 to 200 letters, digits and any of . _ ~ -")
    return value


def strong_secret(value: SecretStr | None) -> SecretStr | None:
    """One secret, or nothing."""
    return None if value is None else strong_secrets((value,))[0]


def redirect_addresses(values: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses to send a browser back to (RFC 6749 section 3.1.2)."""
    for value in values:
        if not _is_secure_url(value) or "#" in value:
            raise ValueError(
                "must be addresses such as https://chat.example.org/callback, without a fragment;"
                " http for localhost only"
            )
    return values


def issuer_address(value: str | None) -> str | None:
    """The issuer identifier of another server, as it writes it (RFC 8414 section 2)."""
    if value and (not _is_secure_url(value) or "?" in value or "#" in value):
        raise ValueError(
            "must be an address such as https://login.example.org/realms/home, without a query;"
            " http for localhost only"
        )
    return value


def claim_name(value: str) -> str:
    """The name of a claim: some are URLs."""
    if not _CLAIM.fullmatch(value):
        raise ValueError("must be the name of a claim: one word of visible ASCII characters")
    return value


def _is_secure_url(value: str) -> bool:
    if not _URL.fullmatch(value):
        return False
    try:
        url = urlsplit(value)
    except ValueError:
        return False
    host = parse_host(url.netloc)
    return host is not None and (
        url.scheme == "https" or (url.scheme == "http" and is_loopback(host.name))
    )


class OAuthSettings(AccessSettings):
    """The second part of the settings."""

    oauth_client_id: Annotated[str | None, AfterValidator(client_identifier)] = Field(
        None,
        description="Mode oauth: the name of the client that you enter at a host, such as a GPT's"
        " action. It goes with PLUGIN_OAUTH_CLIENT_SECRET.",
    )
    oauth_client_secret: Annotated[SecretStr | None, AfterValidator(strong_secret)] = Field(
        None, description="The secret of that client."
    )
    oauth_redirect_uris: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(split), AfterValidator(redirect_addresses)
    ] = Field(
        (),
        description="Addresses that people may be sent back to for that client, beside ChatGPT's,"
        " separated by commas.",
    )
    oauth_registration: bool = Field(
        False,
        description="Whether clients may register themselves (RFC 7591): on or off. Hosts that"
        " have a client ID metadata document need it not.",
    )
    oauth_issuer: Annotated[str | None, AfterValidator(issuer_address)] = Field(
        None,
        description="Another authorization server, such as https://login.example.org/realms/home,"
        " whose tokens are taken. Unset means that people sign in here.",
    )
    oauth_audience: str | None = Field(
        None,
        description="The audience that the tokens of PLUGIN_OAUTH_ISSUER name. Unset means the"
        " public URL.",
    )
    oauth_person_claim: Annotated[str, AfterValidator(claim_name)] = Field(
        "sub", description="The claim of those tokens that names the person."
    )
    oauth_code_seconds: int = Field(
        60, ge=1, le=60, description="Seconds that an authorization code is valid."
    )
    oauth_access_seconds: int = Field(
        3600, ge=1, le=86_400, description="Seconds that an access token is valid."
    )
    oauth_refresh_seconds: int = Field(
        2_592_000,
        ge=1,
        le=31_536_000,
        description="Seconds that a refresh token is valid; each use gives a new one.",
    )

    def check_oauth(self) -> None:
        """Raise ValueError for what the mode needs and lacks, and for what contradicts itself."""
        if (self.oauth_client_id is None) != (self.oauth_client_secret is None):
            missing = "ID" if self.oauth_client_id is None else "SECRET"
            raise ValueError(
                f"PLUGIN_OAUTH_CLIENT_{missing}: must be set too, a client's name goes with"
                " its secret"
            )
        if self.oauth_issuer is not None and self.oauth_client_id is not None:
            raise ValueError(
                "PLUGIN_OAUTH_CLIENT_ID: means nothing beside PLUGIN_OAUTH_ISSUER, whose clients"
                " are known there"
            )
        if self.oauth_issuer is not None and self.oauth_registration:
            raise ValueError(
                "PLUGIN_OAUTH_REGISTRATION: must be off beside PLUGIN_OAUTH_ISSUER, whose clients"
                " are known there"
            )
        if self.mode != "oauth":
            return
        if self.authorization_type != "bearer":
            raise ValueError("PLUGIN_AUTHORIZATION_TYPE: must be bearer in mode oauth")
        if self.public_url is None:
            if not self.is_loopback:
                raise ValueError(
                    "PLUGIN_PUBLIC_URL: must be set in mode oauth, because other machines can"
                    f" reach {self.address}, and tokens are for one origin"
                )
        elif not _is_secure_url(self.public_url):
            raise ValueError("PLUGIN_PUBLIC_URL: must be https in mode oauth")
