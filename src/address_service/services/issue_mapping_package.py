"""Use-case: issue the next mapping package (对照包) of a consumer, hand it out as an archive, note its receipt."""

from uuid import UUID

from address_service.errors import Conflict, InvalidInput, Stale
from address_service.model.audit import AuditNote
from address_service.model.mapping import MappingConsumer, MappingPackage, PackageStage
from address_service.reconcile.package import bundle, seal_package, unbundle
from address_service.reconcile.package_columns import read_profile
from address_service.reconcile.package_content import MANIFEST, PackageHead, TextEncoding, sm3, write_content
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.mapping_draft import Draft, draft_package
from address_service.services.scope import require_scope
from address_service.store.feed import Feed
from address_service.store.feed_positions import give_positions
from address_service.store.ids import new_id
from address_service.store.mapping_packages import MappingPackages, NewConsumer, NewPackage
from address_service.store.mapping_resending import Resending
from address_service.store.work import Work


def register_consumer(
    work: Work, name: str, division_code: str, profile: str, encoding: TextEncoding, *, from_now: bool
) -> MappingConsumer:
    """Register a consumer (接收单位) that knows no address yet, or ``from_now`` those in force by now.

    Raises Forbidden `out-of-scope`, NotFound `profile-unknown`, InvalidInput `value-missing`, Conflict
    `mapping-consumer-exists`.
    """
    name = name.strip()
    if not name:
        raise InvalidInput("接收单位须有名称", code="value-missing")
    refuse_personal_numbers(name)
    require_scope(work.actor, division_code)
    read_profile(profile)
    start = 0
    if from_now:
        while give_positions(work.conn, work.county_code):
            pass
        start = Feed(work.conn, work.county_code).last()
    new = NewConsumer(name, division_code, profile, encoding.value, start)
    consumer = _packages(work).add_consumer(new, work.actor.account_id, work.now)
    note: dict[str, str | int] = {"division": division_code, "profile": profile, "cursor": start}
    work.note(AuditNote("mapping.consumer", "mapping_consumer", str(consumer.id), note))
    return consumer


def issue_mapping_package(work: Work, consumer_id: UUID) -> MappingPackage:
    """The package of all that was approved since the last acknowledged one; the same one until it is acknowledged.

    Raises NotFound `mapping-consumer-not-found`, Forbidden `out-of-scope`; Conflict `mapping-nothing-new`,
    `old-text-ambiguous`, `temporary-key-taken`.
    """
    packages = _packages(work)
    consumer = packages.consumer(consumer_id, lock=True)
    require_scope(work.actor, consumer.division_code)
    waiting = packages.open_of(consumer_id)
    if waiting is not None:
        return waiting
    draft = draft_package(work, consumer)
    if not draft.says_something:
        raise Conflict(f"“{consumer.name}”没有新的地址变更", code="mapping-nothing-new")
    package_id = _write(work, consumer, draft)
    done = packages.get(package_id)
    note: dict[str, str | int] = {
        "consumer": consumer.name,
        "sequence": done.sequence,
        "rows": done.counts["moves"],
        "digest": done.digest,
    }
    work.note(AuditNote("mapping.issue", "mapping_package", str(package_id), note))
    return done


def _write(work: Work, consumer: MappingConsumer, draft: Draft) -> UUID:
    packages = _packages(work)
    last = packages.last_of(consumer.id)
    sequence, previous = (last.sequence + 1, last.digest) if last else (1, "")
    head = PackageHead(
        work.county_code, consumer.name, sequence, consumer.acknowledged, draft.span.to, previous
    )
    files = write_content(
        head,
        draft.found,
        draft.profile,
        draft.codes,
        TextEncoding(consumer.encoding),
        draft.heads_in_use,
        draft.aliases,
    )
    counts = {"moves": len(draft.found.moves), "held": len(draft.found.held)}
    new = NewPackage(
        new_id(),
        sequence,
        head.from_cursor,
        head.to_cursor,
        counts,
        sm3(files[MANIFEST]),
        previous,
        bundle(files),
    )
    packages.add(consumer, new, work.seal, work.actor.account_id, work.now)
    packages.add_rows(new.id, draft.rows())
    Resending(work.conn, work.county_code, consumer.id).mark(draft.resent, new.id)
    return new.id


def archive_of(work: Work, package_id: UUID, passphrase: str) -> bytes:
    """A package as an archive under a passphrase that is kept nowhere; its contents and digest are always the same.

    Raises NotFound `mapping-package-not-found`, Forbidden `out-of-scope`, InvalidInput `passphrase-too-short`.
    """
    package = readable(work, package_id)
    archive = seal_package(unbundle(_packages(work).content(package_id, work.seal)), passphrase)
    note: dict[str, str | int] = {"consumer": package.consumer, "sequence": package.sequence}
    work.note(AuditNote("mapping.archive", "mapping_package", str(package_id), note))
    return archive


def acknowledge_package(
    work: Work, package_id: UUID, revision: int, digest: str | None = None
) -> MappingPackage:
    """The consumer has taken the package; only then a next one is made. Doing it twice changes nothing.

    ``digest`` is that of the manifest which the other side took. Raises NotFound `mapping-package-not-found`, Forbidden
    `out-of-scope`, Conflict `mapping-digest-differs`, Stale `stale`.
    """
    package = readable(work, package_id)
    packages = _packages(work)
    packages.consumer(package.consumer_id, lock=True)
    package = packages.get(package_id, lock=True)
    if digest is not None and digest.lower() != package.digest:
        raise Conflict("所报的摘要与本包不同：对方导入的不是这个包", code="mapping-digest-differs")
    if package.stage is PackageStage.ACKNOWLEDGED:
        return package
    if package.revision != revision:
        raise Stale("对照包刚有更改，请看过再确认", code="stale")
    packages.acknowledge(package, work.actor.account_id, work.now)
    note: dict[str, str | int] = {"consumer": package.consumer, "sequence": package.sequence}
    work.note(AuditNote("mapping.acknowledge", "mapping_package", str(package_id), note))
    return packages.get(package_id)


def package_of(work: Work, consumer: str, sequence: int | None) -> MappingPackage | None:
    """The package of a consumer by name and number, the last one without; None where there is none.

    Raises Forbidden `out-of-scope`.
    """
    packages = _packages(work)
    for one in packages.consumers(""):
        if one.name == consumer:
            require_scope(work.actor, one.division_code)
            return packages.last_of(one.id, sequence)
    return None


def readable(work: Work, package_id: UUID) -> MappingPackage:
    """A package within the actor's scope."""
    package = _packages(work).get(package_id)
    require_scope(work.actor, package.division_code)
    return package


def _packages(work: Work) -> MappingPackages:
    return MappingPackages(work.conn, work.county_code)
