"""What an account may read: lists and single things of its own division, and the published of the whole county."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from address_service.edge.sign_in import is_nobody
from address_service.errors import Forbidden, NotFound
from address_service.model.accounts import Actor, Right
from address_service.model.addresses import Stage
from address_service.services.scope import require_scope
from address_service.store.division_acts import DivisionActHead, DivisionActRepository
from address_service.store.division_proposals import DivisionProposals
from address_service.store.place_context import load_place_context
from address_service.store.work import Work

_PUBLISHED = frozenset({Stage.CURRENT, Stage.RETIRED})
_PUBLIC = frozenset(
    {
        "id",
        "event_id",
        "kind",
        "decree_no",
        "effective_on",
        "recorded_at",
        "code",
        "name",
        "full_text",
        "share",
        "area_share",
        "groups",
    }
)
"""What visitors read of an event, a predecessor or a successor."""
_BLANK: Mapping[str, Any] = {"note": "", "details": {}}
_OVERSEEING = (frozenset({Right.ADMINISTER}), frozenset({Right.IMPORT, Right.NAME}))
"""Who sees the imports of everybody in scope: who withdraws wrong ones, who brings layers and names."""


def scope_prefix(actor: Actor) -> str | None:
    """What the division codes that the actor may read start with; None for the whole county.

    None and the county's code differ: land that lies in no village has no code, and the county sees it.
    """
    return None if actor.division_code == actor.county_code else actor.division_code


def narrowed(actor: Actor, village: str | None) -> str | None:
    """The part of a wanted division that lies in the actor's scope; raises Forbidden when there is none."""
    if village is None or actor.division_code.startswith(village):
        return scope_prefix(actor)
    require_scope(actor, village)
    return village


def require_place(work: Work, place_id: UUID) -> None:
    """Raise Forbidden when a place lies outside the actor's scope."""
    if scope_prefix(work.actor) is not None:
        context = load_place_context(work.conn, work.county_code, place_id, work.today)
        require_scope(work.actor, context.village_code)


def readable_batch(work: Work, batch_id: UUID) -> dict[str, Any]:
    """A batch of plates; raises Forbidden for one that reaches beyond the actor's scope."""
    batch = work.plates.batch(batch_id)
    prefix = scope_prefix(work.actor)
    if prefix is not None and not work.plates.is_within(batch_id, prefix):
        raise Forbidden(f"账户“{work.actor.name}”的辖区不包括批次 {batch['batch_no']}", code="out-of-scope")
    return batch


def readable_runs(work: Work, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Imports that the actor sent; those who oversee imports see all of their scope."""
    if _oversees(work.actor):
        return work.imports.page(after, limit, scope=scope_prefix(work.actor))
    return work.imports.page(after, limit, sender=work.actor.account_id)


def readable_run(work: Work, run_id: UUID) -> dict[str, Any]:
    """An import; raises Forbidden for one that `readable_runs` would not list."""
    run = work.imports.get(run_id)
    if run["actor_id"] != work.actor.account_id:
        sender = work.accounts.scope_of(run["actor_id"])
        if not _oversees(work.actor) or not work.actor.covers(sender):
            raise Forbidden(f"账户“{work.actor.name}”不能查看导入任务 {run_id}", code="out-of-scope")
    return run


def _oversees(actor: Actor) -> bool:
    return any(needed <= actor.rights for needed in _OVERSEEING)


def readable_proposal(work: Work, proposal_id: UUID) -> dict[str, Any]:
    """A proposal of a yearly list; raises NotFound, and Forbidden for one beyond the actor's scope."""
    found = DivisionProposals(work.conn, work.county_code).page(None, 1, proposal_id=proposal_id)
    if not found:
        raise NotFound(f"没有区划变更建议 {proposal_id}", code="proposal-not-found")
    codes = [code for code in (found[0]["old_code"], found[0]["new_code"]) if code]
    if not any(work.actor.covers(code) for code in codes):
        require_scope(work.actor, codes[0])
    return found[0]


def readable_division_act(work: Work, act_id: UUID) -> DivisionActHead:
    """An act on a division or name; raises NotFound, and Forbidden for one beyond the actor's scope."""
    head = DivisionActRepository(work.conn, work.county_code).head(act_id)
    if not any(work.actor.covers(code) for code in head.codes):
        require_scope(work.actor, head.codes[0])
    return head


def sees_drafts(actor: Actor, village_code: str | None) -> bool:
    """Whether drafts of a village show: to accounts whose scope it is, never to anybody else."""
    return not is_nobody(actor) and actor.covers(village_code or actor.county_code)


def readable_card(actor: Actor, card: Mapping[str, Any]) -> dict[str, Any]:
    """An address card as the actor may see it: published anywhere in the county, drafts in one's scope.

    Raises NotFound for visitors without an account, Forbidden for accounts of elsewhere.
    """
    if sees_drafts(actor, card["village_code"]):
        return dict(card)
    if card["stage"] not in _PUBLISHED:
        if is_nobody(actor):
            raise NotFound(f"没有地址编码 {card['code']}，或其在所问日期无效", code="address-not-found")
        require_scope(actor, card["village_code"])
    names = {"drafted_by": None, "approved_by": None} if is_nobody(actor) else {}
    return {**card, **names, "rooms": [room for room in card["rooms"] if room["stage"] in _PUBLISHED]}


def readable_building(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """A building as the actor may see it: without the draft of its address outside one's scope."""
    if row["stage"] in {None, *_PUBLISHED} or sees_drafts(actor, row["village_code"]):
        return dict(row)
    return {**row, "address_code": None, "full_text": None, "stage": None}


def readable_history(actor: Actor, history: Mapping[str, Any]) -> dict[str, Any]:
    """The history of an address as the actor may see it: outside one's scope what was published, and its events.

    Raises NotFound where nothing of it was.
    """
    versions = [
        v for v in history["versions"] if v["stage"] in _PUBLISHED or sees_drafts(actor, v["village_code"])
    ]
    if not versions:
        raise NotFound(f"没有地址编码 {history['code']}", code="address-not-found")
    hidden = {v["event_id"] for v in history["versions"]} - {v["event_id"] for v in versions}
    events = [event for event in history["events"] if event["id"] not in hidden]
    return _public(actor, {**history, "versions": versions, "events": events})


def readable_division_history(actor: Actor, history: Mapping[str, Any]) -> dict[str, Any]:
    """The history of a division as the actor may see it; visitors read what happened, when and by which decree."""
    return _public(actor, history)


def _public(actor: Actor, history: Mapping[str, Any]) -> dict[str, Any]:
    """Notes and details are words between offices, which nobody has read over for the public."""
    if not is_nobody(actor):
        return dict(history)
    told = {
        kind: [{**_BLANK, **{name: one[name] for name in _PUBLIC & one.keys()}} for one in history[kind]]
        for kind in ("events", "predecessors", "successors")
    }
    return {**history, **told}
