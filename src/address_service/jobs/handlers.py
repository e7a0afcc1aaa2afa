"""What each kind of job does; the worker hands in the engine and the settings."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from address_service.edge.rights import Right, entitled, has_right, right_to_bring
from address_service.errors import Forbidden, InvalidInput
from address_service.jobs.fonts import FontsMissing, load_fonts
from address_service.model.accounts import Actor, Role
from address_service.model.audit import AuditNote, Channel, Origin
from address_service.services.print_batch import abandon_batch, print_batch
from address_service.services.queue_import import ImportLayer
from address_service.services.run_import import abandon_import, run_import
from address_service.services.run_reconciliation import abandon_reconciliation, run_reconciliation
from address_service.services.verify_audit import anchor_audit, write_anchor_file
from address_service.settings import Settings
from address_service.store.api_keys import rights_of_key
from address_service.store.engine import Engine
from address_service.store.files import FileStore
from address_service.store.keys import ring_of
from address_service.store.overview import refresh_overview
from address_service.store.work import Work, unit_of_work

INTERNAL = "internal-error"
"""Code of a reason that only the log tells."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every job needs."""

    settings: Settings
    engine: Engine
    files: FileStore


def system_actor(county_code: str) -> Actor:
    """Who acts where no person does; it writes no row that names an actor."""
    return Actor(UUID(int=0), "系统", Role.ADMIN, county_code, county_code)


_JOB = Origin(Channel.JOB)


def _work(shop: Workshop, actor: Actor, act: AuditNote) -> AbstractContextManager[Work]:
    return unit_of_work(shop.engine, actor, datetime.now(UTC), ring_of(shop.settings), _JOB, act)


def _batch_work(shop: Workshop, county_code: str, batch_id: str) -> AbstractContextManager[Work]:
    return _work(shop, system_actor(county_code), AuditNote("job.print-batch", "plate_batch", batch_id))


def _import_work(shop: Workshop, actor: Actor, run_id: str) -> AbstractContextManager[Work]:
    return _work(shop, actor, AuditNote("job.import", "import_run", run_id))


def print_batch_job(shop: Workshop, county_code: str, batch_id: str) -> None:
    """Print the files of a plate batch; what another try would not mend is kept on the batch."""
    try:
        fonts = load_fonts()
        with _batch_work(shop, county_code, batch_id) as work:
            print_batch(work, shop.files, fonts, shop.settings.public_url, UUID(batch_id))
    except (FontsMissing, InvalidInput) as error:
        with _batch_work(shop, county_code, batch_id) as work:
            abandon_batch(work, UUID(batch_id), error.code, error.message)


def give_up_batch(shop: Workshop, county_code: str, batch_id: str) -> None:
    """A batch failed for a reason of ours, and will not be tried again."""
    with _batch_work(shop, county_code, batch_id) as work:
        abandon_batch(
            work, UUID(batch_id), INTERNAL, "生成门牌文件时服务内部出错，已记录；请重新订制或联系维护人员"
        )


def import_job(
    shop: Workshop, county_code: str, run_id: str, actor_name: str, rights: Sequence[str] | None = None,
    key_id: str | None = None,
) -> None:  # fmt: skip
    """Import an uploaded file for the account that sent it; a failure is kept on the run.

    Office, dates and scope are those of now; ``rights`` are what the sender had by session or key when it was queued,
    None for what an older program queued. ``key_id`` is the key that it was sent with; one that has ended since, also
    while the file is being read, stops the import whole.
    """
    sent = _Sent(actor_name, rights, UUID(key_id) if key_id else None)
    with _import_work(shop, system_actor(county_code), run_id) as work:
        try:
            actor = _sender(shop, work, UUID(run_id), sent)
        except Forbidden as error:
            abandon_import(work, shop.files, UUID(run_id), error.code, error.message)
            return
    run_import(
        lambda: _import_work(shop, actor, run_id),
        shop.files,
        UUID(run_id),
        shop.settings.max_unpacked_mb << 20,
        may_approve_names=has_right(actor, Right.NAME),
        may_still=lambda work: _sender(shop, work, UUID(run_id), sent, datetime.now(UTC)),
        keep_ethnicity=shop.settings.keep_ethnicity,
    )


@dataclass(frozen=True, slots=True)
class _Sent:
    """By whom a file was sent, with which rights, and by which key where it was one."""

    actor_name: str
    rights: Sequence[str] | None
    key_id: UUID | None


