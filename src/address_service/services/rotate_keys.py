"""Use-case: carry all sealed rows over to the current keys, in small transactions that may be cut at any moment."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from address_service.errors import Conflict
from address_service.model.audit import AuditNote
from address_service.store.extract_rotation import ExtractRotation
from address_service.store.key_rotation import KeyRotation, Mark
from address_service.store.mapping_rotation import MappingRotation
from address_service.store.resident_scope import scope_of_villages
from address_service.store.work import Work

_WAIT_S = 0.2

OpenWork = Callable[[], AbstractContextManager[Work]]


def rotate_keys(
    open_work: OpenWork,
    batch: int = 500,
    progress: Callable[[int, int], None] = lambda done, total: None,
    patience: int = 50,
) -> int:
    """Carry rows over until none is left under an older key; gives how many this call carried.

    Every row can be read at every moment: old keys stay in the ring, and a row changes with its key id in one
    statement. Two rotations at once share the work, since each leaves out what the other holds. Work that began
    earlier, an import above all, may still bring rows under the older keys, and is waited for; rows that somebody
    holds longer are tried again ``patience`` times. Raises Conflict `busy` when some are left then.
    """
    carried = waited = 0
    with _rotation(open_work) as (work, rotation):
        began_at, total = rotation.began_at(), rotation.left() + _left_elsewhere(work)
    while True:
        done = 0
        for rows in _walk(open_work, batch):
            done += rows
            progress(carried + done, max(total, carried + done))
        carried += done
        with _rotation(open_work) as (work, rotation):
            # In this order: who commits in between is counted.
            is_waiting = rotation.is_older_work_under_way(began_at)
            left = rotation.left() + _left_elsewhere(work)
        if not left and not is_waiting:
            return carried
        if waited >= patience and not is_waiting and not done:
            raise Conflict(f"还有{left}行正被他人占用，请稍后再执行一次", code="busy")
        if not done:
            waited += not is_waiting
            time.sleep(_WAIT_S)


def _walk(open_work: OpenWork, batch: int) -> Iterator[int]:
    """Go over all rows once, a transaction for each batch; gives the rows carried by each."""
    mark: Mark | None = Mark()
    while mark is not None:
        with _rotation(open_work) as (work, rotation):
            done, mark = rotation.carry(mark, batch)
            if done:
                work.note(AuditNote("keys.rotate", "key", str(work.seal.current_ids()[0]), {"rows": done}))
        yield done
    while done := _carry_elsewhere(open_work, batch):
        yield done


def _carry_elsewhere(open_work: OpenWork, batch: int) -> int:
    """Extracts and their rows, else a mapping package, carried in one transaction."""
    with _rotation(open_work) as (work, _):
        done = _extracts(work).carry(batch) or _packages(work).carry()
        if done:
            work.note(AuditNote("keys.rotate", "key", str(work.seal.current_ids()[0]), {"rows": done}))
        return done


def _left_elsewhere(work: Work) -> int:
    return _extracts(work).left() + _packages(work).left()


def _packages(work: Work) -> MappingRotation:
    return MappingRotation(work.conn, work.county_code, work.seal)


def _extracts(work: Work) -> ExtractRotation:
    return ExtractRotation(work.conn, work.county_code, work.seal)


@contextmanager
def _rotation(open_work: OpenWork) -> Iterator[tuple[Work, KeyRotation]]:
    with open_work() as work, scope_of_villages(work.conn, work.county_code, None):
        yield work, KeyRotation(work.conn, work.county_code, work.seal)
