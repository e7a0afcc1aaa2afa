"""A key is taken once; the second claim is given what the first one kept."""

from uuid import UUID

from address_service.store.idempotency import IdempotencyRepository, KeptAnswer
from address_service.store.work import Work

KEY = UUID(int=7)


def test_a_key_is_taken_by_the_first_and_answered_to_the_second(work: Work) -> None:
    keys = IdempotencyRepository(work.conn, work.county_code, work.actor.account_id)

    first = keys.claim(KEY, b"digest")
    keys.keep(KEY, 201, {"id": 1})
    second = keys.claim(KEY, b"another")

    assert first is None
    assert second == KeptAnswer(b"digest", 201, {"id": 1})
