"""Use-case: carry all sealed rows over to the current keys, in small transactions that may be cut at any moment."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from address_service.model.audit import AuditNote
from address_service.store.extract_rotation import ExtractRotation
from address_service.store.key_rotation import KeyRotation
from address_service.store.resident_scope import scope_of_villages
from address_service.store.work import Work

_WAIT_S = 0.2


def rotate_keys(
    open_work: Callable[[], AbstractContextManager[Work]],
    batch: int = 500,
    progress: Callable[[int, int], None] = lambda done, total: None,
    patience: int = 50,
) -> int:
    """Carry rows over until none is left under an older key; gives how many this call carried.

    Every row can be read at every moment: old keys stay in the ring, and a row changes with its key id in one
    statement. Two rotations at once share the work, since each leaves out what the other holds; rows that somebody
    holds longer are tried again ``patience`` times.
    """
    carried = waited = 0
    with open_work() as work, scope_of_villages(work.conn, work.county_code, None):
        total = sum(part.left() for part in _parts(work))
    while True:
        done, left = _one_batch(open_work, batch)
        carried += done
        progress(carried, max(total, carried))
        if not done and (not left or waited >= patience):
            return carried
        if not done:
            waited += 1
            time.sleep(_WAIT_S)


def _one_batch(open_work: Callable[[], AbstractContextManager[Work]], batch: int) -> tuple[int, int]:
    """Rows carried, and where none was, how many are left in the hands of others."""
    with open_work() as work, scope_of_villages(work.conn, work.county_code, None):
        residents, extracts = _parts(work)
        done = residents.carry(batch) or extracts.carry(batch)
        if done:
            work.note(AuditNote("keys.rotate", "key", str(work.seal.current_ids()[0]), {"rows": done}))
        return done, 0 if done else residents.left() + extracts.left()


def _parts(work: Work) -> tuple[KeyRotation, ExtractRotation]:
    """Residents first, then the extracts of other offices."""
    bound = (work.conn, work.county_code, work.seal)
    return KeyRotation(*bound), ExtractRotation(*bound)