def _sender(shop: Workshop, work: Work, run_id: UUID, sent: _Sent, at: datetime | None = None) -> Actor:
    """The account for which a run is done; raises Forbidden when it could not send the file any more."""
    now, name = at or work.now, sent.actor_name
    actor = work.accounts.find_by_name(name)
    if actor is None or not work.accounts.is_open(actor.account_id, now):
        message = f"发起导入的账户“{name}”已停用或不在有效期内，没有导入"
        raise Forbidden(message, code="account-disabled")
    if sent.key_id is not None and not work.api_keys.is_live(sent.key_id, now):
        message = f"发起导入的账户“{name}”所用的密钥已撤销或到期，没有导入"
        raise Forbidden(message, code="key-ended")
    actor = entitled(actor, shop.settings.administrators, rights_of_key(sent.rights))
    if not has_right(actor, right_to_bring(ImportLayer(work.imports.get(run_id)["layer"]))):
        message = f"发起导入的账户“{name}”已无权导入这类文件，没有导入"
        raise Forbidden(message, code="right-missing")
    return actor


def give_up_import(shop: Workshop, county_code: str, run_id: str, **_sent: object) -> None:
    """An import failed for a reason of ours, and will not be tried again."""
    with _import_work(shop, system_actor(county_code), run_id) as work:
        message = "导入时服务内部出错，已记录；请重新上传或联系维护人员"
        abandon_import(work, shop.files, UUID(run_id), INTERNAL, message)


def _extract_work(shop: Workshop, actor: Actor, extract_id: str) -> AbstractContextManager[Work]:
    return _work(shop, actor, AuditNote("job.reconcile", "extract", extract_id))


def reconciliation_job(
    shop: Workshop, county_code: str, extract_id: str, actor_name: str, rights: Sequence[str] | None = None,
    key_id: str | None = None,
) -> None:  # fmt: skip
    """Hold an extract against the register for the account that sent it; a failure is kept on the extract.

    As for an import, office, dates and scope are those of now, and the rights no more than those it was sent with.
    """
    sent = _Sent(actor_name, rights, UUID(key_id) if key_id else None)
    actor = _sender_of_extract(shop, county_code, extract_id, sent)
    if not has_right(actor, Right.RECONCILE):
        with _extract_work(shop, actor, extract_id) as work:
            message = f"账户“{actor_name}”或其所用的密钥已停用，或不再核对人口底册"
            abandon_reconciliation(work, shop.files, UUID(extract_id), "right-missing", message)
        return
    run_reconciliation(
        lambda: _extract_work(shop, actor, extract_id),
        shop.files,
        UUID(extract_id),
        shop.settings.max_unpacked_mb << 20,
    )


def give_up_reconciliation(
    shop: Workshop, county_code: str, extract_id: str, actor_name: str, rights: Sequence[str] | None = None,
    key_id: str | None = None,
) -> None:  # fmt: skip
    """An extract failed for a reason of ours, and will not be tried again."""
    sent = _Sent(actor_name, rights, UUID(key_id) if key_id else None)
    sender = _sender_of_extract(shop, county_code, extract_id, sent)
    with _extract_work(shop, sender, extract_id) as work:
        message = "核对时服务内部出错，已记录；请重新上传或联系维护人员"
        abandon_reconciliation(work, shop.files, UUID(extract_id), INTERNAL, message)


def _sender_of_extract(shop: Workshop, county_code: str, extract_id: str, sent: _Sent) -> Actor:
    """The account that sent an extract with the rights of its office; without any where it or its key has ended."""
    with _extract_work(shop, system_actor(county_code), extract_id) as work:
        work.unnamed = None
        found = work.accounts.find_by_name(sent.actor_name)
        is_open = found is not None and work.accounts.is_open(found.account_id, work.now)
        is_live = sent.key_id is None or work.api_keys.is_live(sent.key_id, work.now)
    if found is not None:
        within = rights_of_key(sent.rights) if is_open and is_live else frozenset()
        return entitled(found, shop.settings.administrators, within)
    return Actor(UUID(int=1), sent.actor_name, Role.PENDING, county_code, county_code)


def refresh_overview_job(shop: Workshop, county_code: str) -> None:
    """Count the addresses again for the low zooms of the map."""
    with shop.engine.begin() as conn:
        refresh_overview(conn, county_code)


def anchor_audit_job(shop: Workshop, timestamp: int) -> None:
    """Anchor the ends of the audit's chains in the register and in the file beside it; no act of anybody."""
    del timestamp
    keys, actor = ring_of(shop.settings), system_actor(shop.settings.county_code)
    with unit_of_work(shop.engine, actor, datetime.now(UTC), keys, _JOB, None) as work:
        anchor_audit(work, keys)
    with unit_of_work(shop.engine, actor, datetime.now(UTC), keys, _JOB, None) as work:
        write_anchor_file(work, shop.files)
