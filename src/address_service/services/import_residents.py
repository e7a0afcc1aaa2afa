"""Use-case: import a list of households and residents; what holds together goes in, the rest is told row by row."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from address_service.errors import InvalidInput
from address_service.gis.layer_read import ReadLimits, Reject
from address_service.gis.resident_lists import ResidentList, read_resident_list
from address_service.model.residents import LinkWay, ResidencyKind, Sex
from address_service.residents.households import require_one_head
from address_service.residents.person import PersonFacts, read_person
from address_service.services.import_task import Progress, silent
from address_service.services.resident_groups import ListGroup, ListRow, ResidentGroups
from address_service.services.resident_numbers import ELSEWHERE, numbers_in_county
from address_service.store.imports import RunCounts
from address_service.store.resident_entries import (
    BOOK_NO,
    ID_NO,
    NewHousehold,
    NewMember,
    NewPerson,
    NewResidency,
    ResidentEvent,
)
from address_service.store.resident_locks import hold_for_import
from address_service.store.resident_lookup import find_by_values
from address_service.store.resident_records import (
    Household,
    Membership,
    Person,
)
from address_service.store.work import Work

_PART = 2_000
_NO_IDENTITY = "户号和成员的公民身份号码至少要有一项"


@dataclass(frozen=True, slots=True)
class ResidentsOutcome:
    """What became of a list; rejects carry no value of a person, ``ways`` count its households by what links them."""

    counts: RunCounts
    rejects: list[Reject]
    notes: list[str]
    households: int
    persons: int
    ways: dict[str, int]


class ResidentsImport:
    """One import under way."""

    def __init__(
        self, work: Work, listed: ResidentList, run_id: UUID, *, keep_ethnicity: bool = False
    ) -> None:
        """``run_id`` is the run that every new row names, so that it can be withdrawn with its file."""
        self._work = work
        self._list = listed
        self._run = run_id
        self._reader = ResidentGroups(work, listed, keep_ethnicity=keep_ethnicity)
        self._written: set[int] = set()

    def run(self, progress: Progress = silent) -> ResidentsOutcome:
        """Read, hold against the register, write; one import of residents at a time in a county."""
        progress("核对地址", 0, len(self._list.rows))
        self._reader.look_up()
        hold_for_import(self._work.conn, self._work.county_code)
        progress("核对人员", 0, len(self._list.rows))
        groups = self._reader.groups()
        self._find_known(groups)
        good = [group for group in groups if self._is_sound(group)]
        for start in range(0, len(good), _PART):
            progress("写入人员", start, len(good))
            self._write(good[start : start + _PART])
        return self._outcome(good)

    def _outcome(self, good: Sequence[ListGroup]) -> ResidentsOutcome:
        read, rejected, accepted = len(self._list.rows), len(self._reader.bad), len(self._written)
        counts = RunCounts(read, accepted, read - accepted - rejected, rejected)
        new = [group for group in good if group.known is None]
        persons = sum(1 for group in good for row in group.rows if row.known is None)
        rejects = sorted(self._reader.rejects, key=lambda reject: reject.row_no)
        ways = Counter(group.way.value for group in good)
        notes = [*self._list.notes, *self._unread()]
        by_way = {way.value: ways[way.value] for way in LinkWay}
        return ResidentsOutcome(counts, rejects, notes, len(new), persons, by_way)

    def _unread(self) -> list[str]:
        count = self._reader.unread_texts
        return [f"{count}行的地址文字没有对上任何门牌，按编码或二维码关联"] if count else []

    # -- holding against the register

    def _find_known(self, groups: Sequence[ListGroup]) -> None:
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
        self._elsewhere = numbers_in_county(work, [number for number in numbers if number not in persons])

    def _is_sound(self, group: ListGroup) -> bool:
        """Whether a household can go in as the list has it; otherwise its rows are refused with the reason."""
        household = self._households.get(group.known) if group.known else None
        if household is not None:
            self._name_those_without_number(group)
        group.rows = [row for row in group.rows if self._is_own(row, group)]
        if not group.rows:
            return False
        if household is None and group.book_no is None and not any(row.facts.id_no for row in group.rows):
            return self._refuse_all(group, "book_no", "household-unidentifiable", _NO_IDENTITY)
        if household is not None and household.stage != "active":
            return self._refuse_all(group, "book_no", "household-ended", "这一户已终止，不能再登记人员")
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

    def _relations(self, group: ListGroup, household: Household | None) -> list[str]:
        present = [m.relation for m in self._members[household.id]] if household else []
        return present + [row.relation for row in group.rows if row.known is None]

    def _refuse_all(self, group: ListGroup, name: str, code: str, message: str) -> bool:
        for row in group.rows:
            self._reader.refuse(row.row_no, name, code, message)
        return False

    def _name_those_without_number(self, group: ListGroup) -> None:
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

    def _is_own(self, row: ListRow, group: ListGroup) -> bool:
        if (number := row.facts.id_no) is not None:
            first = self._seen.setdefault(number, row.row_no)
            if first != row.row_no:
                self._reader.refuse(row.row_no, "id_no", "citizen-id-twice", f"公民身份号码与第{first}行相同")
                return False
        if row.known is None:
            if row.facts.id_no in self._elsewhere:
                self._reader.refuse(row.row_no, "id_no", "person-known", ELSEWHERE)
                return False
            return True
        membership = self._memberships.get(row.known) or next(
            (m for m in self._members[group.known or row.id] if m.person_id == row.known), None
        )
        if membership is None or membership.household_id != group.known:
            self._reader.refuse(
                row.row_no, "id_no", "person-in-other-household", "此人已登记在别的户，迁移须另行办理"
            )
            return False
        if membership.relation != row.relation:
            self._reader.refuse(
                row.row_no, "relation", "relation-differs", "与户主关系和已登记的不同，请在户内更改"
            )
            return False
        return True

    # -- writing

    def _write(self, groups: Sequence[ListGroup]) -> None:
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

    def _each(self, groups: Iterable[ListGroup]) -> Iterable[tuple[ListGroup, ListRow]]:
        return ((group, row) for group in groups for row in group.rows)

    def _change(self, row: ListRow) -> None:
        person = self._persons.get(row.known) if row.known else None
        if person is None or person.facts is None or person.key is None:
            return
        merged = {**person.facts.to_payload(), **_said_anew(person.facts, row.facts)}
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


def _said_anew(kept: PersonFacts, listed: PersonFacts) -> dict[str, str]:
    """What a list says of a person beside what is kept.

    Birth date and sex are the kept number's to say: held against it, a list without numbers would tell by its refusals
    what the mask hides.
    """
    said = listed.to_payload()
    number_decides = kept.id_no is not None and listed.id_no is None
    if number_decides:
        said.pop("born_on", None)
    if number_decides or listed.sex is Sex.UNKNOWN:
        said.pop("sex", None)
    return said


def _homes(group: ListGroup, row: ListRow) -> list[NewResidency]:
    village, lives_at = group.address.village_id, row.lives_at or group.address
    return [
        NewResidency(village, row.id, group.address.id, ResidencyKind.REGISTERED, row.arrived_on),
        NewResidency(village, row.id, lives_at.id, ResidencyKind.ACTUAL, row.arrived_on),
    ]
