"""What every request about residents shares: answers that nothing keeps, and repeats known without their contents."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from address_service.edge.idempotency import answer_once
from address_service.store.keys import Purpose
from address_service.store.work import Work

NO_STORE = {"Cache-Control": "no-store"}
"""Neither browsers nor proxies keep an answer about people."""


def answer_once_sealed(
    request: Request, work: Work, key: str | None, body: object, status: int, act: Callable[[], BaseModel]
) -> JSONResponse:
    """As `answer_once`; of the request only a keyed digest is kept, and ``act`` answers ids and revisions alone."""
    # The first key of the ring: a newer one must not make a repeat look like another request.
    pepper = (
        work.keys.all(Purpose.INDEX)[0].secret if key is not None and work.keys.all(Purpose.INDEX) else b""
    )
    answer = answer_once(request, work, key, body, status, act, pepper=pepper)
    answer.headers.update(NO_STORE)
    return answer
