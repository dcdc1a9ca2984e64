"""PLUGIN_TLS_CERT and PLUGIN_TLS_KEY: what is told of files that cannot be used."""

import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import trustme

from plugin_server.serving.tls import Certificate
from plugin_server.settings.files import UnusableFile

from .authority import Authority
from .server import environment, running_server


def refusal(folder: Path, **variables: str) -> str:
    """What a server that does not start says; its exit code is 2."""
    done = subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=folder,
        env=environment(**{"PLUGIN_BIND": "127.0.0.1:0", **variables}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    return done.stderr


def test_files_that_cannot_be_used_are_told_before_anything_listens(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.certificate, authority.key
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
    other.write_bytes(trustme.CA().issue_cert("localhost").private_key_pem.bytes())
    assert told(key=other) == "PLUGIN_TLS_KEY: is not the key of the certificate"
    other.write_text(f"{certificate.read_text()[:200]}\n-----END CERTIFICATE-----\n")
    assert told(cert=other).startswith("PLUGIN_TLS_CERT: certificate and key cannot be used: ")
    assert refusal(tmp_path, PLUGIN_TLS_CERT="cert.pem", PLUGIN_TLS_KEY="none.pem") == (
        "todo-plugin: PLUGIN_TLS_KEY: there is no such file\n"
    )


def test_a_certificate_that_has_expired_is_served_with_a_warning(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.issue(not_after=datetime.now(UTC) - timedelta(days=1))
    with running_server(tmp_path, **authority.variables) as server:
        client = ssl.create_default_context()
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
        answer = httpx.get(f"{server.url}/healthz", verify=client)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        server.stop()
    log = (tmp_path / "server.log").read_text()
    assert "PLUGIN_TLS_CERT: clients will not trust it: certificate has expired" in log
