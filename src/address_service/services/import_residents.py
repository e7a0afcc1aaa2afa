"""Use-case: import a list of households and residents; what holds together goes in, the rest is told row by row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from address_service.errors import InvalidInput, ServiceError
from address_service.gis.layer_read import ReadLimits, Reject
from address_service.gis.resident_lists import ListedPerson, ResidentList, read_resident_list
from address_service.model.residents import HouseholdKind, ResidencyKind
from address_service.residents.households import require_one_head
from address_service.residents.person import PersonFacts, read_book_no, read_person
from address_service.residents.relations import HEAD, read_relation
from address_service.services.import_task import Progress, silent
from address_service.store.ids import new_id
from address_service.store.imports import RunCounts
from address_service.store.locks import hold
from address_service.store.resident_lookup import find_addresses, find_by_values
from address_service.store.resident_views import Household, KnownAddress, Membership, Person
from address_service.store.residents import (
    BOOK_NO,
    ID_NO,
    NewHousehold,
    NewMember,
    NewPerson,
    NewResidency,
    ResidentEvent,
)
from address_service.store.work import Work

_KINDS = {"": HouseholdKind.FAMILY, "家庭户": HouseholdKind.FAMILY, "1": HouseholdKind.FAMILY,
          "集体户": HouseholdKind.COLLECTIVE, "2": HouseholdKind.COLLECTIVE}  # fmt: skip
_PART = 2_000
_ROUNDED = "号码被表格软件改成了数字，末几位已丢失，请把该列设为文本"
_NO_IDENTITY = "户号和成员的公民身份号码至少要有一项"


@dataclass(frozen=True, slots=True)
class ResidentsOutcome:
    """What became of a list; rejects carry no value of a person."""

    counts: RunCounts
    rejects: list[Reject]
    notes: list[str]
    households: int
    persons: int


@dataclass(slots=True, repr=False)
class _Row:
    """A row as read; ``known`` is the person that it is about."""

    row_no: int
    facts: PersonFacts
    relation: str
    lives_at: KnownAddress | None
    arrived_on: date | None
    known: UUID | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(slots=True, repr=False)
class _Group:
    """The rows of one household."""

    kind: HouseholdKind
    address: KnownAddress
    book_no: str | None
    rows: list[_Row]
    known: UUID | None = None
    id: UUID = field(default_factory=new_id)


class ResidentsImport:
    """One import under way."""

    def __init__(
        self, work: Work, listed: ResidentList, run_id: UUID, *, keep_ethnicity: bool = False
    ) -> None:
        """``run_id`` is the run that every new row names, so that it can be withdrawn with its file."""
        self._work = work
        self._list = listed
        self._run = run_id
        self._keep = keep_ethnicity
        self._rejects: list[Reject] = []
        self._bad: set[int] = set()
        self._written: set[int] = set()

    def run(self, progress: Progress = silent) -> ResidentsOutcome:
        """Read, hold against the register, write; one import of residents at a time in a county."""
        hold(self._work.conn, self._work.county_code, "residents import")
        progress("核对人员", 0, len(self._list.rows))
        groups = self._groups()
        self._find_known(groups)
        good = [group for group in groups if self._is_sound(group)]
        for start in range(0, len(good), _PART):
            progress("写入人员", start, len(good))
            self._write(good[start : start + _PART])
        return self._outcome(good)

    def _outcome(self, good: Sequence[_Group]) -> ResidentsOutcome:
        read, rejected, accepted = len(self._list.rows), len(self._bad), len(self._written)
        counts = RunCounts(read, accepted, read - accepted - rejected, rejected)
        new = [group for group in good if group.known is None]
        persons = sum(1 for group in good for row in group.rows if row.known is None)
        rejects = sorted(self._rejects, key=lambda reject: reject.row_no)
        return ResidentsOutcome(counts, rejects, self._list.notes, len(new), persons)

    def _refuse(self, row_no: int, name: str | None, code: str, message: str) -> None:
        self._bad.add(row_no)
        column = self._list.columns.get(name, name) if name else None
        self._rejects.append(Reject(row_no, column, code, message))

    # -- reading

    def _groups(self) -> list[_Group]:
        texts = {
            row.values[name]
            for row in self._list.rows
            for name in ("address", "lives_at")
            if name in row.values
        }
        addresses = find_addresses(self._work.conn, self._work.county_code, texts)
        groups: dict[str, _Group] = {}
        current = ""
        for listed in self._list.rows:
            book_no = listed.values.get("book_no", "")
            if book_no:
                current = f"#{book_no}"
            elif listed.values.get("relation", "") in ("户主", HEAD, "2") or not current:
                current = f"row {listed.row_no}"  # lists without numbers begin each household with its head
            row = self._row(listed, addresses)
            address = self._address(listed, "address", addresses)
            if row is None or address is None:
                continue
            self._join(groups, current, listed, row, address)
        return list(groups.values())

    def _join(
        self, groups: dict[str, _Group], key: str, listed: ListedPerson, row: _Row, address: KnownAddress
    ) -> None:
        try:
            kind = _KINDS.get(listed.values.get("kind", ""))
            if kind is None:
                raise InvalidInput("户类型应为家庭户或集体户", code="household-kind-unknown")
            book_no = read_book_no(listed.values["book_no"]) if "book_no" in listed.values else None
        except InvalidInput as error:
            self._refuse(
                listed.row_no,
                "kind" if error.code.startswith("household") else "book_no",
                error.code,
                error.message,
            )
            return
        group = groups.setdefault(key, _Group(kind, address, book_no, []))
        if group.address.id != address.id:
            self._refuse(listed.row_no, "address", "address-differs", "同一户的户籍地址不一致")
            return
        group.rows.append(row)

    def _row(self, listed: ListedPerson, addresses: dict[str, list[KnownAddress]]) -> _Row | None:
        for name in listed.rounded:
            self._refuse(
                listed.row_no,
                name,
                "number-rounded",
                "号码被表格软件改成了数字，末几位已丢失，请把该列设为文本",
            )
        at = "name"
        try:
            facts = read_person(listed.values, self._work.today, keep_ethnicity=self._keep)
            at = "relation"
            relation = read_relation(listed.values.get("relation", ""))
            at = "arrived_on"
            arrived_on = _day(listed.values.get("arrived_on"), self._work.today)
        except ServiceError as error:
            self._refuse(listed.row_no, _field_of(error.code, at), error.code, error.message)
            return None
        lives_at = None
        if "lives_at" in listed.values:
            lives_at = self._address(listed, "lives_at", addresses)
        if listed.row_no in self._bad:
            return None
        return _Row(listed.row_no, facts, relation, lives_at, arrived_on)

    def _address(
        self, listed: ListedPerson, name: str, addresses: dict[str, list[KnownAddress]]
    ) -> KnownAddress | None:
        found = addresses.get(listed.values.get(name, ""), [])
        if len(found) == 1:
            if name == "address" and not self._work.actor.covers(found[0].village_code):
                self._refuse(listed.row_no, name, "out-of-scope", "户籍地址不在账户的辖区内")
                return None
            return found[0]
        if found:
            self._refuse(listed.row_no, name, "address-ambiguous", "有几条相同的地址")
        else:
            self._refuse(listed.row_no, name, "address-unknown", "没有找到这个标准地址")
        return None

    # -- holding against the register

    def _find_known(self, groups: Sequence[_Group]) -> None:
        work = self._work
        _ = work.residents  # opens the scope
        numbers = [row.facts.id_no for group in groups for row in group.rows if row.facts.id_no]
        persons = find_by_values(work.conn, work.county_code, work.seal, ID_NO, numbers)
        books = [group.book_no for group in groups if group.book_no]
        households = find_by_values(work.conn, work.county_code, work.seal, BOOK_NO, books)
        self._memberships = {m.person_id: m for m in work.residents.memberships(list(persons.values()))}
        for group in groups:
            group.known = households.get(group.book_no or "")
            for row in group.rows:
                row.known = persons.get(row.facts.id_no or "")
                membership = self._memberships.get(row.known) if row.known else None
                if group.known is None and group.book_no is None and membership is not None:
                    group.known = membership.household_id
        known = [group.known for group in groups if group.known]
        self._households = work.residents.households_by_ids(known)
        self._homes = {home.subject_id: home for home in work.residents.homes_of_households(known)}
        self._members: dict[UUID, list[Membership]] = defaultdict(list)
        for member in work.residents.members(known):
            self._members[member.household_id].append(member)
        everybody = {m.person_id for members in self._members.values() for m in members} | set(
            persons.values()
        )
        self._persons: dict[UUID, Person] = work.residents.persons_by_ids(list(everybody))
        self._seen: dict[str, int] = {}

    def _is_sound(self, group: _Group) -> bool:
        """Whether a household can go in as the list has it; otherwise its rows are refused with the reason."""
        household = self._households.get(group.known) if group.known else None
        if household is not None:
            self._name_those_without_number(group)
        group.rows = [row for row in group.rows if self._is_own(row, group)]
        if not group.rows:
            return False
        if household is None and group.book_no is None and not any(row.facts.id_no for row in group.rows):
            return self._refuse_all(group, "book_no", "household-unidentifiable", _NO_IDENTITY)
        if (
            household is not None
            and (home := self._homes.get(household.id))
            and home.address_id != group.address.id
        ):
            return self._refuse_all(
                group, "address", "household-elsewhere", "这一户登记在别的地址，迁移须另行办理"
            )
        try:
            require_one_head(household.kind if household else group.kind, self._relations(group, household))
        except InvalidInput as error:
            return self._refuse_all(group, "relation", error.code, error.message)
        return True

    def _relations(self, group: _Group, household: Household | None) -> list[str]:
        present = [m.relation for m in self._members[household.id]] if household else []
        return present + [row.relation for row in group.rows if row.known is None]

    def _refuse_all(self, group: _Group, name: str, code: str, message: str) -> bool:
        for row in group.rows:
            self._refuse(row.row_no, name, code, message)
        return False

    def _name_those_without_number(self, group: _Group) -> None:
        """A member without an identity number is known by the name within the household, if one has it."""
        for row in group.rows:
            if row.known is not None or row.facts.id_no:
                continue
            same = [
                m.person_id
                for m in self._members[group.known or row.id]
                if (p := self._persons.get(m.person_id)) and p.facts and p.facts.name == row.facts.name
            ]
            row.known = same[0] if len(same) == 1 else None

    def _is_own(self, row: _Row, group: _Group) -> bool:
        if (number := row.facts.id_no) is not None:
            first = self._seen.setdefault(number, row.row_no)
            if first != row.row_no:
                self._refuse(row.row_no, "id_no", "citizen-id-twice", f"公民身份号码与第{first}行相同")
                return False
        if row.known is None:
            return True
        membership = self._memberships.get(row.known) or next(
            (m for m in self._members[group.known or row.id] if m.person_id == row.known), None
        )
        if membership is None or membership.household_id != group.known:
            self._refuse(
                row.row_no, "id_no", "person-in-other-household", "此人已登记在别的户，迁移须另行办理"
            )
            return False
        if membership.relation != row.relation:
            self._refuse(row.row_no, "relation", "relation-differs", "与户主关系和已登记的不同，请在户内更改")
            return False
        return True

    # -- writing

    def _write(self, groups: Sequence[_Group]) -> None:
        writer, today = self._work.resident_writer, self._work.today
        new = [group for group in groups if group.known is None]
        writer.add_households(
            [NewHousehold(g.id, g.address.village_id, g.kind, g.book_no, g.address.id) for g in new],
            today,
            self._run,
        )
        people, members, homes, events = [], [], [], []
        for group, row in self._each(groups):
            if row.known is not None:
                self._change(row)
                continue
            household = self._households.get(group.known) if group.known else None
            village, kind = group.address.village_id, household.kind if household else group.kind
            people.append(NewPerson(row.id, village, row.facts))
            members.append(NewMember(village, group.known or group.id, kind, row.id, row.relation))
            homes += _homes(group, row)
            events.append(
                ResidentEvent(village, "person", row.id, "enrol", today, details={"import": str(self._run)})
            )
            self._written.add(row.row_no)
        writer.add_persons(people, self._run)
        writer.add_members(members, today)
        writer.add_residencies(homes, today)
        events += [
            ResidentEvent(
                g.address.village_id, "household", g.id, "enrol", today, details={"import": str(self._run)}
            )
            for g in new
        ]
        writer.record(events)

    def _each(self, groups: Iterable[_Group]) -> Iterable[tuple[_Group, _Row]]:
        return ((group, row) for group in groups for row in group.rows)

    def _change(self, row: _Row) -> None:
        person = self._persons.get(row.known) if row.known else None
        if person is None or person.facts is None or person.key is None:
            return
        merged = {**person.facts.to_payload(), **row.facts.to_payload()}
        if merged == person.facts.to_payload():
            return
        facts = read_person(merged, self._work.today, keep_ethnicity=True)
        self._work.resident_writer.change_person(person.id, person.key, facts)
        details = {"import": str(self._run)}
        event = ResidentEvent(
            person.village_id, "person", person.id, "change", self._work.today, details=details
        )
        self._work.resident_writer.record([event])
        self._written.add(row.row_no)


def import_residents(
    work: Work, data: bytes, suffix: str, limits: ReadLimits, run_id: UUID, progress: Progress = silent, *,
    keep_ethnicity: bool = False,
) -> ResidentsOutcome:  # fmt: skip
    """Import a list of residents; the same list again changes nothing. Raises InvalidInput as `read_resident_list`."""
    listed = read_resident_list(data, suffix, limits)
    return ResidentsImport(work, listed, run_id, keep_ethnicity=keep_ethnicity).run(progress)


def _homes(group: _Group, row: _Row) -> list[NewResidency]:
    village, lives_at = group.address.village_id, row.lives_at or group.address
    return [
        NewResidency(village, row.id, group.address.id, ResidencyKind.REGISTERED, row.arrived_on),
        NewResidency(village, row.id, lives_at.id, ResidencyKind.ACTUAL, row.arrived_on),
    ]


def _day(text: str | None, today: date) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.max
    if found > today:
        raise InvalidInput("何时来本址应为日期，且不晚于今天", code="arrived-on-malformed")
    return found


def _field_of(code: str, at: str) -> str:
    prefixes = {
        "citizen-id": "id_no",
        "phone": "phone",
        "born-on": "born_on",
        "sex": "sex",
        "ethnicity": "ethnicity",
    }
    return next((name for prefix, name in prefixes.items() if code.startswith(prefix)), at)
