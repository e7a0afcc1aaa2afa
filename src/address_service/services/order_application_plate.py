"""Use-case: order the plate of an application's address, in place of a lost one where there was one.

Runs the order of plates for a single door.
"""

from uuid import UUID

from address_service.errors import Conflict
from address_service.model.addresses import Stage
from address_service.model.applications import Application, ApplicationKind, ApplicationStage, StepKind
from address_service.model.plates import BatchStage
from address_service.plates.profile import DEFAULT_PROFILE
from address_service.services.application_desk import require_stage, take_up
from address_service.services.order_plates import order_plates
from address_service.store.known_addresses import KnownAddress, KnownAddresses
from address_service.store.plate_replacement import (
    PlateInForce,
    plates_in_force,
    replace_plate,
    replaced_profile,
)
from address_service.store.work import Work


def order_application_plate(work: Work, application_id: UUID, profile: str | None = None) -> UUID:
    """Order one plate and give its batch, not yet printed; the profile is that of the lost one where none is named.

    Raises Conflict `address-not-current` before the county approved, `plate-ordered-already`, `profile-needed` where
    the address has several plates, `no-plates-needed`.
    """
    repository, found = take_up(work, application_id)
    require_stage(found, ApplicationStage.ACCEPTED)
    _require_none_on_order(work, found)
    address = _address(work, found)
    replaced = replaced_profile(
        work.conn, work.county_code, found.id
    )  # when a batch failed, no other plate is lost
    gone = None
    if found.kind is ApplicationKind.LOST_PLATE and replaced is None:
        gone = _lost(plates_in_force(work.conn, work.county_code, address.id), profile)
    if gone is not None:
        replace_plate(work.conn, work.county_code, gone.id, work.now)
        note = f"{gone.number_text}，二维码尾号 {gone.token[-4:]}"
        actor_id = work.actor.account_id
        repository.add_step(found.id, StepKind.PLATE_REPLACED, note, actor_id, work.now, gone.id)
    chosen = profile or replaced or (gone.profile if gone else _default(address))
    batch_id = order_plates(work, chosen, codes=(address.code.text,))
    repository.change(found.id, plate_batch_id=batch_id)
    batch_no = str(work.plates.batch(batch_id)["batch_no"])
    repository.add_step(found.id, StepKind.PLATE_ORDERED, f"批次 {batch_no}", work.actor.account_id, work.now)
    return batch_id


def _require_none_on_order(work: Work, found: Application) -> None:
    if found.plate_batch_id is None:
        return
    batch = work.plates.batch(found.plate_batch_id)
    if batch["stage"] != BatchStage.FAILED:
        raise Conflict(f"门牌已在批次 {batch['batch_no']} 中订制", code="plate-ordered-already")


def _address(work: Work, found: Application) -> KnownAddress:
    if found.address_id is None:
        raise Conflict("更正申请不订制门牌；改号后请在改号方案中订制", code="application-without-address")
    address = KnownAddresses(work.conn, work.county_code).get(found.address_id)
    if address.stage is not Stage.CURRENT:
        raise Conflict("地址尚未经县级批准，不能订制门牌", code="address-not-current")
    return address


def _lost(standing: list[PlateInForce], profile: str | None) -> PlateInForce | None:
    """The plate that was lost: of the profile named, else the only one; None where the old one was never of ours."""
    if profile is None and len({one.profile for one in standing}) > 1:
        raise Conflict("此地址有几种门牌，请说明遗失的是哪一种", code="profile-needed")
    gone = next((one for one in reversed(standing) if profile in (None, one.profile)), None)
    if gone is not None and gone.waits_in is not None:
        raise Conflict(f"门牌已在批次 {gone.waits_in} 中订制，尚未印制", code="plate-ordered-already")
    return gone


def _default(address: KnownAddress) -> str:
    return "room" if address.parent_id else DEFAULT_PROFILE
