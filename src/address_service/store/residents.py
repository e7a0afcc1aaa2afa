"""Households and persons as they are written: sealed, in bulk, every link over time; nothing is deleted."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlalchemy import Connection, Table, text

from address_service.errors import Conflict
from address_service.residents.person import PersonFacts
from address_service.store.bulk import json_text
from address_service.store.ids import new_id
from address_service.store.resident_entries import (
    BOOK_NO,
    ID_NO,
    NAME,
    PHONE,
    NewHousehold,
    NewMember,
    NewPerson,
    NewResidency,
    ResidentEvent,
)
from address_service.store.resident_queries import (
    CHANGE_HOUSEHOLD,
    CHANGE_PERSON,
    DESTROY_HOUSEHOLDS,
    DESTROY_PERSONS,
    END_PERSON,
    WITHDRAW,
)
from address_service.store.resident_rows import insert_rows
from address_service.store.seal import RowKey, Seal
from address_service.store.tables.residents import (
    household,
    household_address,
    household_member,
    person,
    residency,
    resident_event,
    sealed_history,
)
from address_service.store.versions import Piece, rewrite, split_at


class ResidentWriter:
    """Writes what one account does at one moment; the transaction's scope is opened by whoever makes it."""

    def __init__(self, conn: Connection, county_code: str, seal: Seal, actor_id: UUID, now: datetime) -> None:
        """Bind to a transaction, a tenant and its seal."""
        self._conn = conn
        self._county = county_code
        self._seal = seal
        self._actor = actor_id
        self._now = now

    def add_households(self, new: Sequence[NewHousehold], since: date, import_id: UUID | None = None) -> None:
        """Households with their registered address from a day on."""
        rows, links = [], []
        _, index_key = self._seal.current_ids() if new else (None, None)
        for one in new:
            key, sealed = self._seal.seal_new("household", one.id, {"book_no": one.book_no})
            rows.append(
                (self._county, one.id, one.village_id, one.kind, "active", 1, key.key_id, key.wrapped, sealed,
                 self._seal.index(BOOK_NO, one.book_no), index_key, import_id, self._actor, self._now)
            )  # fmt: skip
            links.append((one.village_id, one.id, one.address_id))
        names = (
            "county_code id village_id kind stage revision key_id row_key payload book_no_index index_key_id"
        )
        insert_rows(self._conn, household, [*names.split(), "import_id", "actor_id", "created_at"], rows)
        self.add_household_addresses(links, since)

    def add_household_addresses(self, links: Sequence[tuple[UUID, UUID, UUID]], since: date) -> None:
        """Registered addresses (village, household, address) from a day on."""
        self._links(household_address, ("village_id", "household_id", "address_id"), links, since)

    def add_persons(self, new: Sequence[NewPerson], import_id: UUID | None = None) -> None:
        """Persons, each sealed under a key of its own."""
        rows = []
        _, index_key = self._seal.current_ids() if new else (None, None)
        for one in new:
            key, sealed = self._seal.seal_new("person", one.id, one.facts.to_payload())
            rows.append(
                (self._county, one.id, one.village_id, "active", 1, key.key_id, key.wrapped, sealed,
                 *self._indexes(one.facts), index_key, import_id, self._actor, self._now)
            )  # fmt: skip
        names = "county_code id village_id stage revision key_id row_key payload id_no_index name_index phone_index"
        more = ("index_key_id", "import_id", "actor_id", "created_at")
        insert_rows(self._conn, person, [*names.split(), *more], rows)

    def add_members(self, new: Sequence[NewMember], since: date) -> None:
        """Persons join households on a day."""
        rows = [(n.village_id, n.household_id, n.household_kind, n.person_id, n.relation) for n in new]
        names = ("village_id", "household_id", "household_kind", "person_id", "relation")
        self._links(household_member, names, rows, since)

    def add_residencies(self, new: Sequence[NewResidency], since: date) -> None:
        """Persons are registered or live somewhere from a day on."""
        rows = [(n.village_id, n.person_id, n.address_id, n.kind, n.arrived_on) for n in new]
        self._links(residency, ("village_id", "person_id", "address_id", "kind", "arrived_on"), rows, since)

    def record(self, events: Sequence[ResidentEvent]) -> None:
        """What happened, for the history of each household and person."""
        rows = [
            (self._county, new_id(), e.village_id, e.subject, e.subject_id, e.kind, e.effective_on, e.document_no,
             json_text(e.details), self._actor, self._now)
            for e in events
        ]  # fmt: skip
        names = "county_code id village_id subject subject_id kind effective_on document_no details actor_id"
        insert_rows(self._conn, resident_event, [*names.split(), "recorded_at"], rows)

    def record_for(
        self,
        subject: str,
        ids: Sequence[UUID],
        kind: str,
        on: date,
        document_no: str,
        details: dict[str, Any],
    ) -> None:
        """The same for many households or persons at once, each under its own village."""
        statement = f"""
            INSERT INTO resident_event (county_code, id, village_id, subject, subject_id, kind, effective_on,
                document_no, details, actor_id, recorded_at)
            SELECT county_code, gen_random_uuid(), village_id, '{subject}', id, :kind, :on, :document_no,
                CAST(:details AS jsonb), :actor, :now
            FROM {subject} WHERE county_code = :county AND id = ANY(:ids)"""  # noqa: S608
        self._update(
            statement, ids=list(ids), kind=kind, on=on, document_no=document_no, details=json_text(details),
            actor=self._actor, now=self._now,
        )  # fmt: skip

    def close_links(self, persons: Sequence[UUID], households: Sequence[UUID]) -> None:
        """Withdraw every link of persons and households: they were never so; what we knew stays on record."""
        tick = timedelta(microseconds=1)
        for table, column, ids in (
            ("household_member", "person_id", persons),
            ("household_member", "household_id", households),
            ("residency", "person_id", persons),
            ("household_address", "household_id", households),
        ):
            self._update(WITHDRAW.format(table=table, column=column), ids=list(ids), now=self._now, tick=tick)

    def end_link(self, table: Table, link_id: UUID, on: date) -> None:
        """A membership, residency or registered address holds no longer: the day is the first on which it does not."""
        valid = self._conn.execute(
            text(
                f"SELECT valid FROM {table.fullname} WHERE county_code = :county AND id = :id"  # noqa: S608
                " AND upper_inf(recorded) FOR UPDATE"
            ),
            {"county": self._county, "id": link_id},
        ).scalar()
        if valid is None:
            raise Conflict("别人刚刚更改了同一处，请重新打开后再试", code="busy")
        before, _ = split_at(valid, on)
        pieces = [Piece(before)] if before is not None else []
        # A link made at this very moment was known for a microsecond; what follows it is known after that.
        self._now = max(self._now, rewrite(self._conn, table, self._county, link_id, pieces, self._now))

    def change_person(self, person_id: UUID, key: RowKey, facts: PersonFacts) -> None:
        """Other facts of a person; those of before go to the sealed history."""
        self._keep_history("person", person_id)
        id_no, name, phone = self._indexes(facts)
        self._update(
            CHANGE_PERSON, id=person_id, payload=self._seal.seal_again("person", person_id, key, facts.to_payload()),
            id_no=id_no, name=name, phone=phone, index_key=self._seal.current_ids()[1],
        )  # fmt: skip

    def change_household(self, household_id: UUID, key: RowKey, book_no: str | None) -> None:
        """Another 户号; the one of before goes to the sealed history."""
        self._keep_history("household", household_id)
        self._update(
            CHANGE_HOUSEHOLD, id=household_id, book_no=self._seal.index(BOOK_NO, book_no),
            payload=self._seal.seal_again("household", household_id, key, {"book_no": book_no}),
            index_key=self._seal.current_ids()[1],
        )  # fmt: skip

    def touch(self, subject: str, subject_id: UUID) -> None:
        """Count a change that is not in the sealed part, so that who read the thing before is told."""
        self._update(f"UPDATE {subject} SET revision = revision + 1 WHERE county_code = :county AND id = :id",  # noqa: S608
                     id=subject_id)  # fmt: skip

    def end_person(self, person_id: UUID, reason: str, document_no: str, on: date) -> None:
        """A person is no longer here, by an authority's document."""
        self._update(END_PERSON, id=person_id, reason=reason, document_no=document_no, on=on)

    def end_household(self, household_id: UUID, on: date) -> None:
        """A household that nobody is in any more."""
        self._update(
            "UPDATE household SET stage = 'ended', ended_on = :on, revision = revision + 1"
            " WHERE county_code = :county AND id = :id",
            id=household_id, on=on,
        )  # fmt: skip

    def destroy_person_keys(self, ids: Sequence[UUID]) -> int:
        """Make persons unreadable for ever, their history included; says how many were readable."""
        return self._update(DESTROY_PERSONS, ids=list(ids))

    def destroy_household_keys(self, ids: Sequence[UUID]) -> int:
        """Make household numbers unreadable for ever; says how many were readable."""
        return self._update(DESTROY_HOUSEHOLDS, ids=list(ids))

    def _indexes(self, facts: PersonFacts) -> tuple[bytes | None, bytes | None, bytes | None]:
        index = self._seal.index
        return index(ID_NO, facts.id_no), index(NAME, facts.name), index(PHONE, facts.phone)

    def _links(
        self, table: Table, names: Sequence[str], rows: Sequence[Sequence[object]], since: date
    ) -> None:
        valid, recorded = f"[{since.isoformat()},)", f"[{self._now.isoformat()},)"
        full = [(self._county, new_id(), *row, self._actor, valid, recorded) for row in rows]
        columns = ["county_code", "id", *names, "actor_id", "valid", "recorded"]
        try:
            insert_rows(self._conn, table, columns, full)
        except ExclusionViolation as error:
            message = "那一天已有登记（户主、所在户或住址），日期须在其终止之后"
            raise Conflict(message, code="dates-overlap") from error

    def _keep_history(self, subject: str, subject_id: UUID) -> None:
        self._conn.execute(
            text(
                f"INSERT INTO {sealed_history.fullname} (county_code, id, village_id, subject, subject_id, revision,"  # noqa: S608
                "  payload, actor_id, replaced_at)"
                f" SELECT county_code, :new, village_id, '{subject}', id, revision, payload, :actor, :now"
                f" FROM {subject} WHERE county_code = :county AND id = :id"
            ),
            {
                "county": self._county,
                "id": subject_id,
                "new": new_id(),
                "actor": self._actor,
                "now": self._now,
            },
        )

    def _update(self, statement: str, **args: Any) -> int:
        return self._conn.execute(text(statement), {"county": self._county, **args}).rowcount
