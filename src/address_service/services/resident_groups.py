"""The rows of a list of residents put together by household, each row that cannot be read refused with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from address_service.errors import InvalidInput, ServiceError
from address_service.gis.layer_read import Reject
from address_service.gis.resident_columns import COLUMNS
from address_service.gis.resident_lists import ListedPerson, ResidentList
from address_service.model.residents import HouseholdKind, LinkWay
from address_service.residents.person import PersonFacts, read_book_no, read_person
from address_service.residents.relations import HEAD, read_relation
from address_service.services.resident_doors import DoorFinder
from address_service.services.row_doors import DWELLING, HOME, DoorRefusal, RowDoor, door_of_row, references
from address_service.store.ids import new_id
from address_service.store.resident_records import KnownAddress
from address_service.store.work import Work

_KINDS = {"": HouseholdKind.FAMILY, "家庭户": HouseholdKind.FAMILY, "1": HouseholdKind.FAMILY,
          "集体户": HouseholdKind.COLLECTIVE, "2": HouseholdKind.COLLECTIVE}  # fmt: skip
_LAST = "address"
_ROUNDED_TO = "000"
"""What a spreadsheet leaves of the end of an 18-digit number."""
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
    way: LinkWay = LinkWay.TEXT
    known: UUID | None = None
    id: UUID = field(default_factory=new_id)


class ResidentGroups:
    """Reads a list; what was refused so far is in ``rejects`` and ``bad``."""

    def __init__(self, work: Work, listed: ResidentList, *, keep_ethnicity: bool) -> None:
        """Nothing is read before `look_up`."""
        self._work = work
        self._list = listed
        self._keep = keep_ethnicity
        self._finder = DoorFinder(work)
        self.rejects: list[Reject] = []
        self.bad: set[int] = set()
        self.unread_texts = 0

    def refuse(self, row_no: int, name: str | None, code: str, message: str, value: str = "") -> None:
        """Say of a row what is wrong, and in which column; ``value`` are addresses, never what a cell held."""
        self.bad.add(row_no)
        column = self._list.columns.get(name, COLUMNS[name][0]) if name else None
        self.rejects.append(Reject(row_no, column, code, message, value))

    def look_up(self) -> None:
        """Find the doors that the list names: before others are made to wait."""
        self._finder.look_up(references(self._list.rows))

    def groups(self) -> list[ListGroup]:
        """The households of the list with the rows that can be read."""
        self._finder.confirm()
        groups: dict[str, ListGroup] = {}
        doors: dict[str, RowDoor | None] = {}
        current = ""
        for listed in self._list.rows:
            book_no = listed.values.get("book_no", "")
            if book_no:
                current = f"#{book_no}"
            elif listed.values.get("relation", "") in ("户主", HEAD, "2") or not current:
                current = f"row {listed.row_no}"  # lists without numbers begin each household with its head
            row = self._row(listed)
            door = self._home(listed, doors.get(current), is_new=current not in doors)
            doors.setdefault(current, door)
            if row is None or door is None:
                continue
            self._join(groups, current, listed, row, door)
        return list(groups.values())

    def _join(
        self,
        groups: dict[str, ListGroup],
        key: str,
        listed: ListedPerson,
        row: ListRow,
        door: RowDoor,
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
        group = groups.setdefault(key, ListGroup(kind, door.door.address, book_no, [], door.way))
        if group.address.id != door.door.address.id:
            self.refuse(listed.row_no, "address", "address-differs", "同一户的户籍地址不一致")
            return
        group.rows.append(row)

    def _row(self, listed: ListedPerson) -> ListRow | None:
        for name in listed.rounded:
            self.refuse(listed.row_no, name, "number-rounded", _ROUNDED)
        at = "name"
        try:
            facts = read_person(listed.values, self._work.today, keep_ethnicity=self._keep)
            at = "relation"
            relation = read_relation(listed.values.get("relation", ""))
            at = "arrived_on"
            arrived_on = _day(listed.values.get("arrived_on"), self._work.today)
        except ServiceError as error:
            if error.code == "citizen-id-check-digit" and listed.values["id_no"].endswith(_ROUNDED_TO):
                error = InvalidInput(_ROUNDED, code="number-rounded")
            self.refuse(listed.row_no, _field_of(error.code, at), error.code, error.message)
            return None
        lives_at = None
        if "lives_at" in listed.values:
            found = self._door(listed, DWELLING)
            lives_at = found.door.address if found else None
        if listed.row_no in self.bad:
            return None
        return ListRow(listed.row_no, facts, relation, lives_at, arrived_on)

    def _home(self, listed: ListedPerson, before: RowDoor | None, *, is_new: bool) -> RowDoor | None:
        """The door of a row's household; a row that names none is of the household's rows before it."""
        if not is_new and not any(name in listed.values or name in listed.rounded for name in HOME):
            if before is None:
                self.refuse(listed.row_no, _LAST, "address-missing", "这一户前面的行没有可用的地址")
            return before
        found = self._door(listed, HOME)
        if found is not None and not self._work.actor.covers(found.door.address.village_code):
            self.refuse(listed.row_no, self._field(listed), "out-of-scope", "户籍地址不在账户的辖区内")
            return None
        return found

    def _door(self, listed: ListedPerson, columns: Mapping[str, LinkWay]) -> RowDoor | None:
        if any(name in listed.rounded for name in columns):
            return None
        found = door_of_row(listed, columns, self._finder)
        if isinstance(found, DoorRefusal):
            name = found.field if found.field in self._list.columns else self._field(listed)
            self.refuse(listed.row_no, name, found.code, found.message, found.value)
            return None
        self.unread_texts += found.text_unread
        return found

    def _field(self, listed: ListedPerson) -> str:
        """The first column that names a door: of the row, or else of the file."""
        in_file = (name for name in HOME if name in self._list.columns)
        return next((name for name in HOME if name in listed.values), None) or next(in_file, _LAST)


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
        "number-rounded": "id_no",
        "phone": "phone",
        "born-on": "born_on",
        "sex": "sex",
        "ethnicity": "ethnicity",
    }
    return next((name for prefix, name in prefixes.items() if code.startswith(prefix)), at)
