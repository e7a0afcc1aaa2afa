"""What the register has of a list's people, and whether each household of the list fits it."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from address_service.errors import InvalidInput
from address_service.model.residents import Sex
from address_service.residents.households import require_one_head
from address_service.residents.person import PersonFacts
from address_service.services.resident_groups import ListGroup, ListRow, ResidentGroups
from address_service.services.resident_numbers import ELSEWHERE, numbers_in_county
from address_service.store.resident_entries import BOOK_NO, ID_NO
from address_service.store.resident_lookup import find_by_values
from address_service.store.resident_records import Household, Membership, Person
from address_service.store.work import Work

_NO_IDENTITY = "户号和成员的公民身份号码至少要有一项"


class ResidentStanding:
    """Refuses rows by the list's reader; nothing is written here."""

    def __init__(self, work: Work, reader: ResidentGroups) -> None:
        """Nothing is read before `find`."""
        self._work = work
        self._reader = reader

    def find(self, groups: Sequence[ListGroup]) -> None:
        """Read once what the register has of everybody in the list."""
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

    def fits(self, group: ListGroup) -> bool:
        """Whether a household can go in as the list has it; otherwise its rows are refused with the reason."""
        household = self.household_of(group)
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

    def household_of(self, group: ListGroup) -> Household | None:
        """The household that a household of the list is, None where it is a new one."""
        return self._households.get(group.known) if group.known else None

    def person_of(self, row: ListRow) -> Person | None:
        """The person that a row is about, None where it is a new one."""
        return self._persons.get(row.known) if row.known else None

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


def said_anew(kept: PersonFacts, listed: PersonFacts) -> dict[str, str]:
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
