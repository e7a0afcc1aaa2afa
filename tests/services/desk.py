"""Words of the counter's tests: a group of current addresses, and an application of each kind about it."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from address_service.errors import ServiceError
from address_service.model.applications import (
    Application,
    ApplicationKind,
    Evidence,
    EvidenceKind,
)
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.decide_application import Decision
from address_service.services.plan_numbering import plan_numbering
from address_service.services.receive_application import Asked, receive_application
from address_service.store.addresses import Scope
from address_service.store.application_views import ApplicationViews
from address_service.store.known_addresses import KnownAddress, KnownAddresses
from address_service.store.work import Work

DECREE = "示例〔2026〕5号"
PERMIT = Evidence(EvidenceKind.PERMIT, "乡字第4306262026001号", "示例县自然资源局", date(2026, 1, 8))
REGISTER = Evidence(EvidenceKind.HOUSEHOLD_REGISTER)
ACCEPT = Decision(accept=True)


def numbered_group(work: Work, approver: Work, town: Any) -> UUID:
    """A group of four current addresses; the first yard has two buildings behind one door."""
    place: UUID = town.place("group", "12组", 12)
    for n in range(1, 5):
        town.house(str(n), n * 25, 12, place)
    town.house("5", 32, 20, place, parcel="1")
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(village_code="430626113208"), DECREE, date(2026, 3, 2))
    return place


def receive(work: Work, kind: ApplicationKind, *papers: Evidence, **asked: Any) -> Application:
    return receive_application(work, Asked(kind, "示例事项", papers, **asked), 15)


def new_house(work: Work, town: Any, place: UUID, code: str = "50", x: float = 60) -> Application:
    house = town.house(code, x, 30, place)
    return receive(work, ApplicationKind.NEW_HOUSE, PERMIT, building_id=house)


def split(work: Work, code: str, **asked: Any) -> Application:
    return receive(work, ApplicationKind.SPLIT_HOUSEHOLD, REGISTER, building_code=code, **asked)


def lost(work: Work, code: str) -> Application:
    return receive(work, ApplicationKind.LOST_PLATE, building_code=code)


def address_of(work: Work, found: Application) -> KnownAddress:
    assert found.address_id is not None
    return KnownAddresses(work.conn, work.county_code).get(found.address_id)


def door(work: Work, code: str) -> KnownAddress:
    building = work.layers.buildings_by_code([code], work.today)[code]
    found = KnownAddresses(work.conn, work.county_code).of_building(building.id)
    assert found is not None
    return found


def approve(approver: Work, found: Application) -> None:
    codes = (address_of(approver, found).code.text,)
    done = approve_addresses(approver, Scope(codes=codes), DECREE, approver.today)
    assert done.approved == 1


def card(work: Work, found: Application, on: date | None = None) -> dict[str, Any]:
    return ApplicationViews(work.conn, work.county_code, on or work.today).one(found.id)


def steps(work: Work, found: Application) -> list[str]:
    return [step["kind"] for step in card(work, found)["steps"]]


def code_of(caught: pytest.ExceptionInfo[ServiceError]) -> str:
    return caught.value.code
