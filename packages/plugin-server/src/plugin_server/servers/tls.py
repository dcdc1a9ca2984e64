"""PLUGIN_TLS_CERT and PLUGIN_TLS_KEY: the context that connections are encrypted with."""

import logging
import re
import ssl
from pathlib import Path

from ..settings.files import UnusableFile, read_file

FILE_BYTES = 1_048_576
BEGIN = b"-----BEGIN CERTIFICATE-----"
log = logging.getLogger(__name__)

_KEY = re.compile(rb"-----BEGIN ([A-Z]+ )*PRIVATE KEY-----")


class Certificate:
    """A certificate and its key, in files, and the context with them.

    Raises UnusableFile, as `reload` does; then what was read before stays in force.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = certificate, key
        self.reload()

    def reload(self) -> None:
        """Read the files again, into a new context: the new key may be of another type."""
        certificate = read_file("tls_cert", self._files[0], FILE_BYTES)
        if BEGIN not in certificate:
            raise UnusableFile("tls_cert", "that file holds no certificate in PEM")
        context = _context(*self._files)
        doubt = _doubt(context, certificate)
        if doubt is not None:
            log.warning("PLUGIN_TLS_CERT: clients will not trust it: %s", doubt)
        self.context = context


def _context(certificate: Path, key: Path) -> ssl.SSLContext:
    if not _KEY.search(read_file("tls_key", key, FILE_BYTES)):
        raise UnusableFile("tls_key", "that file holds no private key in PEM")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise UnusableFile("tls_key", "is not the key of the certificate") from None
        reason = (error.reason or "malformed PEM").lower().replace("_", " ")
        raise UnusableFile("tls_cert", f"certificate and key cannot be used: {reason}") from None
    except OSError as error:
        raise UnusableFile("tls_cert", f"cannot read that file: {error.strerror}") from None
    return context


def _no_password() -> str:
    raise UnusableFile("tls_key", "the key is encrypted, and nobody is there to ask: decrypt it")


def _doubt(server: ssl.SSLContext, certificate: bytes) -> str | None:
    """What a client that trusts this very certificate still has against it.

    Raises UnusableFile when no connection comes about.
    """
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    first = certificate[certificate.index(BEGIN) :].decode("latin-1")
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(back, there, server_hostname="localhost"),
        server.wrap_bio(there, back, server_side=True),
    ]
    try:
        client.load_verify_locations(cadata=first[: first.find("-----END") + 25] + "\n")
        for _ in range(3):
            for end in ends:
                try:
                    end.do_handshake()
                except ssl.SSLWantReadError:
                    continue
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except ssl.SSLError as error:
        reason = (error.reason or "no connection").lower().replace("_", " ")
        raise UnusableFile("tls_cert", f"certificate and key cannot be used: {reason}") from None
    return None
