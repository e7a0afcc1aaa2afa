"""The rows of a list of residents put together by household, each row that cannot be read refused with its reason."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from address_service.errors import InvalidInput, ServiceError
from address_service.gis.layer_read import Reject
from address_service.gis.resident_lists import ListedPerson, ResidentList
from address_service.model.residents import HouseholdKind
from address_service.residents.person import PersonFacts, read_book_no, read_person
from address_service.residents.relations import HEAD, read_relation
from address_service.store.ids import new_id
from address_service.store.resident_lookup import find_addresses
from address_service.store.resident_views import KnownAddress
from address_service.store.work import Work

_KINDS = {"": HouseholdKind.FAMILY, "家庭户": HouseholdKind.FAMILY, "1": HouseholdKind.FAMILY,
          "集体户": HouseholdKind.COLLECTIVE, "2": HouseholdKind.COLLECTIVE}  # fmt: skip
_ROUNDED = "号码被表格软件改成了数字，末几位已丢失，请把该列设为文本"


@dataclass(slots=True, repr=False)
class ListRow:
    """A row as read; ``known`` is the person that it is about."""

    row_no: int
    facts: PersonFacts
    relation: str
    lives_at: KnownAddress | None
    arrived_on: date | None
    known: UUID | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(slots=True, repr=False)
class ListGroup:
    """The rows of one household."""

    kind: HouseholdKind
    address: KnownAddress
    book_no: str | None
    rows: list[ListRow]
    known: UUID | None = None
    id: UUID = field(default_factory=new_id)


class ResidentGroups:
    """Reads a list; what was refused so far is in ``rejects`` and ``bad``."""

    def __init__(self, work: Work, listed: ResidentList, *, keep_ethnicity: bool) -> None:
        """Nothing is read before `groups`."""
        self._work = work
        self._list = listed
        self._keep = keep_ethnicity
        self.rejects: list[Reject] = []
        self.bad: set[int] = set()

    def refuse(self, row_no: int, name: str | None, code: str, message: str) -> None:
        """Say of a row what is wrong, and in which column; never with its value."""
        self.bad.add(row_no)
        column = self._list.columns.get(name, name) if name else None
        self.rejects.append(Reject(row_no, column, code, message))

    def groups(self) -> list[ListGroup]:
        """The households of the list with the rows that can be read."""
        texts = {
            row.values[name]
            for row in self._list.rows
            for name in ("address", "lives_at")
            if name in row.values
        }
        addresses = find_addresses(self._work.conn, self._work.county_code, texts)
        groups: dict[str, ListGroup] = {}
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
        self,
        groups: dict[str, ListGroup],
        key: str,
        listed: ListedPerson,
        row: ListRow,
        address: KnownAddress,
    ) -> None:
        try:
            kind = _KINDS.get(listed.values.get("kind", ""))
            if kind is None:
                raise InvalidInput("户类型应为家庭户或集体户", code="household-kind-unknown")
            book_no = read_book_no(listed.values["book_no"]) if "book_no" in listed.values else None
        except InvalidInput as error:
            self.refuse(
                listed.row_no,
                "kind" if error.code.startswith("household") else "book_no",
                error.code,
                error.message,
            )
            return
        group = groups.setdefault(key, ListGroup(kind, address, book_no, []))
        if group.address.id != address.id:
            self.refuse(listed.row_no, "address", "address-differs", "同一户的户籍地址不一致")
            return
        group.rows.append(row)

    def _row(self, listed: ListedPerson, addresses: dict[str, list[KnownAddress]]) -> ListRow | None:
        for name in listed.rounded:
            self.refuse(
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
            self.refuse(listed.row_no, _field_of(error.code, at), error.code, error.message)
            return None
        lives_at = None
        if "lives_at" in listed.values:
            lives_at = self._address(listed, "lives_at", addresses)
        if listed.row_no in self.bad:
            return None
        return ListRow(listed.row_no, facts, relation, lives_at, arrived_on)

    def _address(
        self, listed: ListedPerson, name: str, addresses: dict[str, list[KnownAddress]]
    ) -> KnownAddress | None:
        found = addresses.get(listed.values.get(name, ""), [])
        if len(found) == 1:
            if name == "address" and not self._work.actor.covers(found[0].village_code):
                self.refuse(listed.row_no, name, "out-of-scope", "户籍地址不在账户的辖区内")
                return None
            return found[0]
        if found:
            self.refuse(listed.row_no, name, "address-ambiguous", "有几条相同的地址")
        else:
            self.refuse(listed.row_no, name, "address-unknown", "没有找到这个标准地址")
        return None


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
