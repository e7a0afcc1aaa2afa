"""A list of invented people for a few villages, as a village would send it: by household, the head first."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from stdnum.iso7064 import mod_11_2

from gis_data.tongshi.generator.model import NOTE

HEADER = [
    *("户号", "户类别", "姓名", "与户主关系", "公民身份号码", "性别"),
    *("出生日期", "联系电话", "户籍地址", "现住址", "何时来本址", "数据说明"),
]
NO_SUCH_REGION = "390626"
"""No province has ever had the digits 39, so nobody has a number that begins with them; the check digit is right."""
TOWN_TEXT = "湖南省岳阳市平江县童市镇"
DAY = date(2026, 1, 1)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫"
_INVENTED = "虚构示例"
_CYCLE = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"

Row = list[str]


@dataclass(frozen=True, slots=True)
class _Seat:
    """Where families live: a place and how many of its doors, from number 1 on."""

    place: str
    doors: int


SEATS = (
    *(_Seat(f"烟舟村{group}组", 9) for group in range(1, 5)),
    *(_Seat(f"义字村{group}组", 8) for group in range(1, 4)),
    _Seat("东源村上屋场", 20),
    _Seat("优良村", 20),
)
COLLECTIVE = ("优良村30号", 8)


class People:
    """Persons one after the other; no number is given twice."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: dict[str, int] = {}

    def surname(self) -> str:
        return self._rng.choice(_SURNAMES)

    def person(self, surname: str, sex: str, youngest: int, oldest: int) -> Row:
        """Name, identity number, sex, birth date, phone; a child in its first year has no number yet."""
        age = self._rng.randint(youngest, oldest)
        born = date(DAY.year - 1 - age, self._rng.randint(1, 12), self._rng.randint(1, 28))
        name = surname + self._rng.choice(_INVENTED) + self._rng.choice(_CYCLE)
        return [name, self._number(born, sex) if age else "", sex, born.isoformat(), self._phone(age)]

    def _number(self, born: date, sex: str) -> str:
        day = f"{born:%Y%m%d}"
        serial = self._given[day] = self._given.get(day, 0) + 2
        body = f"{NO_SUCH_REGION}{day}{serial - (sex == '男'):03d}"
        return body + str(mod_11_2.calc_check_digit(body))

    def _phone(self, age: int) -> str:
        """No subscriber's number begins with 0 after the area code."""
        if age < 18 or self._rng.random() < 0.3:
            return ""
        return f"0730-0{self._rng.randint(0, 999_999):06d}"


def write(folder: Path, rng: Random) -> None:
    """Write ``residents.csv`` in GB18030."""
    with (folder / "residents.csv").open("w", encoding="gb18030", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        writer.writerows(rows(rng))


def rows(rng: Random) -> list[Row]:
    """About a hundred families and one collective household."""
    people, found, serial = People(rng), [], 0
    for seat in SEATS:
        for door in range(1, seat.doors + 1):
            serial += 1
            elsewhere = f"{TOWN_TEXT}{seat.place}{rng.randint(1, seat.doors)}号" if rng.random() < 0.1 else ""
            home = [
                f"{TOWN_TEXT}{seat.place}{door}号",
                elsewhere,
                f"{rng.randint(1985, 2024)}-{rng.randint(1, 12):02d}-01",
            ]
            found += [_row(serial, "家庭户", relation, one, home) for relation, one in _family(people, rng)]
    home = [TOWN_TEXT + COLLECTIVE[0], "", "2020-09-01"]
    workers = [people.person(people.surname(), rng.choice("男女"), 20, 50) for _ in range(COLLECTIVE[1])]
    return found + [_row(serial + 1, "集体户", "非亲属", one, home) for one in workers]


def _row(serial: int, kind: str, relation: str, one: Row, home: Row) -> Row:
    name, number, sex, born, phone = one
    address, elsewhere, came = home
    since = max(came, born)  # who was born here came with the birth
    return [
        f"XG{serial:06d}", kind, name, relation, number, sex, born, phone, address, elsewhere, since, NOTE
    ]  # fmt: skip


def _family(people: People, rng: Random) -> list[tuple[str, Row]]:
    surname = people.surname()
    head = rng.choice("男男男女")
    family = [("户主", people.person(surname, head, 32, 60))]
    if rng.random() < 0.8:
        family.append(("配偶", people.person(people.surname(), "女" if head == "男" else "男", 30, 58)))
    for _ in range(rng.randint(0, 2)):
        sex = rng.choice("男女")
        family.append(("子" if sex == "男" else "女", people.person(surname, sex, 0, 22)))
    if rng.random() < 0.35:
        family.append(("母亲", people.person(people.surname(), "女", 62, 90)))
    return family
