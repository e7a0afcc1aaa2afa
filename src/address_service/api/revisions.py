"""The one shape of an act on a resident or household that makes a revision: done once, answered with its number."""

from collections.abc import Callable
from uuid import UUID

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from address_service.api.schemas.residents import RevisionAnswer
from address_service.edge.residents import answer_once_sealed
from address_service.store.work import Work


def revise_once(
    request: Request, work: Work, key: str | None, body: BaseModel, subject_id: UUID, act: Callable[[], int]
) -> JSONResponse:
    """Do ``act``, which gives the new revision, or repeat the answer of before under the same key."""
    return answer_once_sealed(
        request, work, key, body, 200, lambda: RevisionAnswer(id=subject_id, revision=act())
    )
