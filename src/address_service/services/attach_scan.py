"""Use-case: keep the scan of a decree beside the act that it decides (上传批文扫描件)."""

import unicodedata
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import BinaryIO
from uuid import UUID

from address_service.errors import Conflict
from address_service.model.attachments import ActSubject
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.address_changes import AddressChangeRepository
from address_service.store.attachments import Attachment, AttachmentRepository
from address_service.store.division_acts import DivisionActRepository
from address_service.store.files import FileStore
from address_service.store.merger_plans import DivisionChangeRepository
from address_service.store.scans import SUFFIXES
from address_service.store.work import Work

_LONGEST_NAME = 120
_Facts = tuple[tuple[str, ...], str]
"""Codes of the divisions that an act concerns, and its stage."""


def attach_scan(
    work: Work,
    files: FileStore,
    subject: ActSubject,
    act_id: UUID,
    filename: str,
    source: BinaryIO,
    max_bytes: int,
) -> Attachment:
    """Keep a scan beside a planned or committed act, the same content once.

    Raises NotFound for the act, Forbidden `out-of-scope`, Conflict `act-dropped`, InvalidInput `attachment-type`,
    `personal-data-not-here`, TooLarge `upload-too-large`.
    """
    refuse_personal_numbers(filename)
    codes, stage = act_facts(work, subject, act_id)
    for code in codes:
        require_scope(work.actor, code)
    if stage == "dropped":
        raise Conflict("该变更已作废，不能再加附件", code="act-dropped")
    scan = files.take_scan(source, max_bytes)
    name = _clean(filename, SUFFIXES[scan.media_type])
    scans = AttachmentRepository(work.conn, work.county_code)
    return scans.add(subject, act_id, scan, name, work.actor.account_id, work.now)


def act_facts(work: Work, subject: ActSubject, act_id: UUID) -> _Facts:
    """The divisions that an act concerns and its stage; raises NotFound with the code of its kind."""
    return _FACTS[subject](work, act_id)


def _of_division_act(work: Work, act_id: UUID) -> _Facts:
    head = DivisionActRepository(work.conn, work.county_code).head(act_id)
    return head.codes, head.stage


def _of_division_change(work: Work, act_id: UUID) -> _Facts:
    head = DivisionChangeRepository(work.conn, work.county_code).head(act_id)
    return head.village_codes, head.stage


def _of_renumbering(work: Work, act_id: UUID) -> _Facts:
    head = work.renumbering_plans.head(act_id)
    return (head.village_code,), head.stage


def _of_address_change(work: Work, act_id: UUID) -> _Facts:
    head = AddressChangeRepository(work.conn, work.county_code).head(act_id)
    return (head.village_code,), head.stage


_FACTS: Mapping[ActSubject, Callable[[Work, UUID], _Facts]] = {
    ActSubject.DIVISION_ACT: _of_division_act,
    ActSubject.DIVISION_CHANGE: _of_division_change,
    ActSubject.RENUMBERING: _of_renumbering,
    ActSubject.ADDRESS_CHANGE: _of_address_change,
}


def _clean(filename: str, suffix: str) -> str:
    """The name as it was sent, without folders and control characters, with the ending of what the file is."""
    stem = PurePath(filename.replace("\\", "/")).stem
    plain = "".join(char for char in stem if not unicodedata.category(char).startswith("C"))
    return f"{plain.strip()[:_LONGEST_NAME] or '附件'}{suffix}"
