"""What the server counts, for Prometheus. Imported only when PLUGIN_METRICS_BIND asks for it.

No label takes a value from a caller as it came: a route is a rule, a method is one that is known.
"""

from collections.abc import Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ..http.record import ConnectionCounts, RequestRecord

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
OPERATIONS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The counts of one application: an observer of its requests and its database's meter."""

    def __init__(self, version: str, connections: ConnectionCounts) -> None:
        # When a count began is told by process_start_time_seconds; twice the lines say no more.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        registry = CollectorRegistry()
        self._registry = registry
        self._requests = Counter(
            "plugin_requests",
            "Requests that were answered.",
            ("route", "method", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "plugin_request_seconds",
            "From the request's head to the end of its answer.",
            ("route",),
            buckets=SECONDS,
            registry=registry,
        )
        self._tool_calls = Counter(
            "plugin_tool_calls",
            "Calls of MCP tools, by the status that the tool's own route answered.",
            ("tool", "status"),
            registry=registry,
        )
        self._refusals = Counter(
            "plugin_refusals",
            "Requests refused by a limit or by the list of networks.",
            ("reason",),
            registry=registry,
        )
        self._waiting = Gauge(
            "plugin_database_waiting_operations",
            "Operations that wait for the database.",
            registry=registry,
        )
        self._commits = Histogram(
            "plugin_database_operations_per_commit",
            "Operations that one commit made last; the count is that of commits.",
            buckets=OPERATIONS,
            registry=registry,
        )
        Info("plugin_build", "What runs.", registry=registry).info({"version": version})
        registry.register(_Connections(connections))
        PlatformCollector(registry)
        ProcessCollector(registry=registry)

    def observe(self, record: RequestRecord) -> None:
        """Count a request."""
        route = record.route or "unmatched"
        self._requests.labels(route, record.known_method, record.status).inc()
        self._seconds.labels(route).observe(record.seconds)
        if record.tool is not None:
            self._tool_calls.labels(record.tool, record.tool_status or 500).inc()
        if record.refusal is not None:
            self._refusals.labels(record.refusal).inc()

    def queued(self) -> None:
        self._waiting.inc()

    def begun(self, operations: int) -> None:
        self._waiting.dec(operations)

    def committed(self, operations: int) -> None:
        self._commits.observe(operations)

    def listen(self, host: str, port: int) -> int:
        """Answer scrapers at this address, in threads, until the process ends; the port.

        Raises OSError.
        """
        server, _ = start_http_server(port, host, self._registry)
        return server.server_port


class _Connections(Collector):
    """What the server counts by itself, read when somebody asks."""

    def __init__(self, counts: ConnectionCounts) -> None:
        self._counts = counts

    def collect(self) -> Iterable[Metric]:
        if not self._counts.are_kept:
            return
        yield GaugeMetricFamily(
            "plugin_connections", "Connections that are open.", self._counts.open
        )
        yield CounterMetricFamily(
            "plugin_connections_closed",
            "Connections closed to make room for others.",
            self._counts.closed,
        )
        yield CounterMetricFamily(
            "plugin_connections_refused",
            "Connections refused because all were busy.",
            self._counts.refused,
        )
        yield CounterMetricFamily(
            "plugin_unreadable_requests",
            "Requests that were no HTTP, and are counted nowhere else.",
            self._counts.unreadable,
        )
