"""What is kept of a person under seal, normalised where it enters."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from address_service.errors import InvalidInput
from address_service.model.residents import Sex
from address_service.residents.citizen_id import read_citizen_id
from address_service.residents.ethnicities import read_ethnicity

_LONGEST_NAME = 60
_MINOR_YEARS = 14
_DOTS = re.compile("[·•‧∙・･.．]")


@dataclass(frozen=True, slots=True, repr=False)
class PersonFacts:
    """One person: what is sealed as a whole; ``ethnicity`` is a code of GB/T 3304 and off by default."""

    name: str
    id_no: str | None = None
    born_on: date | None = None
    sex: Sex = Sex.UNKNOWN
    phone: str | None = None
    ethnicity: str | None = None

    def __repr__(self) -> str:
        """Nothing of the person: representations end up in logs."""
        return "PersonFacts(…)"

    def to_payload(self) -> dict[str, str]:
        """The members that are there, as texts."""
        members = {
            "name": self.name,
            "id_no": self.id_no,
            "born_on": self.born_on.isoformat() if self.born_on else None,
            "sex": str(self.sex),
            "phone": self.phone,
            "ethnicity": self.ethnicity,
        }
        return {name: value for name, value in members.items() if value is not None}


def from_payload(payload: Mapping[str, Any]) -> PersonFacts:
    """What was sealed."""
    born_on = payload.get("born_on")
    return PersonFacts(
        payload["name"],
        payload.get("id_no"),
        date.fromisoformat(born_on) if born_on else None,
        Sex(payload.get("sex", Sex.UNKNOWN)),
        payload.get("phone"),
        payload.get("ethnicity"),
    )


def read_person(
    values: Mapping[str, str | None], today: date, *, keep_ethnicity: bool = False
) -> PersonFacts:
    """A person from texts as typed: ``name, id_no, born_on`` (ISO), ``sex`` (GB/T 2261.1), ``phone, ethnicity``.

    Birth date and sex come from the number where there is one. Raises InvalidInput `person-name-missing`,
    `person-name-invalid`, `phone-malformed`, `born-on-malformed`, `born-on-differs`, `sex-unknown`, `sex-differs`,
    `ethnicity-unknown`, and as `read_citizen_id` does; no message repeats a value.
    """
    name = read_name(values.get("name") or "")
    born_on, sex = _born_on(values.get("born_on"), today), _sex(values.get("sex"))
    id_no = None
    if typed := (values.get("id_no") or "").strip():
        citizen = read_citizen_id(typed, today)
        if born_on not in (None, citizen.born_on):
            raise InvalidInput("出生日期与公民身份号码不一致", code="born-on-differs")
        if sex not in (Sex.UNKNOWN, Sex.UNSTATED, citizen.sex):
            raise InvalidInput("性别与公民身份号码不一致", code="sex-differs")
        id_no, born_on, sex = citizen.number, citizen.born_on, citizen.sex
    phone = read_phone(values["phone"] or "") if values.get("phone") else None
    told = (values.get("ethnicity") or "").strip()
    ethnicity = read_ethnicity(told) if keep_ethnicity and told else None
    return PersonFacts(name, id_no, born_on, sex, phone, ethnicity)


def read_name(text: str) -> str:
    """A name without spaces, its dots all ·; raises InvalidInput `person-name-missing`, `person-name-invalid`."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(char for char in plain if not char.isspace())
    plain = _DOTS.sub("·", plain)
    if not plain:
        raise InvalidInput("缺少姓名", code="person-name-missing")
    allowed = all(unicodedata.category(char)[0] == "L" or char in "·-'" for char in plain)
    if len(plain) > _LONGEST_NAME or not allowed or not unicodedata.category(plain[0]).startswith("L"):
        raise InvalidInput("姓名中有不能用的字符，或过长", code="person-name-invalid")
    return plain


def read_phone(text: str) -> str:
    """A phone number as digits, without +86; raises InvalidInput `phone-malformed`."""
    digits = re.sub(r"[\s\-()（）]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+|00)86", "", digits)
    if not re.fullmatch(r"1[3-9][0-9]{9}|0[0-9]{9,11}|[2-9][0-9]{6,7}", digits):
        raise InvalidInput("电话号码格式不符", code="phone-malformed")
    return digits


def read_book_no(text: str) -> str:
    """A household number (户号) in capitals without spaces; raises InvalidInput `book-no-malformed`."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    if not re.fullmatch(r"[0-9A-Z\-]{1,30}", plain):
        raise InvalidInput("户号只能是字母、数字和短横，最长30位", code="book-no-malformed")
    return plain


def is_under_14(born_on: date | None, today: date) -> bool:
    """Whether all data of the person are sensitive (个人信息保护法第二十八条): not yet fourteen on a day."""
    if born_on is None:
        return False
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    return today.year - born_on.year - (0 if had_birthday else 1) < _MINOR_YEARS


def is_number_of_child(id_no: str | None, today: date) -> bool:
    """The same by a good identity number of 18 characters, where nothing else is known."""
    return id_no is not None and is_under_14(read_citizen_id(id_no, today).born_on, today)


def _born_on(text: str | None, today: date) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.max
    if found > today:
        raise InvalidInput("出生日期应如 1980-03-02，且不晚于今天", code="born-on-malformed")
    return found


def _sex(text: str | None) -> Sex:
    words = {"男": Sex.MALE, "女": Sex.FEMALE, "": Sex.UNKNOWN}
    plain = (text or "").strip()
    try:
        return words[plain] if plain in words else Sex(plain)
    except ValueError:
        raise InvalidInput("性别应为 男、女，或 0、1、2、9", code="sex-unknown") from None
