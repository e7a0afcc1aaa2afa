"""Use-case: say which police code is what of the register: propose by hand, accept, refuse, end."""

from datetime import date
from typing import Any
from uuid import UUID

from address_service.errors import Conflict, InvalidInput, NotFound
from address_service.model.audit import AuditNote
from address_service.model.police_dictionaries import (
    CrosswalkGround,
    CrosswalkState,
    CrosswalkVerdict,
    DictionaryKind,
    TargetKind,
)
from address_service.reconcile.crosswalk import Entry, Pair, Target
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.crosswalk import Crosswalk, KnownPair, PairFilter
from address_service.store.work import Work


def read_pair(work: Work, pair_id: UUID) -> tuple[KnownPair, list[dict[str, Any]]]:
    """A pair with what was decided on it; raises NotFound `crosswalk-not-found`, Forbidden `out-of-scope`."""
    crosswalk = Crosswalk(work.conn, work.county_code, work.actor.account_id, work.now)
    pair = crosswalk.get(pair_id)
    require_scope(work.actor, pair.office_code)
    return pair, crosswalk.decisions(pair_id)


def propose_pair(
    work: Work, kind: DictionaryKind, code: str, name: str, target_id: UUID, reason: str
) -> KnownPair:
    """Propose that a code under its name is a division or place; somebody else accepts it.

    Raises NotFound `dictionary-entry-not-found`, `crosswalk-target-not-found`; Forbidden `out-of-scope`;
    InvalidInput `personal-data-not-here`; Conflict `crosswalk-known`.
    """
    refuse_personal_numbers(name, reason)
    crosswalk = _crosswalk(work)
    found = crosswalk.target_of(target_id, work.today)
    if found is None:
        raise NotFound("没有这个现行的区划或地名", code="crosswalk-target-not-found")
    require_scope(work.actor, found[1])
    if crosswalk.first_day(kind, code, name) is None:
        raise NotFound(f"字典里没有“{name}”（{code}）", code="dictionary-entry-not-found")
    known = crosswalk.find(kind, code, name, target_id)
    if known is None:
        target = Target(target_id, TargetKind(found[0]), "", "", (), (found[1],), CrosswalkGround.PERSON)
        crosswalk.propose([Pair(Entry(kind, code, name), target, reason, 0)])
    elif known.state is CrosswalkState.REFUSED:
        crosswalk.propose_again(known.id, reason)
    else:
        raise Conflict("这条对照已经提出或采纳", code="crosswalk-known")
    done = crosswalk.find(kind, code, name, target_id)
    if done is None:
        raise Conflict("该代码已有采纳的对照，请先终止", code="crosswalk-known")
    work.note(AuditNote("crosswalk.propose", "crosswalk", str(done.id), {"kind": str(kind), "code": code}))
    return done


def decide_pair(
    work: Work,
    pair_id: UUID,
    revision: int,
    verdict: CrosswalkVerdict,
    *,
    day: date | None = None,
    note: str = "",
) -> KnownPair:
    """Accept a proposal since a day (that from which the code has its name), refuse it, or end an accepted pair.

    Raises NotFound `crosswalk-not-found`; Forbidden `out-of-scope`; InvalidInput `crosswalk-day`; Conflict
    `crosswalk-decided` naming who was first, `crosswalk-taken`, `crosswalk-outdated`, `four-eyes`.
    """
    refuse_personal_numbers(note)
    crosswalk = _crosswalk(work)
    pair = crosswalk.get(pair_id)
    require_scope(work.actor, pair.office_code)
    awaited = CrosswalkState.ACCEPTED if verdict is CrosswalkVerdict.END else CrosswalkState.PROPOSED
    if pair.revision != revision or pair.state is not awaited:
        who = f"已由“{pair.decided_by}”处理" if pair.decided_by else "刚刚有人改动"
        raise Conflict(f"这条对照{who}，请看过再定", code="crosswalk-decided")
    on = _day(work, crosswalk, pair, verdict, day)
    crosswalk.decide(pair, verdict, on, note.strip())
    details: dict[str, str | int] = {"verdict": str(verdict), "kind": str(pair.kind), "code": pair.code}
    work.note(AuditNote("crosswalk.decide", "crosswalk", str(pair_id), details))
    return crosswalk.get(pair_id)


def accept_sure_pairs(work: Work, kind: DictionaryKind, ground: CrosswalkGround, expected: int) -> int:
    """Accept all that a rule found by one name for one thing alone, as many as the reviewer was shown.

    Raises InvalidInput `crosswalk-not-at-once`; Conflict `count-differs`.
    """
    if ground is not CrosswalkGround.EXACT:
        raise InvalidInput("只有名称相同且无歧义的对照可以成批采纳", code="crosswalk-not-at-once")
    crosswalk = _crosswalk(work)
    wanted = PairFilter(work.actor.division_code, kind, ground=ground)
    found = crosswalk.count_sure(wanted)
    if found != expected:
        raise Conflict(f"现在有{found}条，不是{expected}条，请重新看过", code="count-differs")
    done = crosswalk.accept_sure(wanted)
    work.note(AuditNote("crosswalk.accept-sure", "crosswalk", str(kind), {"pairs": done}))
    return done


def count_sure_pairs(work: Work, kind: DictionaryKind) -> int:
    """How many pairs `accept_sure_pairs` would accept now."""
    crosswalk = Crosswalk(work.conn, work.county_code, work.actor.account_id, work.now)
    return crosswalk.count_sure(PairFilter(work.actor.division_code, kind, ground=CrosswalkGround.EXACT))


def _day(
    work: Work, crosswalk: Crosswalk, pair: KnownPair, verdict: CrosswalkVerdict, day: date | None
) -> date | None:
    if verdict is CrosswalkVerdict.REFUSE:
        return None
    if verdict is CrosswalkVerdict.END:
        if day is None or pair.since is None or day <= pair.since:
            raise InvalidInput("请给出终止日期，须晚于采纳日期", code="crosswalk-day")
        return day
    if pair.ground is CrosswalkGround.PERSON and pair.proposed_by == work.actor.account_id:
        raise Conflict("自己提出的对照须由他人采纳", code="four-eyes")
    first = crosswalk.first_day(pair.kind, pair.code, pair.name)
    if first is None:
        raise Conflict(f"字典里已没有“{pair.name}”（{pair.code}）", code="crosswalk-outdated")
    since = day or first
    if (taken := crosswalk.taken(pair, since)) is not None:
        raise Conflict(f"{pair.target}自{since}起已对照代码 {taken}，请先终止", code="crosswalk-taken")
    return since


def _crosswalk(work: Work) -> Crosswalk:
    """The crosswalk, held for a decision."""
    crosswalk = Crosswalk(work.conn, work.county_code, work.actor.account_id, work.now)
    crosswalk.hold()
    return crosswalk
