"""Connections of the write lane: one that the server has ended is not handed out."""

import psycopg
from sqlalchemy import text

from address_service.store.engine import Database, begin, make_engine


def test_a_connection_that_the_server_ended_is_replaced(database: Database) -> None:
    engine = make_engine(database.app_url, pool_size=1)
    pid = text("SELECT pg_backend_pid()")
    with begin(engine) as conn:
        first = conn.execute(pid).scalar_one()

    with psycopg.connect(database.app_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    with begin(engine) as conn:
        second = conn.execute(pid).scalar_one()

    assert second != first
    engine.dispose()


def test_a_connection_at_rest_is_used_again(database: Database) -> None:
    engine = make_engine(database.app_url, pool_size=1)
    seen = set()

    for _ in range(3):
        with begin(engine) as conn:
            seen.add(conn.execute(text("SELECT pg_backend_pid()")).scalar_one())

    assert len(seen) == 1
    engine.dispose()
