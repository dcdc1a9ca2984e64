"""Are the settings sensible? They are valid, or nobody would ask."""

from collections.abc import Iterator

from ..http.networks import AllowedNetworks
from ..settings import Settings, environment, unknown_variables
from ..settings.files import UnusableFile
from ..storage.finding import Finding

REDIS_SECONDS = 2


def variables(settings: Settings) -> Iterator[Finding]:
    unknown = unknown_variables(environment(), type(settings))
    for sentence in unknown:
        yield Finding("warning", "settings", sentence)
    if not unknown:
        yield Finding("ok", "settings", "valid")


def access(settings: Settings) -> Iterator[Finding]:
    if settings.mode == "none" and not settings.is_loopback:
        yield Finding(
            "warning",
            "access",
            f"whoever reaches {settings.address} can read and change every list",
            "set PLUGIN_AUTH to service_http, user_http or oauth",
        )
    else:
        yield Finding("ok", "access", f"{settings.mode} on {settings.address}")


def encryption(settings: Settings) -> Iterator[Finding]:
    proxied = (settings.public_url or "").startswith("https://")
    if settings.tls_cert is not None:
        yield Finding("ok", "encryption", "by the server itself")
    elif settings.is_loopback:
        yield Finding("ok", "encryption", "not needed on a loopback address")
    elif not proxied and not settings.trusted_proxies.proto:
        yield Finding(
            "warning",
            "encryption",
            "tokens and answers travel in the clear",
            "set PLUGIN_TLS_CERT and PLUGIN_TLS_KEY; or let a proxy end TLS, and set"
            " PLUGIN_PUBLIC_URL to its https address",
        )
    elif not settings.trusted_proxies.for_:
        yield Finding(
            "warning",
            "encryption",
            "a proxy ends TLS, and every caller has its address",
            "set PLUGIN_TRUSTED_PROXIES, or all share one rate limit",
        )
    else:
        yield Finding("ok", "encryption", "by a proxy")


def networks(settings: Settings) -> Iterator[Finding]:
    if settings.allowed_networks:
        try:
            count = AllowedNetworks(settings.allowed_networks).count
        except UnusableFile as error:
            yield Finding("error", "allowed networks", str(error), "the server will not start")
        else:
            yield Finding("ok", "allowed networks", f"{count} may call")


def rate_limit_storage(settings: Settings) -> Iterator[Finding]:
    if settings.rate_limit_storage is None:
        return
    what = "rate limit storage"
    try:
        import redis
    except ModuleNotFoundError:
        yield Finding("error", what, "redis is missing", "install the extra redis")
        return
    client = redis.Redis.from_url(
        settings.rate_limit_storage.get_secret_value(),
        socket_connect_timeout=REDIS_SECONDS,
        socket_timeout=REDIS_SECONDS,
    )
    try:
        with client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        # The text may show a part of the URL.
        yield Finding(
            "warning",
            what,
            f"does not answer ({type(error).__name__})",
            "until it does, each server counts alone",
        )
    else:
        yield Finding("ok", what, "answers")
