"""What an import of residents asks is answered by indexes, however many addresses there are."""

from sqlalchemy import text

from address_service.store.engine import Database
from address_service.store.resident_lookup import FIND_ADDRESSES, find_addresses


def test_addresses_are_found_by_their_code_and_by_their_text_through_indexes(database: Database) -> None:
    # A database of its own: what other tests rolled back leaves pages and statistics that sway the planner.
    with database.engine.connect() as conn:
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        args = {"county": "430626", "keys": ["43062611320850010000100007"]}

        plan = "\n".join(conn.execute(text(f"EXPLAIN {FIND_ADDRESSES}"), args).scalars())

    for index in (
        "address_county_code_code_key",
        "address_version_text_once",
        "address_version_tail",
        "alias_tail",
    ):
        assert index in plan
    # No index but that of the tail gives its order, whatever the statistics are.
    assert "Sort" not in plan
    assert "(code)::text" not in plan


def test_a_look_up_of_addresses_leaves_the_planner_as_it_was(database: Database) -> None:
    with database.engine.connect() as conn:
        find_addresses(conn, "430626", ["烟舟村12组18号"])

        assert conn.exec_driver_sql("SHOW enable_sort").scalar_one() == "on"
