"""Use-case: order the missing plates (补钉) of a place, a village or the whole county, or of single addresses."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from address_service.coding.full_text import SubStyle, number_text
from address_service.errors import Conflict
from address_service.model.numbers import DoorNumber
from address_service.model.places import PlaceKind
from address_service.plates.profile import PlateProfile, Role, profile_of
from address_service.plates.text import rural_name, street_name
from address_service.services.scope import require_scope
from address_service.store.known_addresses import KnownAddresses
from address_service.store.place_context import load_place_context
from address_service.store.plates import Door, NewPlate
from address_service.store.work import Work

_TOKEN_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # noqa: S105 - Crockford's base 32: no i, l, o, u to misread
_TOKEN_LENGTH = 16  # 80 bits: not to be guessed, and the URL stays short


def order_plates(
    work: Work,
    profile_key: str,
    *,
    village_code: str | None = None,
    place_id: UUID | None = None,
    codes: Sequence[str] | None = None,
) -> UUID:
    """Order a plate for every current door of the scope that has no good one on the wall and none on order.

    Addresses listed by ``codes``, rooms too, get theirs whatever the survey found on the wall. Gives the batch, not
    yet printed. Raises Conflict `no-plates-needed` when nothing is missing.
    """
    profile = profile_of(profile_key)
    division_id = _check_scope(work, village_code, place_id, codes)
    work.plates.lock_ordering()
    doors = work.plates.doors_without_plate(profile.key, village_code, place_id, codes)
    if not doors:
        raise Conflict("范围内没有缺门牌的门户", code="no-plates-needed")
    plates = [
        NewPlate(
            door.address_id,
            new_token(),
            position,
            name_text(door),
            plate_number(door, profile),
        )
        for position, door in enumerate(doors, start=1)
    ]
    return work.plates.add_batch(
        batch_no=work.plates.next_batch_no(f"{work.today:%Y%m%d}"),
        division_id=division_id,
        place_id=place_id,
        profile=profile.key,
        plates=plates,
        actor_id=work.actor.account_id,
        now=work.now,
    )


def queue_print(work: Work, batch_id: UUID) -> None:
    """Let the worker print a batch once this transaction commits."""
    work.queue.defer(
        "print_batch", lock=f"plates-{batch_id}", batch_id=str(batch_id), county_code=work.county_code
    )


def _check_scope(
    work: Work, village_code: str | None, place_id: UUID | None, codes: Sequence[str] | None
) -> UUID | None:
    if codes is not None:
        return _village_of(work, codes)
    if place_id is not None:
        context = load_place_context(work.conn, work.county_code, place_id, work.today)
        require_scope(work.actor, context.village_code)
        return context.division_id
    require_scope(work.actor, village_code or work.county_code)
    return work.divisions.id_of_code(village_code, work.today) if village_code else None


def _village_of(work: Work, codes: Sequence[str]) -> UUID | None:
    """The one village of all the addresses, None where they lie in several."""
    known = KnownAddresses(work.conn, work.county_code)
    found = [known.by_code(code) for code in codes]
    for one in found:
        require_scope(work.actor, one.village_code)
    villages = {one.division_id for one in found}
    return villages.pop() if len(villages) == 1 else None


def new_token() -> str:
    """An opaque token for a plate's URL."""
    return "".join(secrets.choice(_TOKEN_ALPHABET) for _ in range(_TOKEN_LENGTH))


def name_text(door: Door) -> str:
    """What stands in the name line of a door's plate."""
    if door.place_kind == PlaceKind.STREET:
        return street_name(door.place)
    return rural_name(door.village, door.place)


def plate_number(door: Door, profile: PlateProfile) -> str:
    """What stands in the number line: a door's number; a room's label, after the number where the plate has a name."""
    number = number_text(DoorNumber(door.main, door.sub), SubStyle(door.sub_style), door.zero_pad)
    return f"{number}{door.inside}" if profile.has(Role.NAME) or not door.inside else door.inside
