"""Refused requests in the audit, by a transaction of their own, since the request's is rolled back."""

import logging
import time
from threading import Lock

from fastapi import Request

from address_service.edge.origin import operation_of, origin_of, path_words
from address_service.edge.sign_in import nobody, now, source_of
from address_service.edge.work import House
from address_service.errors import Forbidden, ServiceError, TooMany, Unauthenticated
from address_service.model.accounts import Actor
from address_service.model.audit import AuditNote
from address_service.store.work import unit_of_work

log = logging.getLogger("address_service.audit")

A_MINUTE = 60.0
AT_MOST = 30
"""So many refusals a minute are written for one account, or one source without any; the rest are counted."""
_MOST_SOURCES = 4096

REFUSED = "request.refused"
_USED_UP = frozenset({"reveals-used-up", "lookups-used-up"})
"""Of asking too often, what tells of somebody who is after persons."""
_TELLING = frozenset({"person-known", "dates-overlap"})
"""Of writes that were refused, what tells something of a person: many of them are tries at a number."""
_OF_NO_WEIGHT = frozenset({"sign-in-needed"})


class RefusalGate:
    """Bounds what one source or account can make this process write."""

    def __init__(self, at_most: int = AT_MOST) -> None:
        """``at_most`` in a minute and for one source."""
        self._at_most = at_most
        self._seen: dict[str, tuple[float, int]] = {}
        self._lock = Lock()

    def pass_on(self, source: str) -> int | None:
        """None when a refusal is only counted, else how many were since the last one that was written."""
        moment = time.monotonic()
        with self._lock:
            since, count = self._seen.get(source, (moment, 0))
            held_back = max(0, count - self._at_most)
            if moment - since > A_MINUTE:
                since, count = moment, 0
                self._seen.pop(source, None)
            elif count >= self._at_most:
                self._seen[source] = since, count + 1
                return None
            if source not in self._seen and len(self._seen) >= _MOST_SOURCES:
                del self._seen[next(iter(self._seen))]  # the oldest: its minute began first
            self._seen[source] = since, count + 1
            return held_back


def is_of_weight(error: ServiceError) -> bool:
    """Whether a refusal belongs into the audit: a wrong key, a right that is missing, a guess; not a mere visit."""
    if isinstance(error, TooMany):
        return error.code in _USED_UP
    if error.code == "password-wrong" or error.code in _TELLING:
        return True  # somebody who holds a session guesses at the password of its account, or at a resident's number
    return isinstance(error, Forbidden | Unauthenticated) and error.code not in _OF_NO_WEIGHT


def record_refusal(request: Request, error: ServiceError) -> None:
    """Write a refusal of weight; what hinders that is logged, since the request is refused in any case."""
    if not is_of_weight(error):
        return
    actor: Actor | None = getattr(request.state, "actor", None)
    gate: RefusalGate = request.app.state.refusal_gate
    held_back = gate.pass_on(source_of(request) if actor is None else str(actor.account_id))
    if held_back is None:
        return
    try:
        _write(request, actor, error, held_back)
    except Exception:
        log.exception("a refusal could not be written to the audit")


def _write(request: Request, actor: Actor | None, error: ServiceError, held_back: int) -> None:
    house: House = request.app.state.house
    who = actor or nobody(house.settings.county_code)
    words = {f"path.{name}": word for name, word in path_words(request).items()}
    counted = {"not_written_before": held_back} if held_back else {}
    with unit_of_work(house.engine, who, now(), origin=origin_of(request)) as work:
        work.note(
            AuditNote(REFUSED, "operation", operation_of(request), {"code": error.code, **words, **counted})
        )
