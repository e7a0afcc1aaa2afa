"""Use-case: decide an act on a single address by decree (批准执行单条地址变更); never by who asked for it."""

from datetime import date
from uuid import UUID

from address_service.errors import Conflict, Forbidden, InvalidInput
from address_service.model.address_changes import AddressAct
from address_service.services.address_change_acts import ACTS
from address_service.services.address_change_facts import Terms, digest_of
from address_service.services.address_change_residents import hold_residents, let_residents_follow
from address_service.services.address_change_tools import Act
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.renumbering_situation import hold_place
from address_service.services.scope import require_scope
from address_service.store.address_changes import AddressChangeHead, AddressChangeRepository
from address_service.store.known_addresses import KnownAddresses
from address_service.store.overview import announce_change
from address_service.store.work import Work


def commit_address_change(
    work: Work, change_id: UUID, decree_no: str, effective_on: date | None
) -> AddressChangeHead:
    """Carry an act out from a day on (None: today; a correction has its own day), whole or not at all.

    Raises InvalidInput `decree-missing`, `effective-on-future`; Forbidden `own-change`; Conflict
    `address-change-decided`, `address-change-outdated` when an address, a number or a house moved since, `homonym`,
    `effective-on-too-early`, `succession-cycle`, `number-taken`, `number-not-retired`, `approval-obstacles`.
    """
    decree_no = decree_no.strip()
    on = effective_on or work.today
    if not decree_no:
        raise InvalidInput("执行地址变更须有文号", code="decree-missing")
    refuse_personal_numbers(decree_no)
    if on > work.today:
        raise InvalidInput("生效日期不能晚于今天；请在生效当日执行", code="effective-on-future")
    repository = AddressChangeRepository(work.conn, work.county_code)
    head = repository.head(change_id, lock=True)
    require_scope(work.actor, head.village_code)
    hold_act(work, head)
    if head.stage != "draft":
        raise Conflict("这项地址变更已经办结", code="address-change-decided")
    if head.actor_id == work.actor.account_id:
        raise Forbidden("变更由本人拟定，须由他人批准", code="own-change")
    if digest_of(work, head.place_id, head.address_id, head.details) != head.seen_digest:
        raise Conflict("拟定之后，地址、号码或房屋已有变化，请重新拟定", code="address-change-outdated")
    done = ACTS[AddressAct(head.kind)](
        Act(work, head, Terms(decree_no, on, head.actor_id, work.actor.account_id))
    )
    let_residents_follow(work, head, done, decree_no)
    repository.decide(
        change_id,
        "committed",
        work.actor.account_id,
        work.now,
        decree_no=decree_no,
        effective_on=done.on,
        event_id=done.event_id,
    )
    work.queue.defer("refresh_overview", lock=f"overview-{work.county_code}", county_code=work.county_code)
    announce_change(work.conn, work.county_code)
    return repository.head(change_id)


def hold_act(work: Work, head: AddressChangeHead) -> None:
    """Nobody else numbers the places concerned, no plates are ordered and nobody is enrolled, until commit."""
    places = {head.place_id}
    if "into_id" in head.details:
        into = KnownAddresses(work.conn, work.county_code).get(UUID(head.details["into_id"]))
        require_scope(work.actor, into.village_code)
        places.add(into.place_id)
    for place_id in sorted(places):
        hold_place(work, place_id)
    work.plates.lock_ordering()
    hold_residents(work)
