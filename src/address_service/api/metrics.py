"""Request counters in the Prometheus text format."""

import time
from collections import defaultdict

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Metrics:
    """Counts of requests and seconds by route template, method and status class."""

    def __init__(self) -> None:
        """Start at zero."""
        self._count: dict[tuple[str, str, str], int] = defaultdict(int)
        self._seconds: dict[tuple[str, str, str], float] = defaultdict(float)

    def add(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        key = (route, method, f"{status // 100}xx")
        self._count[key] += 1
        self._seconds[key] += seconds

    def render(self) -> str:
        """All figures as text."""
        lines = ["# TYPE address_service_requests_total counter"]
        lines += [f"address_service_requests_total{_labels(k)} {n}" for k, n in sorted(self._count.items())]
        lines += ["# TYPE address_service_request_seconds_total counter"]
        lines += [
            f"address_service_request_seconds_total{_labels(k)} {s:.6f}"
            for k, s in sorted(self._seconds.items())
        ]
        return "\n".join(lines) + "\n"


def _labels(key: tuple[str, str, str]) -> str:
    route, method, status = key
    return f'{{route="{route}",method="{method}",status="{status}"}}'


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
