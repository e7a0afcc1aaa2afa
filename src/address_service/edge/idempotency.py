"""Idempotency-Key: a repeated write is answered as the first one was, and not done again."""

import hmac
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

from fastapi import Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from address_service.errors import InvalidInput
from address_service.store.idempotency import IdempotencyRepository
from address_service.store.work import Work

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", max_length=200, description="同一个键重发的请求只执行一次，并得到同样的答复"
    ),
]


def answer_once(
    request: Request,
    work: Work,
    key: str | None,
    body: object,
    status: int,
    act: Callable[[], BaseModel],
    *,
    pepper: bytes = b"",
) -> JSONResponse:
    """Do ``act`` under the key, or give the answer that it gave before.

    Raises InvalidInput `idempotency-key-reused` when the key came with another request. The answer is kept in the
    transaction of the act, so the two stand or fall together. What of the request is kept is its digest; with a
    ``pepper``, a secret that is not in the database, nobody finds by trying what a request about a person held.
    """
    if key is None:
        return JSONResponse(act().model_dump(mode="json"), status)
    kept_in = IdempotencyRepository(work.conn, work.county_code, work.actor.account_id)
    digest = _digest(request, body, pepper)
    key_id = uuid5(NAMESPACE_URL, key)
    kept = kept_in.claim(key_id, digest)
    if kept is not None:
        if kept.request_digest != digest:
            raise InvalidInput("这个幂等键已用于另一个请求", code="idempotency-key-reused")
        return JSONResponse(kept.response, kept.status or status, {"Idempotency-Replayed": "true"})
    answer: Any = act().model_dump(mode="json")
    kept_in.keep(key_id, status, answer)
    return JSONResponse(answer, status)


def _digest(request: Request, body: object, pepper: bytes) -> bytes:
    content = body.model_dump(mode="json") if isinstance(body, BaseModel) else body
    text = json.dumps([request.method, request.url.path, content], sort_keys=True, ensure_ascii=False)
    told = text.encode("utf-8", "surrogatepass")
    return hmac.digest(pepper, told, "sha256") if pepper else sha256(told).digest()
