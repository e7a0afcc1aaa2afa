"""A key is taken once; the second claim is given what the first one kept."""

from uuid import UUID

from sqlalchemy import text

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


def test_an_answer_is_let_go_of_after_a_week(work: Work) -> None:
    keys = IdempotencyRepository(work.conn, work.county_code, work.actor.account_id)
    write = text(
        "INSERT INTO idempotency (county_code, account_id, key, request_digest, created_at)"
        " VALUES (:c, :a, :k, 'x', now() - CAST(:age AS interval))"
    )
    for key, age in ((UUID(int=1), "7 days 1 hour"), (UUID(int=2), "6 days 23 hours"), (KEY, "30 days")):
        work.conn.execute(write, {"c": work.county_code, "a": work.actor.account_id, "k": key, "age": age})

    claimed = keys.claim(KEY, b"digest")

    assert claimed is None
    assert set(work.conn.execute(text("SELECT key FROM idempotency")).scalars()) == {UUID(int=2), KEY}
