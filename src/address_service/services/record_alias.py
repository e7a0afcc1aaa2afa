"""Use-case: record what people or the police call an address (登记别名), or end it (终止别名); nothing is deleted."""

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from address_service.coding.lineage.spelling import read_text, spellings, stands_before
from address_service.coding.search_terms import normalise
from address_service.errors import Conflict, InvalidInput
from address_service.model.addresses import Stage, Subject
from address_service.model.aliases import RECORDED, AliasRequest
from address_service.model.audit import AuditNote
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.aliases import AliasRepository, AliasRow, already_known
from address_service.store.known_addresses import KnownAddress, KnownAddresses
from address_service.store.lineage import Holding, LineageReader
from address_service.store.search_index import index_addresses
from address_service.store.work import Work

MOST_ALIASES = 50
"""So many that persons recorded has an address at most; the search knows no more old texts of one."""
_COUNTED = re.compile(r"[0-9]+[组号社队栋幢楼单元层室附]*")
_LEAST = 2
"""Characters beside numbers that tell one alias from another."""
_LIVING = (Stage.CURRENT, Stage.RETIRED)


def record_alias(work: Work, code: str, asked: AliasRequest) -> AliasRow:
    """Let an address be known by another text from a day on; one that several share links none of them.

    Raises NotFound `address-not-found`; InvalidInput `personal-data-not-here`, `valid-from-future`, `dates-reversed`,
    `text-empty`, `text-too-wide`, `alias-too-short`; Conflict `address-not-current`, `alias-is-the-address`,
    `alias-is-an-address` where it is the text of another one, `alias-is-a-name`, `alias-known`, `aliases-too-many`.
    """
    refuse_personal_numbers(asked.text, asked.note)
    _refuse_days(work, asked)
    address = _held(work, code)
    aliases = AliasRepository(work.conn, work.county_code)
    asked = replace(asked, text=" ".join(asked.text.split()), note=asked.note.strip())
    _refuse_standard(work, address, asked)
    _refuse_known(aliases.of(address.id), asked)
    added = aliases.add(address.id, asked, work.actor.account_id, work.now)
    _index(work, address.id)
    work.note(AuditNote("alias.record", "alias", str(added), {"address": code, "kind": asked.kind.value}))
    return aliases.get(address.id, added)


def end_alias(work: Work, code: str, alias_id: UUID, last_on: date | None) -> AliasRow:
    """Set the last day of an alias (None: today); from the day after it leads to the address no more.

    Raises NotFound `address-not-found`, `alias-not-found`; InvalidInput `dates-reversed`; Conflict
    `alias-of-an-act` for what no person recorded, `alias-ended` where it ends by then anyhow.
    """
    address = _held(work, code)
    aliases = AliasRepository(work.conn, work.county_code)
    row = aliases.get(address.id, alias_id)
    until = (last_on or work.today) + timedelta(1)
    if row.kind not in RECORDED:
        raise Conflict(f"“{row.text}”随地址变更留下，不能在此终止", code="alias-of-an-act")
    if row.valid_from is not None and until <= row.valid_from:
        raise InvalidInput(f"“{row.text}”自{row.valid_from}起，最后一天不能早于该日", code="dates-reversed")
    if row.valid_to is not None and row.valid_to <= until:
        raise Conflict(f"“{row.text}”自{row.valid_to}起已不再是别名", code="alias-ended")
    ended = aliases.end(alias_id, until, work.actor.account_id, work.now)
    work.note(AuditNote("alias.end", "alias", str(ended), {"address": code, "until": until.isoformat()}))
    return aliases.get(address.id, ended)


def _held(work: Work, code: str) -> KnownAddress:
    """An address within the actor's scope, whose place nobody else changes until commit."""
    known = KnownAddresses(work.conn, work.county_code)
    address = known.by_code(code)
    require_scope(work.actor, address.village_code)
    work.places.lock(address.place_id)
    address = known.by_code(code)
    require_scope(work.actor, address.village_code)
    if address.stage not in _LIVING:
        raise Conflict(f"“{address.full_text}”尚未批准，不能登记别名", code="address-not-current")
    return address


def _refuse_days(work: Work, asked: AliasRequest) -> None:
    if asked.valid_from > work.today:
        raise InvalidInput("别名的起始日期不能晚于今天", code="valid-from-future")
    if asked.valid_to is not None and asked.valid_to <= asked.valid_from:
        raise InvalidInput("别名的起止日期颠倒", code="dates-reversed")


def _refuse_standard(work: Work, address: KnownAddress, asked: AliasRequest) -> None:
    """An alias is no standard text of its time, with or without the names of county and town before it."""
    reader = LineageReader(work.conn, work.county_code)
    heads = reader.heads()
    words = read_text(asked.text, heads)
    if len(_COUNTED.sub("", words.tail)) < _LEAST:
        raise InvalidInput("别名只有号码，请写上村名或俗名", code="alias-too-short")
    holders = [
        one
        for one in reader.holdings(spellings(words.tail))
        if stands_before(one.rest, words.town, heads) and _is_rival(one, asked, work.today)
    ]
    if any(one.address_id == address.id for one in holders):
        raise Conflict(f"“{asked.text}”就是该地址的标准全称", code="alias-is-the-address")
    if holders:
        words_of = f"“{asked.text}”是另一地址 {holders[0].code}“{holders[0].text}”的标准全称，不能作别名"
        raise Conflict(words_of, code="alias-is-an-address")
    if AliasRepository(work.conn, work.county_code).is_name([words.tail, asked.text]):
        raise Conflict(f"“{asked.text}”是区划或地名，不是一处地址的别名", code="alias-is-a-name")


def _is_rival(one: Holding, asked: AliasRequest, today: date) -> bool:
    """Whether it is a standard text in force that holds on a day of the alias."""
    is_in_force = one.source == "standard" and (one.end is None or one.end > today)
    starts_before = asked.valid_to is None or one.start is None or one.start < asked.valid_to
    return is_in_force and starts_before and (one.end is None or asked.valid_from < one.end)


def _refuse_known(known: list[AliasRow], asked: AliasRequest) -> None:
    words = normalise(asked.text)
    if any(normalise(row.text) == words and row.meets(asked.valid_from, asked.valid_to) for row in known):
        raise already_known(asked.text)
    if sum(row.kind in RECORDED for row in known) >= MOST_ALIASES:
        raise Conflict(f"一处地址至多登记{MOST_ALIASES}个别名", code="aliases-too-many")


def _index(work: Work, address_id: UUID) -> None:
    """Search by it, for what became of the address where that has ended."""
    edges = LineageReader(work.conn, work.county_code).edges(Subject.ADDRESS, [address_id], back=False)
    heirs = {address_id} | {edge.after for edge in edges.read}
    index_addresses(work.conn, work.county_code, work.addresses.search_texts(sorted(heirs)))
