"""What the use-cases of the counter share: rules of the papers, taking an application up, giving it back."""

from collections.abc import Sequence
from uuid import UUID

from address_service.errors import Conflict, InvalidInput
from address_service.model.applications import (
    Application,
    ApplicationKind,
    ApplicationStage,
    Evidence,
    EvidenceKind,
    StepKind,
)
from address_service.model.labels import label
from address_service.model.places import PlaceKind
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.applications import ApplicationRepository
from address_service.store.building_links import give_back_to_door
from address_service.store.place_context import load_place_context
from address_service.store.work import Work

NEEDED: dict[ApplicationKind, tuple[EvidenceKind, ...]] = {
    ApplicationKind.NEW_HOUSE: (EvidenceKind.PERMIT,),
    ApplicationKind.SPLIT_HOUSEHOLD: (EvidenceKind.HOUSEHOLD_REGISTER, EvidenceKind.OWNERSHIP),
}
"""One of these papers must be shown."""


def check_evidence(kind: ApplicationKind, evidence: Sequence[Evidence]) -> None:
    """Raise InvalidInput `evidence-missing` or `personal-data-not-here`."""
    for paper in evidence:
        if paper.kind is EvidenceKind.IDENTITY and paper.document_no:
            raise InvalidInput(
                "身份证件只记“已查验”，不登记号码，请将证件号一栏留空", code="personal-data-not-here"
            )
        refuse_personal_numbers(paper.document_no, paper.issued_by, paper.note)
    needed = NEEDED.get(kind, ())
    if needed and not any(paper.kind in needed for paper in evidence):
        names = "或".join(label(one) for one in needed)
        raise InvalidInput(f"{label(kind)}申请须有{names}，请补齐后再受理", code="evidence-missing")


def hold_place(work: Work, place_id: UUID) -> None:
    """Hold a place until commit, a whole-village one after its division."""
    context = load_place_context(work.conn, work.county_code, place_id, work.today)
    if context.kind is PlaceKind.VILLAGE:
        work.places.lock(context.division_id)
    work.places.lock(place_id)


def take_up(
    work: Work, application_id: UUID, *, with_place: bool = False
) -> tuple[ApplicationRepository, Application]:
    """Hold an application within the actor's scope, its place first where numbers may change."""
    repository = ApplicationRepository(work.conn, work.county_code)
    seen = repository.get(application_id)
    require_scope(work.actor, seen.village_code)
    numbers_change = seen.kind in (ApplicationKind.NEW_HOUSE, ApplicationKind.SPLIT_HOUSEHOLD)
    if with_place and numbers_change and seen.place_id is not None:
        hold_place(work, seen.place_id)
    return repository, repository.lock(application_id)


def require_stage(found: Application, *stages: ApplicationStage) -> None:
    """Raise Conflict `application-decided` when an application is past the act asked for."""
    if found.stage not in stages:
        raise Conflict(
            f"申请 {found.application_no} {label(found.stage)}，不能再作此处理；请刷新后查看",
            code="application-decided",
        )


def return_rejected(work: Work, event_id: UUID, note: str) -> int:
    """Give back to the counter what the county turned down under an event; says how many applications.

    A building that had left its door for the rejected one stands behind the old door again.
    """
    repository = ApplicationRepository(work.conn, work.county_code)
    returned = repository.rejected_under(event_id)
    for application_id in returned:
        before = repository.lock(application_id)
        repository.change(
            application_id,
            stage=ApplicationStage.RECEIVED,
            address_id=None,
            taken_main=None,
            taken_sub=None,
            decided_at=None,
            decided_by=None,
            decision_note="",
        )
        repository.add_step(application_id, StepKind.RETURNED, note, work.actor.account_id, work.now)
        _restore_link(work, before)
    return len(returned)


def _restore_link(work: Work, before: Application) -> None:
    building_id, door_id, since = before.building_id, before.subject_id, before.decided_at
    if building_id is not None and door_id is not None and since is not None:
        give_back_to_door(work.conn, work.county_code, building_id, door_id, since, work.now)
