"""Use-case: record that a place's name was approved or filed (地名批准、备案)."""

from uuid import UUID

from address_service.errors import Conflict
from address_service.model.divisions import NameState
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.place_context import load_place_context
from address_service.store.work import Work


def approve_name(work: Work, place_id: UUID, state: NameState, decree_no: str) -> None:
    """Record the decree of a name (地名管理条例 Art 9, 12-14) as a new version of the place.

    Waits for an import that may be writing the place. Raises Conflict when the name is in that state already, `busy`.
    """
    refuse_personal_numbers(decree_no)
    work.imports.keep_out()
    work.places.lock(place_id)
    context = load_place_context(work.conn, work.county_code, place_id, work.today)
    require_scope(work.actor, context.village_code)
    if context.name_state is state:
        raise Conflict(f"“{context.name}”已是该状态", code="name-state-unchanged")
    work.places.set_name_state(place_id, state, decree_no, work.actor.account_id, work.today, work.now)
