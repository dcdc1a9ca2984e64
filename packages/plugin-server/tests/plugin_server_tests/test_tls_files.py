"""PLUGIN_TLS_CERT and PLUGIN_TLS_KEY: what is told of files that cannot be used."""

import subprocess
from pathlib import Path

import pytest

from plugin_server.servers.tls import Certificate
from plugin_server.settings.files import UnusableFile


def issue(certificate: Path, key: Path) -> None:
    """Make a certificate for localhost, signed by itself, and its key."""
    made = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    files = ("-keyout", key, "-out", certificate)
    subprocess.run(
        ["openssl", "req", "-x509", "-subj", "/CN=localhost", *made, *files],
        check=True,
        capture_output=True,
    )


def test_files_that_cannot_be_used_are_told_before_anything_listens(tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    issue(certificate, key)
    other = tmp_path / "other.pem"
    encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----"

    def told(cert: Path = certificate, key: Path = key) -> str:
        with pytest.raises(UnusableFile) as failure:
            Certificate(cert, key)
        return str(failure.value)

    assert told(cert=other) == "PLUGIN_TLS_CERT: there is no such file"
    assert told(key=tmp_path) == "PLUGIN_TLS_KEY: there is no such file"
    assert told(cert=key) == "PLUGIN_TLS_CERT: that file holds no certificate in PEM"
    assert told(key=certificate) == "PLUGIN_TLS_KEY: that file holds no private key in PEM"
    other.write_bytes(b"x" * 1_048_577)
    assert told(key=other) == "PLUGIN_TLS_KEY: that file is longer than 1048576 bytes"
    subprocess.run(
        ["openssl", "pkcs8", "-topk8", "-in", key, "-out", other, "-passout", "pass:secret"],
        check=True,
    )
    assert encrypted in other.read_text()
    assert told(key=other) == (
        "PLUGIN_TLS_KEY: the key is encrypted, and nobody is there to ask: decrypt it"
    )
    issue(tmp_path / "another.pem", other)
    assert told(key=other) == "PLUGIN_TLS_KEY: is not the key of the certificate"
    other.write_text(f"{certificate.read_text()[:200]}\n-----END CERTIFICATE-----\n")
    assert told(cert=other).startswith("PLUGIN_TLS_CERT: certificate and key cannot be used: ")
