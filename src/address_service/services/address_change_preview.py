"""The dry run of an act on a single address: it is carried out, looked at, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from address_service.errors import InvalidInput
from address_service.model.accounts import Role
from address_service.model.address_changes import ActRequest, AddressAct
from address_service.services.address_change_acts import ACTS
from address_service.services.address_change_facts import Terms
from address_service.services.address_change_residents import count_households
from address_service.services.address_change_tools import Act
from address_service.services.commit_address_change import hold_act
from address_service.services.draw_address_change import draw_address_change
from address_service.services.scope import require_scope
from address_service.store.address_acts import versions_in_force
from address_service.store.address_changes import AddressChangeHead, AddressChangeRepository
from address_service.store.address_outlook import Outlook, WrittenEdge, WrittenVersion
from address_service.store.work import Work

_NO_DECREE_YET = "（待批准）"


@dataclass(frozen=True, slots=True)
class ActOutlook:
    """What an act would do on its day; ``before`` is what each address that is there now reads."""

    head: AddressChangeHead
    on: date
    before: dict[UUID, str]
    versions: Sequence[WrittenVersion]
    edges: Sequence[WrittenEdge]
    plates: int
    households: int


def preview_asked(work: Work, asked: ActRequest, effective_on: date | None) -> ActOutlook:
    """What an act would do that nobody has asked for yet; raises as drawing and committing it do, keeps nothing."""
    with work.taken_back():
        return _outlook(work, draw_address_change(work, asked), effective_on)


def preview_address_change(work: Work, change_id: UUID, effective_on: date | None) -> ActOutlook:
    """What an act that waits would do if it were committed now; keeps nothing.

    Raises NotFound, Forbidden `out-of-scope`, and as its commit does for what stands in the way.
    """
    head = AddressChangeRepository(work.conn, work.county_code).head(change_id)
    require_scope(work.actor, head.village_code)
    with work.taken_back():
        return _outlook(work, head, effective_on)


def _outlook(work: Work, head: AddressChangeHead, effective_on: date | None) -> ActOutlook:
    on = effective_on or work.today
    if on > work.today:
        raise InvalidInput("生效日期不能晚于今天；请在生效当日执行", code="effective-on-future")
    hold_act(work, head)
    before = _readings(work, head)
    outlook = Outlook(work.conn, work.county_code)
    replaced = outlook.replaced_plates(before)
    # Whoever decides is not there yet: an account that goes with the attempt stands for them.
    decider = work.accounts.create(f"（待批准人 {head.id}）", Role.COUNTY, work.county_code).account_id
    done = ACTS[AddressAct(head.kind)](Act(work, head, Terms(_NO_DECREE_YET, on, head.actor_id, decider)))
    return ActOutlook(
        head,
        done.on,
        before,
        outlook.versions(done.event_id),
        outlook.edges(done.event_id),
        outlook.replaced_plates(before) - replaced,
        count_households(work, [head])[head.id],
    )


def _readings(work: Work, head: AddressChangeHead) -> dict[UUID, str]:
    """What the address concerned, its rooms and the one it goes into read now."""
    ids = [head.address_id] if head.address_id else []
    ids += [UUID(head.details["into_id"])] if "into_id" in head.details else []
    versions = [one for key in ids for one in versions_in_force(work.conn, work.county_code, key)]
    return {one.address_id: one.full_text for one in versions if one.valid.upper is None}
