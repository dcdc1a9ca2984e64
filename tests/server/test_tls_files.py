"""PLUGIN_TLS_CERT and PLUGIN_TLS_KEY: what is told of files that cannot be used."""

import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.authority import Authority
from tests.running import environment, running_server


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


def test_a_file_that_is_not_there_is_told_before_anything_listens(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    key = str(tmp_path / "none.pem")
    assert refusal(tmp_path, **{**authority.variables, "PLUGIN_TLS_KEY": key}) == (
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
