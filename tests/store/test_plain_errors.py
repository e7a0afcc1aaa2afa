"""What an error of the database says once it is in a log: never a value of a row."""

import traceback
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from address_service.store.bulk import driver_connection
from address_service.store.engine import Database, begin
from address_service.store.plain_errors import forget_values

PLANTED = "示例张三丰"
TABLE = "CREATE TEMPORARY TABLE planted (name text CONSTRAINT planted_once UNIQUE, n integer CHECK (n > 0), note text)"
INSERT = "INSERT INTO planted VALUES (:name, :n, 'x')"


def twice(conn: Connection) -> None:
    for _ in range(2):
        conn.execute(text(INSERT), {"name": PLANTED, "n": 1})


def against_a_check(conn: Connection) -> None:
    conn.execute(text(INSERT), {"name": PLANTED, "n": 0})


def unreadable(conn: Connection) -> None:
    conn.execute(
        text("INSERT INTO planted (n) SELECT CAST(CAST(:name AS text) AS integer)"), {"name": PLANTED}
    )


def by_copy(conn: Connection) -> None:
    with driver_connection(conn).cursor() as cursor, cursor.copy("COPY planted FROM STDIN") as copy:
        copy.write_row((PLANTED, "-1", "x"))


@pytest.mark.parametrize("act", [twice, against_a_check, unreadable, by_copy])
def test_a_traceback_holds_no_value_of_a_row(database: Database, act: Callable[[Connection], Any]) -> None:
    with begin(database.engine) as conn:
        conn.execute(text(TABLE))
        with pytest.raises((psycopg.Error, DBAPIError)) as raised, conn.begin_nested():
            act(conn)
        forget_values(raised.value)

    told = "".join(traceback.format_exception(raised.value))
    assert "planted" in told
    assert PLANTED not in told


def test_the_constraint_is_still_named_without_asking_for_it(database: Database) -> None:
    with begin(database.engine) as conn:
        conn.execute(text(TABLE))
        with pytest.raises(IntegrityError, match="planted_once") as raised, conn.begin_nested():
            twice(conn)

    assert PLANTED not in "".join(traceback.format_exception(raised.value))
