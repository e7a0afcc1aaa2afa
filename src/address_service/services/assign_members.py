"""Use-case: a person assigns houses to a place (归组), as with the lasso of the map."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from address_service.errors import Conflict, NotFound
from address_service.model.places import PlaceKind
from address_service.services.scope import require_scope
from address_service.store.memberships import MemberSource
from address_service.store.work import Work


def assign_members(work: Work, place_id: UUID, building_ids: Sequence[UUID], valid_from: date) -> int:
    """Say that houses belong to a place from a day on; what they belonged to before ends on that day.

    Gives how many houses this changed. Raises NotFound for an unknown place or house, Conflict `whole-village`
    for a place that houses belong to by their village alone, `other-village` for a house of another village,
    `building-addressed` for one whose address stands elsewhere: that moves by renumbering.
    """
    place = work.places.get(place_id, work.today)
    village_code = work.divisions.code_for(place.facts.division_id, work.today)
    require_scope(work.actor, village_code)
    if place.facts.kind is PlaceKind.VILLAGE:
        raise Conflict("全村不作归组对象：未归组的房屋本就属于它", code="whole-village")
    wanted = list(dict.fromkeys(building_ids))
    _lock(work, place.facts.division_id, place_id, wanted)
    houses = work.layers.buildings_by_id(wanted, work.today)
    if len(houses) != len(wanted):
        missing = set(wanted) - {house.id for house in houses}
        raise NotFound(f"没有建筑物 {next(iter(missing))}", code="building-not-found")
    moved = [house for house in houses if house.place_id != place_id]
    foreign = [h.building_code for h in houses if h.division_id not in (None, place.facts.division_id)]
    if foreign:
        raise Conflict(f"房屋不在该村：{_listed(foreign)}", code="other-village")
    addressed = [house.building_code for house in moved if house.is_addressed]
    if addressed:
        raise Conflict(f"房屋已有地址，须先改号：{_listed(addressed)}", code="building-addressed")
    change = work.memberships.record([(h.id, place_id) for h in houses], MemberSource.PERSON, valid_from)
    return change.opened + change.moved


def _lock(work: Work, division_id: UUID, place_id: UUID, building_ids: Sequence[UUID]) -> None:
    """Let nobody number the houses meanwhile: neither where they belong now nor where they come to."""
    now_in = {
        h.place_id for h in work.layers.buildings_by_id(building_ids, work.today) if h.place_id is not None
    }
    work.places.lock(division_id)
    for place in sorted({place_id, *now_in}):
        work.places.lock(place)


def _listed(codes: Sequence[str]) -> str:
    return "、".join(codes[:5]) + (f"等{len(codes)}座" if len(codes) > 5 else "")
