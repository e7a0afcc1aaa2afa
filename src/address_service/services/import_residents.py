"""Use-case: import a list of households and residents; what holds together goes in, the rest is told row by row."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from address_service.gis.layer_read import ReadLimits, Reject
from address_service.gis.resident_lists import ResidentList, read_resident_list
from address_service.model.residents import LinkWay, ResidencyKind
from address_service.residents.person import read_person
from address_service.services.import_task import Progress, silent
from address_service.services.resident_groups import ListGroup, ListRow, ResidentGroups
from address_service.services.resident_standing import ResidentStanding, said_anew
from address_service.store.imports import RunCounts
from address_service.store.resident_entries import (
    NewHousehold,
    NewMember,
    NewPerson,
    NewResidency,
    ResidentEvent,
)
from address_service.store.resident_locks import hold_for_import
from address_service.store.work import Work

_PART = 2_000


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
        self._standing = ResidentStanding(work, self._reader)
        self._written: set[int] = set()

    def run(self, progress: Progress = silent) -> ResidentsOutcome:
        """Read, hold against the register, write; one import of residents at a time in a county."""
        progress("核对地址", 0, len(self._list.rows))
        self._reader.look_up()
        hold_for_import(self._work.conn, self._work.county_code)
        progress("核对人员", 0, len(self._list.rows))
        groups = self._reader.groups()
        self._standing.find(groups)
        good = [group for group in groups if self._standing.fits(group)]
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
            household = self._standing.household_of(group)
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
        person = self._standing.person_of(row)
        if person is None or person.facts is None or person.key is None:
            return
        merged = {**person.facts.to_payload(), **said_anew(person.facts, row.facts)}
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


def _homes(group: ListGroup, row: ListRow) -> list[NewResidency]:
    village, lives_at = group.address.village_id, row.lives_at or group.address
    return [
        NewResidency(village, row.id, group.address.id, ResidencyKind.REGISTERED, row.arrived_on),
        NewResidency(village, row.id, lives_at.id, ResidencyKind.ACTUAL, row.arrived_on),
    ]
