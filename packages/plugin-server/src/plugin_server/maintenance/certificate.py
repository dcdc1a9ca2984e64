"""Does the certificate work, and how long? A client that trusts it shakes hands in memory."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

from ..settings import Settings
from ..settings.hosts import parse_host
from ..storage.finding import Finding

DAY = 86_400
WARNING_DAYS = 14
WHAT = "certificate"


def certificate(settings: Settings) -> Iterator[Finding]:
    if settings.tls_cert is None or settings.tls_key is None:
        return
    host = parse_host((settings.public_origin or "").removeprefix("https://"))
    try:
        ends = _ends(settings.tls_cert, settings.tls_key, host.name.strip("[]") if host else None)
    except ssl.SSLCertVerificationError as error:
        yield Finding("error", WHAT, error.verify_message.rstrip("."), "renew it")
    except ssl.SSLError as error:
        yield Finding(
            "error",
            WHAT,
            f"certificate and key cannot be used ({error.reason or 'not PEM'})",
            "see PLUGIN_TLS_CERT and PLUGIN_TLS_KEY",
        )
    except OSError as error:
        yield Finding(
            "error",
            WHAT,
            f"cannot be read: {error.strerror}",
            "see PLUGIN_TLS_CERT and PLUGIN_TLS_KEY",
        )
    else:
        days = int((ends - time.time()) // DAY)
        if days < WARNING_DAYS:
            yield Finding("warning", WHAT, f"ends in {days} days", "renew it, and send SIGHUP")
        else:
            yield Finding("ok", WHAT, f"ends in {days} days")


def _ends(chain: Path, key: Path, host: str | None) -> float:
    """When the certificate ends, in seconds since 1970. Raises SSLError and OSError."""
    answering = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Whoever is asked for a password here would wait for ever.
    answering.load_cert_chain(chain, key, password="")
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asking.load_verify_locations(chain)
    asking.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    asking.check_hostname = host is not None
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = answering.wrap_bio(to_server, to_client, server_side=True)
    client = asking.wrap_bio(to_client, to_server, server_hostname=host)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    found = client.getpeercert()
    assert found is not None  # noqa: S101 - it was verified
    return ssl.cert_time_to_seconds(str(found["notAfter"]))
