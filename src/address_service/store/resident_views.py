"""Households and persons read: 人 → 户 → 房 and back, opened for whoever may see them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.errors import NotFound
from address_service.model.residents import HouseholdKind
from address_service.residents.person import from_payload
from address_service.residents.relations import HEAD
from address_service.store.direct import direct, named_rows
from address_service.store.resident_queries import (
    ADDRESS,
    AT_ADDRESSES,
    AT_ENDED,
    CHANGED_BY_IMPORT,
    DOORS,
    HOMES,
    HOUSEHOLD,
    HOUSEHOLDS_AT,
    MEMBERS,
    OF_HOUSEHOLDS,
    OF_PERSONS,
    PERSON,
    WITH_ROOMS,
)
from address_service.store.resident_records import (
    ChangedByImport,
    Home,
    Household,
    KnownAddress,
    Membership,
    Person,
    Where,
)
from address_service.store.seal import RowKey, Seal


class ResidentViews:
    """Reads within the scope that the transaction has opened."""

    def __init__(self, conn: Connection, county_code: str, seal: Seal) -> None:
        """Bind to a transaction, a tenant and its seal."""
        self._conn = conn
        self._county = county_code
        self._seal = seal

    def person(self, person_id: UUID, *, lock: bool = False) -> Person:
        """One person; raises NotFound `person-not-found`, also outside of the scope."""
        found = self._persons("AND p.id = :id" + (" FOR UPDATE" if lock else ""), id=person_id)
        if not found:
            raise NotFound("没有这个人员，或不在辖区内", code="person-not-found")
        return found[0]

    def hold_persons(self, ids: Sequence[UUID]) -> None:
        """Let nobody else act on persons until this transaction ends."""
        query = "SELECT id FROM person WHERE county_code = :county AND id = ANY(:ids) ORDER BY id FOR UPDATE"
        self._rows(query, ids=list(ids))

    def hold_households(self, ids: Sequence[UUID]) -> None:
        """Let nobody else act on households until this transaction ends; whoever holds persons too holds them first."""
        query = (
            "SELECT id FROM household WHERE county_code = :county AND id = ANY(:ids) ORDER BY id FOR UPDATE"
        )
        self._rows(query, ids=list(ids))

    def persons_by_ids(self, ids: Sequence[UUID]) -> dict[UUID, Person]:
        """Several persons by id."""
        return {p.id: p for p in self._persons("AND p.id = ANY(:ids)", ids=list(ids))}

    def find_persons(self, kind: str, value: str, limit: int = 50) -> list[Person]:
        """Those whose ``id_no``, ``name`` or ``phone`` is exactly the normalised value."""
        column = {"id-no": "id_no_index", "name": "name_index", "phone": "phone_index"}[kind]
        where = f"AND p.{column} = ANY(:digests) ORDER BY p.id LIMIT :limit"
        return self._persons(where, digests=self._seal.indexes(kind, value), limit=limit)

    def persons(self, after: UUID | None, limit: int, where: Where) -> list[Person]:
        """A page of persons by id: of villages, or those registered or living at addresses now."""
        clauses = ["AND p.stage <> 'withdrawn'", "AND (CAST(:after AS uuid) IS NULL OR p.id > :after)"]
        if where.village_ids is not None:
            clauses.append("AND p.village_id = ANY(:villages)")
        if where.address_ids is not None:
            clauses.append(f"AND p.id IN ({AT_ADDRESSES})")
        if where.ended:
            clauses.append(f"AND p.id IN ({AT_ENDED.format(subject='person_id', table='residency')})")
        return self._persons(
            " ".join([*clauses, "ORDER BY p.id LIMIT :limit"]), after=after, limit=limit,
            villages=list(where.village_ids or ()), addresses=list(where.address_ids or ()),
        )  # fmt: skip

    def household(self, household_id: UUID, *, lock: bool = False) -> Household:
        """One household; raises NotFound `household-not-found`, also outside of the scope."""
        found = self._households("AND h.id = :id" + (" FOR UPDATE" if lock else ""), id=household_id)
        if not found:
            raise NotFound("没有这一户，或不在辖区内", code="household-not-found")
        return found[0]

    def households_by_ids(self, ids: Sequence[UUID]) -> dict[UUID, Household]:
        """Several households by id."""
        return {h.id: h for h in self._households("AND h.id = ANY(:ids)", ids=list(ids))}

    def find_households(self, book_no: str) -> list[Household]:
        """Those with exactly a normalised 户号."""
        return self._households(
            "AND h.book_no_index = ANY(:digests) ORDER BY h.id LIMIT 50",
            digests=self._seal.indexes("book-no", book_no),
        )

    def households_of_head(self, name: str) -> list[Household]:
        """Those whose head now has exactly a normalised name."""
        return self._households(
            """AND h.stage <> 'withdrawn' AND h.id IN (
                SELECT m.household_id FROM household_member m
                JOIN person p ON p.county_code = m.county_code AND p.id = m.person_id
                WHERE m.county_code = :county AND m.relation = :head AND upper_inf(m.recorded) AND upper_inf(m.valid)
                  AND p.name_index = ANY(:digests)) ORDER BY h.id LIMIT 50""",
            digests=self._seal.indexes("name", name), head=HEAD,
        )  # fmt: skip

    def households(self, after: UUID | None, limit: int, where: Where) -> list[Household]:
        """A page of households by id: of villages, or those at addresses now."""
        clauses = ["AND h.stage <> 'withdrawn'", "AND (CAST(:after AS uuid) IS NULL OR h.id > :after)"]
        if where.village_ids is not None:
            clauses.append("AND h.village_id = ANY(:villages)")
        if where.address_ids is not None:
            clauses.append(f"AND h.id IN ({HOUSEHOLDS_AT})")
        if where.ended:
            clauses.append(
                f"AND h.id IN ({AT_ENDED.format(subject='household_id', table='household_address')})"
            )
        return self._households(
            " ".join([*clauses, "ORDER BY h.id LIMIT :limit"]), after=after, limit=limit,
            villages=list(where.village_ids or ()), addresses=list(where.address_ids or ()),
        )  # fmt: skip

    def members(self, household_ids: Sequence[UUID]) -> list[Membership]:
        """Who is in households now, heads first."""
        query = f"{MEMBERS} AND m.household_id = ANY(:ids) ORDER BY m.relation, m.person_id"
        return [Membership(*row) for row in self._rows(query, ids=list(household_ids))]

    def memberships(self, person_ids: Sequence[UUID]) -> list[Membership]:
        """Which households persons are in now."""
        query = f"{MEMBERS} AND m.person_id = ANY(:ids)"
        return [Membership(*row) for row in self._rows(query, ids=list(person_ids))]

    def homes_of_persons(self, person_ids: Sequence[UUID]) -> list[Home]:
        """Where persons are registered and live now."""
        return [_home(row) for row in self._rows(HOMES.format(**OF_PERSONS), ids=list(person_ids))]

    def homes_of_households(self, household_ids: Sequence[UUID]) -> list[Home]:
        """Registered addresses of households now."""
        return [_home(row) for row in self._rows(HOMES.format(**OF_HOUSEHOLDS), ids=list(household_ids))]

    def events(self, subject_id: UUID) -> list[Mapping[str, Any]]:
        """What happened to a household or person, the latest first."""
        query = """SELECT e.kind, e.effective_on, e.document_no, e.details, e.recorded_at, a.name AS actor
                   FROM resident_event e
                   JOIN account a ON a.county_code = e.county_code AND a.id = e.actor_id
                   WHERE e.county_code = :county AND e.subject_id = :id
                   ORDER BY e.recorded_at DESC, e.id DESC LIMIT 200"""
        args = {"county": self._county, "id": subject_id}
        return [dict(row) for row in self._conn.execute(text(query), args).mappings()]

    def address(self, code: str) -> KnownAddress:
        """An address by its code that is drafted or current; raises NotFound `address-not-found`."""
        row = next(iter(self._rows(ADDRESS, code=code)), None)
        if row is None:
            raise NotFound(f"没有地址 {code}，或已注销", code="address-not-found")
        return KnownAddress(*row)

    def address_ids(
        self, *, code: str | None = None, building: str | None = None, parcel: str | None = None
    ) -> list[UUID]:
        """Doors and their rooms by an address code, a building code or a parcel code."""
        if code is not None:
            doors = "SELECT a.id FROM address a WHERE a.county_code = :county AND a.code = :key"
        else:
            column = "b.building_code = :key" if building is not None else "p.parcel_code = :key"
            doors = DOORS.format(column=column)
        key = code or building or parcel
        return [row[0] for row in self._rows(WITH_ROOMS.format(doors=doors), key=key)]

    def village_ids(self, code: str) -> list[UUID]:
        """The villages of a division code as they are today or will be."""
        query = """SELECT DISTINCT division_id FROM division_version WHERE county_code = :county AND level = 'village'
                     AND upper_inf(recorded) AND upper_inf(valid) AND starts_with(code_nbs, :code)"""
        return [row[0] for row in self._rows(query, code=code)]

    def of_import(self, table: str, import_id: UUID) -> list[UUID]:
        """Households or persons that an import brought and that can still be read."""
        query = f"""SELECT id FROM {table} WHERE county_code = :county AND import_id = :run AND row_key IS NOT NULL
                    ORDER BY id FOR UPDATE"""  # noqa: S608
        return [row[0] for row in self._rows(query, run=import_id)]

    def changed_by_import(self, import_id: UUID) -> list[ChangedByImport]:
        """Persons who were there before an import changed them, with what was kept of each; the persons are held."""
        rows = self._rows(CHANGED_BY_IMPORT, run=str(import_id))
        persons = self.persons_by_ids([row.subject_id for row in rows])
        found = []
        for row in rows:
            person = persons[row.subject_id]
            if person.key is not None and person.stage == "active":
                before = from_payload(self._seal.open("person", person.id, person.key, bytes(row.payload)))
                found.append(ChangedByImport(person, before, row.changed_since))
        return found

    def _persons(self, where: str, **args: Any) -> list[Person]:
        return [self._person(row) for row in self._rows(f"{PERSON} {where}", **args)]

    def _person(self, row: Any) -> Person:
        key = RowKey(row.key_id, bytes(row.row_key)) if row.row_key is not None else None
        facts = None
        if key is not None:
            facts = from_payload(self._seal.open("person", row.id, key, bytes(row.payload)))
        return Person(
            row.id, row.village_id, row.stage, row.revision, key, facts, row.end_reason, row.ended_on
        )

    def _households(self, where: str, **args: Any) -> list[Household]:
        return [self._household(row) for row in self._rows(f"{HOUSEHOLD} {where}", **args)]

    def _household(self, row: Any) -> Household:
        key = RowKey(row.key_id, bytes(row.row_key)) if row.row_key is not None else None
        book_no = None
        if key is not None:
            book_no = self._seal.open("household", row.id, key, bytes(row.payload)).get("book_no")
        kind = HouseholdKind(row.kind)
        return Household(row.id, row.village_id, kind, row.stage, row.revision, key, book_no)

    def _rows(self, query: str, **args: Any) -> list[Any]:
        return named_rows(self._conn, direct(query), {"county": self._county, **args})


def _home(row: Any) -> Home:
    values = row._asdict()
    values["building_codes"], values["parcel_codes"] = tuple(row.building_codes), tuple(row.parcel_codes)
    return Home(**values)
