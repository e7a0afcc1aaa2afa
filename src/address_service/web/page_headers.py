"""Security headers of every answer: pages load from this host only."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",  # MapLibre 6 starts its worker from a file of ours: no blob:, no eval
        "style-src 'self'",
        "img-src 'self' data: blob:",  # data: are the icons in MapLibre's style sheet
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

TRANSPORT_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}


class PageHeaders:
    """ASGI middleware; a header that the answer already has stays as it is."""

    def __init__(self, app: ASGIApp, https: bool = False) -> None:
        """``app`` is the application inside; ``https`` asks browsers to come by https only from now on."""
        self.app = app
        self.headers = SECURITY_HEADERS | (TRANSPORT_HEADERS if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to HTTP answers; anything else passes through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)
