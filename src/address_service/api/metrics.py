"""Request counters in the Prometheus text format, counted over all serving processes.

Where PROMETHEUS_MULTIPROC_DIR names a folder, as `serve` sees to, each process counts in a file of its own there, and
whichever is asked adds all of them up; the file of one that is gone stays. Elsewhere the process counts for itself.
"""

import os
import time

from prometheus_client import CollectorRegistry, Counter, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LABELS = ("route", "method", "status")

disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """Counts of requests and seconds by route template, method and status class."""

    def __init__(self) -> None:
        """Start at zero, or where a dead process of the same number left off."""
        self._own = CollectorRegistry()
        self._count = Counter("address_service_requests", "Requests answered.", _LABELS, registry=self._own)
        self._seconds = Counter(
            "address_service_request_seconds", "Seconds that the answers took.", _LABELS, registry=self._own
        )

    def add(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        labels = (route, method, f"{status // 100}xx")
        self._count.labels(*labels).inc()
        self._seconds.labels(*labels).inc(seconds)

    def render(self) -> bytes:
        """All figures as text."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._own)
        everybody = CollectorRegistry()
        MultiProcessCollector(everybody)  # type: ignore[no-untyped-call]
        return generate_latest(everybody)


class CountRequests:
    """ASGI middleware that counts; the route's template stands for its addresses, so no code or token is kept."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """``app`` is the application inside."""
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count HTTP requests; anything else passes through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self.metrics.add(route, method, status, time.perf_counter() - begun)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
