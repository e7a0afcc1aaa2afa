"""Which village's office sees which residents: rows follow who moves, and the land when villages merge or split."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.store.resident_locks import hold_for_carrying
from address_service.store.resident_scope import scope_of_villages

_EXTRACTS = ("extract_row", "extract_decision")
_PAPERS = ("paper",)
_LINKS = ("household_address", "household_member", "residency")


def relocate_persons(conn: Connection, county_code: str, ids: Sequence[UUID], village_id: UUID) -> None:
    """Persons, what they were and what happened to them, and the links that hold now show to another village.

    Closed links stay with the village that they were of; what somebody's file says goes where the person is.
    """
    args = {"county": county_code, "ids": list(ids), "village": village_id}
    for statement in (
        "UPDATE person SET village_id = :village WHERE county_code = :county AND id = ANY(:ids)",
        "UPDATE sealed_history SET village_id = :village WHERE county_code = :county AND subject_id = ANY(:ids)",
        "UPDATE resident_event SET village_id = :village WHERE county_code = :county AND subject_id = ANY(:ids)",
        "UPDATE residency SET village_id = :village WHERE county_code = :county AND person_id = ANY(:ids)"
        " AND upper_inf(recorded) AND upper_inf(valid)",
        "UPDATE household_member SET village_id = :village WHERE county_code = :county AND person_id = ANY(:ids)"
        " AND upper_inf(recorded) AND upper_inf(valid)",
    ):
        conn.execute(text(statement), args)


def relocate_household(conn: Connection, county_code: str, household_id: UUID, village_id: UUID) -> None:
    """A household, what it was before and what happened to it show to another village."""
    args = {"county": county_code, "id": household_id, "village": village_id}
    for statement in (
        "UPDATE household SET village_id = :village WHERE county_code = :county AND id = :id",
        "UPDATE paper SET village_id = :village WHERE county_code = :county AND household_id = :id",
        "UPDATE sealed_history SET village_id = :village WHERE county_code = :county AND subject_id = :id",
        "UPDATE resident_event SET village_id = :village WHERE county_code = :county AND subject_id = :id",
    ):
        conn.execute(text(statement), args)


def carry_residents(conn: Connection, county_code: str, sources: Sequence[UUID], target: UUID) -> int:
    """After divisions changed: residents of ``sources`` whose addresses now stand in ``target`` show to that village.

    Households go by their registered address, persons with their household or else by where they are registered or
    live; of a village that has ended everything goes, closed links and history included. Nothing but the village
    changes: no date, no 何时来本址, no address. Gives the number of persons carried. Must run in the transaction of the
    change, after the addresses were written.
    """
    wanted = [source for source in sources if source != target]
    if not wanted:
        return 0
    hold_for_carrying(conn, county_code)
    args = {"county": county_code, "sources": wanted, "target": target}
    with scope_of_villages(conn, county_code, [*wanted, target]):
        households = [row[0] for row in conn.execute(text(_HOUSEHOLDS), args)]
        persons = [row[0] for row in conn.execute(text(_PERSONS), {**args, "households": households})]
        for table, column in _SUBJECTS:
            conn.execute(
                text(
                    f"UPDATE {table} SET village_id = :target WHERE county_code = :county"  # noqa: S608
                    f" AND village_id = ANY(:sources) AND {column} = ANY(:ids)"
                ),
                {
                    **args,
                    "ids": households
                    if column == "household_id" or table == "household"
                    else persons + households,
                },
            )
        _carry_the_rest(conn, args)
    return len(persons)


def residents_left(conn: Connection, county_code: str, village_id: UUID) -> int:
    """How many persons and households a village has on record; whoever writes more waits until this one commits."""
    hold_for_carrying(conn, county_code)
    with scope_of_villages(conn, county_code, [village_id]):
        args = {"county": county_code, "village": village_id}
        return int(conn.execute(text(_LEFT), args).scalar_one())


def _carry_the_rest(conn: Connection, args: dict[str, object]) -> None:
    """What is left under a village that has ended has no office any more: it goes to the successor."""
    for table in ("household", "person", "sealed_history", "resident_event", *_LINKS, *_EXTRACTS, *_PAPERS):
        conn.execute(
            text(
                f"UPDATE {table} t SET village_id = :target WHERE t.county_code = :county"  # noqa: S608
                f" AND t.village_id = ANY(:sources) AND NOT EXISTS ({_LIVES_ON})"
            ),
            args,
        )


_SUBJECTS = (
    ("household", "id"),
    ("household_address", "household_id"),
    ("paper", "household_id"),
    ("person", "id"),
    ("household_member", "person_id"),
    ("residency", "person_id"),
    ("sealed_history", "subject_id"),
    ("resident_event", "subject_id"),
)

_LIVES_ON = """
SELECT FROM division_version d WHERE d.county_code = t.county_code AND d.division_id = t.village_id
  AND upper_inf(d.recorded) AND upper_inf(d.valid)
"""

_LEFT = """
SELECT (SELECT count(*) FROM person WHERE county_code = :county AND village_id = :village AND stage <> 'withdrawn')
     + (SELECT count(*) FROM household WHERE county_code = :county AND village_id = :village AND stage <> 'withdrawn')
"""

_STANDS_THERE = """
EXISTS (SELECT FROM address_version v WHERE v.county_code = l.county_code AND v.address_id = l.address_id
  AND v.division_id = :target AND upper_inf(v.recorded) AND upper_inf(v.valid))
"""

_HOUSEHOLDS = f"""
SELECT h.id FROM household h
JOIN household_address l ON l.county_code = h.county_code AND l.household_id = h.id AND upper_inf(l.recorded)
  AND upper_inf(l.valid)
WHERE h.county_code = :county AND h.village_id = ANY(:sources) AND {_STANDS_THERE}
"""  # noqa: S608

_PERSONS = f"""
SELECT p.id FROM person p WHERE p.county_code = :county AND p.village_id = ANY(:sources) AND (
    p.id IN (SELECT m.person_id FROM household_member m WHERE m.county_code = :county
        AND m.household_id = ANY(:households) AND upper_inf(m.recorded) AND upper_inf(m.valid))
    OR (NOT EXISTS (SELECT FROM household_member m WHERE m.county_code = :county AND m.person_id = p.id
            AND upper_inf(m.recorded) AND upper_inf(m.valid))
        AND p.id IN (SELECT l.person_id FROM residency l WHERE l.county_code = :county AND upper_inf(l.recorded)
            AND upper_inf(l.valid) AND {_STANDS_THERE})))
"""  # noqa: S608
