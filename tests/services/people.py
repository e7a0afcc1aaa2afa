"""A register of two villages with approved doors, and invented people to enrol in it."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from address_service.errors import ServiceError
from address_service.model.accounts import Actor, Role
from address_service.model.residents import HouseholdKind
from address_service.services.enrol_residents import HouseholdAsked, NewcomerAsked, enrol_household
from address_service.store.work import Work
from tests.services.villages import Villages

HEAD_ID, WIFE_ID, CHILD_ID = "430626198003021230", "430626198205064327", "430626201701010015"
SINCE = date(2026, 2, 1)
LETTER = "示例迁〔2026〕1号"


def head(**more: Any) -> NewcomerAsked:
    return NewcomerAsked({"name": "示例甲", "id_no": HEAD_ID, "phone": "13800005678"}, "02", **more)


def wife() -> NewcomerAsked:
    return NewcomerAsked({"name": "示例乙", "id_no": WIFE_ID}, "10")


def child() -> NewcomerAsked:
    return NewcomerAsked({"name": "示例丙", "id_no": CHILD_ID}, "20")


class Register:
    """Two villages with approved doors, and short ways to enrol."""

    def __init__(self, villages: Villages) -> None:
        self.villages = villages
        self.work = villages.work

    def doors(self, village: str) -> list[str]:
        query = """SELECT a.code FROM address a JOIN address_version v ON v.address_id = a.id AND upper_inf(v.recorded)
                     AND upper_inf(v.valid)
                   JOIN division_version d ON d.division_id = v.division_id AND upper_inf(d.recorded)
                   WHERE d.code_nbs = :village AND v.stage = 'current' ORDER BY a.code"""
        return list(self.work.conn.execute(text(query), {"village": village}).scalars())

    def enrol(self, door: str, *members: NewcomerAsked, **more: Any) -> Any:
        kind = more.pop("kind", HouseholdKind.FAMILY)
        return enrol_household(self.work, HouseholdAsked(kind, door, members, since=SINCE, **more))

    def as_(self, division_code: str, role: Role = Role.VILLAGE) -> Work:
        name = f"示例{division_code}"
        known = self.work.accounts.find_by_name(name) or self.work.accounts.create(name, role, division_code)
        actor = Actor(known.account_id, name, role, "430626", division_code)
        return Work(self.work.conn, actor, self.work.now, self.work.keys)

    def count(self, query: str, **values: Any) -> int:
        return int(self.work.conn.execute(text(query), values).scalar_one())


HERE, THERE = "430626113208", "430626113210"


def code_of(call: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(ServiceError) as refused:
        call(*args, **more)
    return refused.value.code
