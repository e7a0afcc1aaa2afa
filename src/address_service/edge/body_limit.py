"""No request brings more than its route takes, and nobody unknown uploads: both settled before a body is parsed."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from address_service.edge.problems import problem_of
from address_service.errors import ServiceError, TooLarge

UPLOAD_PATHS = frozenset(
    {"/api/v1/jobs", "/api/v1/division-lists", "/api/v1/attachments", "/api/v1/reconciliations"}
)
MOST_BYTES = 1 << 20
"""What any request but an upload may bring, and what the frame around an uploaded file may add to it."""


class LimitBodies:
    """ASGI middleware that counts bytes as they arrive, whatever the request says of its length."""

    def __init__(
        self, app: ASGIApp, upload_bytes: int, require_account: Callable[[Request], Awaitable[object]]
    ) -> None:
        """``upload_bytes`` bounds uploaded files; ``require_account`` raises Unauthenticated."""
        self.app = app
        self.upload_bytes = upload_bytes
        self.require_account = require_account

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 or 413 instead of the app; what is no HTTP request passes through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_upload = scope["method"] == "POST" and scope["path"] in UPLOAD_PATHS
        most = self.upload_bytes + MOST_BYTES if is_upload else MOST_BYTES
        request = Request(scope)
        try:
            if is_upload:
                await self.require_account(request)
            if _declared_length(request) > most:
                raise _too_large(most)
        except ServiceError as error:
            await problem_of(error)(scope, receive, send)
            return
        await _Counted(self.app, most)(scope, receive, send)


class _Counted:
    """One request whose answer becomes 413 once more has arrived than it may bring."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most
        self.arrived = 0
        self.answering = False

    @property
    def exceeded(self) -> bool:
        return self.arrived > self.most and not self.answering

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def count() -> Message:
            message = await receive()
            self.arrived += len(message.get("body", b""))
            if self.exceeded:
                raise _too_large(self.most)
            return message

        async def answer(message: Message) -> None:
            if not self.exceeded:  # what the app makes of the broken body is not sent
                self.answering = True
                await send(message)

        try:
            await self.app(scope, count, answer)
        except TooLarge:
            if not self.exceeded:
                raise
        if self.exceeded:
            await problem_of(_too_large(self.most))(scope, receive, send)


def _declared_length(request: Request) -> int:
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdecimal() else 0


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"请求内容超过 {most >> 20} MB", code="too-large")
