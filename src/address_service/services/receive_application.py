"""Use-case: receive an application (受理) with the papers shown; a receipt with its deadline follows."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from address_service.errors import Conflict, InvalidInput, NotFound
from address_service.model.addresses import Stage
from address_service.model.applications import Application, ApplicationKind, Evidence
from address_service.model.buildings import BuildingUse
from address_service.model.numbers import DoorNumber
from address_service.model.places import PlaceKind
from address_service.services.application_desk import check_evidence
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.applications import ApplicationRepository, NewApplication
from address_service.store.known_addresses import KnownAddress, KnownAddresses
from address_service.store.layers import BuildingRef
from address_service.store.place_context import load_place_context
from address_service.store.work import Work

_LATE = timedelta(days=366)
"""Papers that were left lying are entered late, but not by more than a year."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody comes to the counter for: about a house (by id or code) or an address (by code)."""

    kind: ApplicationKind
    request: str
    evidence: tuple[Evidence, ...] = ()
    building_id: UUID | None = None
    building_code: str | None = None
    address_code: str | None = None
    room_label: str = ""
    wanted: DoorNumber | None = None
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class _About:
    """What an application is about, and in which village that lies."""

    division_id: UUID
    village_code: str
    place_id: UUID | None
    building_id: UUID | None
    subject_id: UUID | None


def receive_application(work: Work, asked: Asked, deadline_days: int) -> Application:
    """Write an application down under the next number of its day; it is due so many calendar days later.

    Raises InvalidInput `request-missing`, `evidence-missing`, `personal-data-not-here`, `received-in-future`,
    `subject-missing`; Conflict `application-open-already`, `building-has-address`, `address-not-current`,
    `house-without-place`, `split-without-door`.
    """
    request, room_label = asked.request.strip(), asked.room_label.strip()
    if not request:
        raise InvalidInput("请写明申请事项", code="request-missing")
    refuse_personal_numbers(request, room_label)
    check_evidence(asked.kind, asked.evidence)
    received_on = asked.received_on or work.today
    if received_on < work.today - _LATE:
        raise InvalidInput("受理日期早于一年以前，请核对", code="received-too-early")
    if received_on > work.today:
        raise InvalidInput("受理日期不能晚于今天", code="received-in-future")
    about = _about(work, asked)
    require_scope(work.actor, about.village_code)
    new = NewApplication(
        kind=asked.kind,
        division_id=about.division_id,
        place_id=about.place_id,
        building_id=about.building_id,
        subject_id=about.subject_id,
        request=request,
        room_label=room_label if asked.kind is ApplicationKind.SPLIT_HOUSEHOLD else "",
        wanted=asked.wanted,
        received_on=received_on,
        due_on=received_on + timedelta(days=deadline_days),
    )
    repository = ApplicationRepository(work.conn, work.county_code)
    return repository.add(new, asked.evidence, work.actor.account_id, work.now)


def _about(work: Work, asked: Asked) -> _About:
    building = _building(work, asked)
    if asked.kind is ApplicationKind.NEW_HOUSE:
        return _new_house(work, _named(building))
    if asked.kind is ApplicationKind.SPLIT_HOUSEHOLD:
        return _split(work, _named(building))
    return _known(work, asked, building)


def _new_house(work: Work, building: BuildingRef) -> _About:
    if building.is_addressed:
        raise Conflict(
            f"建筑 {building.building_code} 已有标准地址；补发门牌、更正或分户请选相应的申请",
            code="building-has-address",
        )
    context = load_place_context(work.conn, work.county_code, _place_of(work, building), work.today)
    return _About(context.division_id, context.village_code, context.place_id, building.id, None)


def _place_of(work: Work, building: BuildingRef) -> UUID:
    """What the house is numbered by: its group, hamlet or street, else its whole village where that is a place."""
    if building.place_id is not None:
        return building.place_id
    villages = work.places.list_on((PlaceKind.VILLAGE,), work.today)
    whole = (p.id for p in villages if p.facts.division_id == building.division_id and not p.outer)
    found = next(whole, None)
    if found is None:
        raise Conflict(
            f"建筑 {building.building_code} 还没有归入村民小组、自然村或街路，请先归组",
            code="house-without-place",
        )
    return found


def _split(work: Work, building: BuildingRef) -> _About:
    known = KnownAddresses(work.conn, work.county_code)
    door = known.of_building(building.id) or known.of_yard(building.id)
    if door is None:
        raise Conflict("房屋和所在院落都还没有门牌，请按新建房屋申请", code="split-without-door")
    return _at(door, building.id)


def _known(work: Work, asked: Asked, building: BuildingRef | None) -> _About:
    known = KnownAddresses(work.conn, work.county_code)
    subject = known.by_code(asked.address_code) if asked.address_code else None
    if subject is None and building is not None:
        subject = known.of_building(building.id)
    if subject is None:
        raise InvalidInput("请指明地址编码，或已有标准地址的房屋", code="subject-missing")
    if subject.stage is not Stage.CURRENT:
        raise Conflict(f"“{subject.full_text}”不是现行地址", code="address-not-current")
    if asked.address_code and building is not None:
        behind = known.of_building(building.id)
        if behind is None or behind.id not in (subject.id, subject.parent_id):
            raise InvalidInput(
                f"建筑 {building.building_code} 不在“{subject.full_text}”名下",
                code="house-not-behind-address",
            )
    return _at(subject, building.id if building else None)


def _at(door: KnownAddress, building_id: UUID | None) -> _About:
    return _About(door.division_id, door.village_code, door.place_id, building_id, door.id)


def _named(building: BuildingRef | None) -> BuildingRef:
    if building is None:
        raise InvalidInput("请指明房屋：在地图上点选，或填建筑编号", code="subject-missing")
    if building.use is BuildingUse.OUTBUILDING:
        raise Conflict(
            f"建筑 {building.building_code} 是附属房，不单独编号", code="outbuilding-has-no-number"
        )
    return building


def _building(work: Work, asked: Asked) -> BuildingRef | None:
    if asked.building_id is not None:
        found = work.layers.buildings_by_id([asked.building_id], work.today)
        if not found:
            raise NotFound(f"没有建筑 {asked.building_id}", code="building-not-found")
        return found[0]
    if asked.building_code:
        by_code = work.layers.buildings_by_code([asked.building_code], work.today)
        if not by_code:
            raise NotFound(f"没有建筑编号 {asked.building_code}", code="building-not-found")
        return by_code[asked.building_code]
    return None
