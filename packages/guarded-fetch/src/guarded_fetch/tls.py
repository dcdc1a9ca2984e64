"""TLS: as a host would insist on it, and once more without, only to be able to look further."""

import ssl

import httpcore2
from httpcore2 import AsyncNetworkStream

from .answers import Tls
from .words import printable, shown

ALPN = ["http/1.1"]
OLD = ("SSLv3", "TLSv1", "TLSv1.1")

# X509_V_ERR_… of openssl/x509_vfy.h, in words that end "the certificate of HOST …".
REASONS = {
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    19: "comes from an authority that nobody knows",
    20: "comes from an authority that nobody knows, or without the certificates in between",
    21: "comes from an authority that nobody knows, or without the certificates in between",
    23: "has been revoked",
    26: "is not meant for servers",
    62: "is for another host name",
    64: "is for another address",
    66: "has a key that is too weak",
    67: "comes from an authority whose key is too weak",
    68: "is signed with a method that is too weak",
}


def strict(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context with what hosts demand. Python 3.13's own additional checks are switched off,
    so that each Python says the same of a certificate.
    """
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(ALPN)
    return context


def lenient() -> ssl.SSLContext:
    """A context that takes any certificate and the oldest version that OpenSSL still speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.set_alpn_protocols(ALPN)
    return context


async def secure(
    stream: AsyncNetworkStream, context: ssl.SSLContext, host: str
) -> AsyncNetworkStream:
    """The stream after the handshake; closed when there is none. Raises httpcore2.ConnectError."""
    try:
        return await stream.start_tls(context, server_hostname=host.rstrip("."))
    except BaseException:
        await stream.aclose()
        raise


def version_of(stream: AsyncNetworkStream) -> str | None:
    """The version that was agreed on, as OpenSSL names it."""
    found = stream.get_extra_info("ssl_object")
    return found.version() if found else None


def distrusted(host: str, refusal: httpcore2.ConnectError, version: str | None) -> Tls:
    """What to say of a server that only a lenient handshake reached."""
    name = printable(host)
    cause = refusal.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = REASONS.get(cause.verify_code) or f"is not trusted: {shown(cause.verify_message)}"
        return Tls(version, f"The certificate of {name} {reason}.")
    if version in OLD:
        return Tls(
            version,
            f"{name} speaks nothing newer than {version}, so its certificate was not checked.",
        )
    return Tls(version, f"{name} and a strict client agree on no TLS: {failure_of(refusal)}.")


def failure_of(refusal: httpcore2.ConnectError) -> str:
    """Why a handshake failed, in OpenSSL's words."""
    cause = refusal.__cause__
    if isinstance(cause, ssl.SSLError) and cause.reason:
        return printable(cause.reason.replace("_", " ").lower())
    return "the connection was closed"
