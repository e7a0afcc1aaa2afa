"""Use-case: end an application: withdrawn by who asked, or closed when everything is done."""

from uuid import UUID

from address_service.errors import Conflict, InvalidInput
from address_service.model.addresses import Stage
from address_service.model.applications import Application, ApplicationKind, ApplicationStage, StepKind
from address_service.services.application_desk import require_stage, take_up
from address_service.services.free_text import refuse_personal_numbers
from address_service.store.known_addresses import KnownAddresses
from address_service.store.plate_replacement import plates_in_force
from address_service.store.work import Work


def withdraw_application(work: Work, application_id: UUID, note: str) -> Application:
    """Take an undecided application back; raises Conflict `application-decided` once it was decided on."""
    refuse_personal_numbers(note)
    repository, found = take_up(work, application_id)
    require_stage(found, ApplicationStage.RECEIVED)
    done = repository.change(found.id, stage=ApplicationStage.WITHDRAWN)
    repository.add_step(found.id, StepKind.WITHDRAWN, note.strip(), work.actor.account_id, work.now)
    return done


def close_application(work: Work, application_id: UUID, note: str = "") -> Application:
    """Close what is done: the address current and its plate ordered, or a note saying why there is none.

    A correction of anything but a number is closed with a note straight away. Raises Conflict `application-decided`,
    `address-not-current`, `plate-not-ordered`; InvalidInput `reason-missing`.
    """
    note = note.strip()
    refuse_personal_numbers(note)
    repository, found = take_up(work, application_id)
    if found.kind is ApplicationKind.CORRECTION:
        require_stage(found, ApplicationStage.RECEIVED, ApplicationStage.ACCEPTED)
        if not (note or found.decision_note):
            raise InvalidInput("更正申请办结须注明结果", code="reason-missing")
    else:
        require_stage(found, ApplicationStage.ACCEPTED)
        _require_done(work, found, note)
    decided_at, decided_by = work.now, work.actor.account_id
    fresh = {} if found.decided_at else {"decided_at": decided_at, "decided_by": decided_by}
    done = repository.change(
        found.id, stage=ApplicationStage.CLOSED, decision_note=found.decision_note or note, **fresh
    )
    repository.add_step(found.id, StepKind.CLOSED, note, work.actor.account_id, work.now)
    return done


def _require_done(work: Work, found: Application, note: str) -> None:
    address = KnownAddresses(work.conn, work.county_code).get(found.address_id) if found.address_id else None
    if address is None or address.stage is not Stage.CURRENT:
        raise Conflict("地址尚未经县级批准，不能办结", code="address-not-current")
    lost = found.kind is ApplicationKind.LOST_PLATE
    ordered = found.plate_batch_id if lost else plates_in_force(work.conn, work.county_code, address.id)
    if not ordered and not note:
        raise Conflict("门牌尚未订制；确不需要的，请注明原因后办结", code="plate-not-ordered")
