"""An authority for the made-up names, which lives as long as the tests do."""

import ssl
import subprocess
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

Certificate = Literal["trusted", "of a stranger", "of another name", "with old TLS"]

CURVE = "ec_paramgen_curve:prime256v1"

SETTINGS = """
[req]
distinguished_name = name
prompt = no
[name]
CN = plants.test
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:false
subjectKeyIdentifier = hash
subjectAltName = DNS:plants.test, DNS:*.plants.test, DNS:*.todo.plants.test
[other]
basicConstraints = CA:false
subjectKeyIdentifier = hash
subjectAltName = DNS:animals.test
"""


@dataclass(frozen=True)
class Certificates:
    """The authority's certificate as PEM, and a server's side of TLS for each way."""

    authority: str
    servers: dict[Certificate, ssl.SSLContext]

    def client(self) -> ssl.SSLContext:
        """A client's side that trusts the authority and nobody else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self.authority)
        return context


@cache
def certificates() -> Certificates:
    """Made by the `openssl` command, once a process."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "settings").write_text(SETTINGS)
        _make(folder, "authority", "authority", None)
        _make(folder, "server", "server", "authority")
        _make(folder, "other", "other", "authority")
        _make(folder, "stranger", "server", None)
        old = _server(folder, "server")
        old.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        return Certificates(
            (folder / "authority.pem").read_text(),
            {
                "trusted": _server(folder, "server"),
                "of a stranger": _server(folder, "stranger"),
                "of another name": _server(folder, "other"),
                "with old TLS": old,
            },
        )


def _make(folder: Path, name: str, section: str, authority: str | None) -> None:
    request = ["req", "-config", "settings", "-newkey", "ec", "-pkeyopt", CURVE, "-nodes"]
    files = ["-keyout", f"{name}.key", "-out", f"{name}.pem"]
    if authority is None:
        _openssl(folder, *request, *files, "-x509", "-days", "2", "-extensions", section)
        return
    _openssl(folder, *request, "-keyout", f"{name}.key", "-out", f"{name}.csr")
    signed = ["x509", "-req", "-in", f"{name}.csr", "-days", "2", "-CAcreateserial"]
    by = ["-CA", f"{authority}.pem", "-CAkey", f"{authority}.key"]
    extensions = ["-extfile", "settings", "-extensions", section]
    _openssl(folder, *signed, *by, *extensions, "-out", f"{name}.pem")


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def _server(folder: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context
