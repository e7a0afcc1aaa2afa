"""Where a sign-in leads: to the page of ours that was wanted, with its query, and never to another host."""

import re
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse

__all__ = ["MAX_NEXT_LENGTH", "own_path", "to_sign_in"]

MAX_NEXT_LENGTH = 400
_VALUE = r"(?:[A-Za-z0-9_.~,+-]|%(?![01]|7[Ff]|5[Cc])[0-9A-Fa-f]{2})*"
_PAIR = rf"[A-Za-z0-9_-]+={_VALUE}"
_OWN_PATH = re.compile(rf"/[A-Za-z0-9_-]*(?:\?{_PAIR}(?:&{_PAIR})*)?")


def own_path(path: str) -> str:
    """A page of this service with an encoded query, else ``/``: no dots or second slash before ``?``, no controls."""
    return path if len(path) <= MAX_NEXT_LENGTH and _OWN_PATH.fullmatch(path) else "/"


def to_sign_in(request: Request) -> RedirectResponse:
    """Send an unknown visitor to the sign-in, which leads back to what was asked for."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(own_path(wanted), safe='/')}", status_code=303)
