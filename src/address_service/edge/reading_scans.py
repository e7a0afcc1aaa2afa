"""Who may see the scans of decrees: accounts whose scope holds the divisions concerned, never a visitor."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from address_service.edge.sign_in import is_nobody
from address_service.errors import Forbidden
from address_service.model.attachments import ActSubject
from address_service.services.attach_scan import act_facts
from address_service.services.scope import require_scope
from address_service.store.attachments import Attachment, AttachmentRepository
from address_service.store.work import Work


def require_act(work: Work, subject: ActSubject, act_id: UUID) -> None:
    """Raise Forbidden for an act beyond the actor's scope, NotFound where there is none."""
    for code in act_facts(work, subject, act_id)[0]:
        require_scope(work.actor, code)


def readable_scan(work: Work, attachment_id: UUID) -> Attachment:
    """A scan; raises NotFound, and Forbidden for one of an act beyond the actor's scope."""
    found = AttachmentRepository(work.conn, work.county_code).get(attachment_id)
    require_act(work, found.subject, found.act_id)
    return found


def with_scans(work: Work, history: Mapping[str, Any]) -> dict[str, Any]:
    """A history whose events name the scans that the actor may see."""
    events = history["events"]
    scans: dict[UUID, list[Attachment]] = {}
    if not is_nobody(work.actor):
        repository = AttachmentRepository(work.conn, work.county_code)
        scans = repository.of_events([event["id"] for event in events])
    seen = {(scan.subject, scan.act_id): _covers(work, scan) for found in scans.values() for scan in found}
    told = [
        {**event, "attachments": [s for s in scans.get(event["id"], ()) if seen[s.subject, s.act_id]]}
        for event in events
    ]
    return {**history, "events": told}


def _covers(work: Work, scan: Attachment) -> bool:
    try:
        require_act(work, scan.subject, scan.act_id)
    except Forbidden:
        return False
    return True
