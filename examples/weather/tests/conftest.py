"""A weather service of the tests' own, on this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest_plugins = ["plugin_server.testing.fixtures"]

YORK = {"name": "York", "country": "United Kingdom", "latitude": 53.96, "longitude": -1.08}
RAIN = {
    "time": "2026-11-21T12:00",
    "temperature_2m": 7.5,
    "wind_speed_10m": 12.0,
    "precipitation": 0.4,
}


class Service(ThreadingHTTPServer):
    """Answers `sent` with `status`, once `may_answer` is set; and knows what it was `asked`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.may_answer = threading.Event()
        self.begin_anew()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def begin_anew(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        self.sent = json.dumps({"results": [{**YORK, "id": 1}], "current": RAIN}).encode()
        self.may_answer.set()


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.may_answer.wait()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.sent)))
        self.end_headers()
        self.wfile.write(self.server.sent)

    def log_message(self, *_: object) -> None:
        """Tests print what matters."""


@pytest.fixture(scope="session")
def _service() -> Iterator[Service]:
    with Service() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="session")
def plugin_settings(_service: Service) -> dict[str, object]:
    """Where the plugin asks in each test."""
    return {"forecast_url": _service.url, "places_url": _service.url}


@pytest.fixture
def service(_service: Service) -> Service:
    """The service as it is at the beginning."""
    _service.begin_anew()
    return _service
