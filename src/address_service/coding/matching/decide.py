"""Decide about a row: candidates by stages of evidence, accepted only with a margin over the runner-up."""

from dataclasses import replace

from address_service.coding.grammar.elements import Element, Reading, Reason
from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.folding import HOLE
from address_service.coding.grammar.reader import read_address
from address_service.coding.grammar.terms import PART_OF_HOUSE, VAGUE_WORDS
from address_service.coding.matching.book import UPPER, Held, MatchBook, Tail, tail_of
from address_service.coding.matching.candidates import Gathered, gather
from address_service.coding.matching.likeness import cost, near
from address_service.coding.matching.lineage import carried
from address_service.coding.matching.remarks import texts_of_before
from address_service.coding.matching.types import (
    MatchAnswer,
    MatchAsk,
    MatchCandidate,
    MatchStage,
    Outcome,
    TextSource,
)
from address_service.coding.matching.villages import UNSURE, Meant, villages_meant

_MOST_CANDIDATES = 5
_MOST_HIDDEN = 10
_UNREAD = ("names-apart", "left-over", "text-too-long", "unreadable")
_ON_RECORD = ("left-over", "no-number")
_NO_TAIL, _STANDARD = Tail((), None, ()), TextSource.STANDARD
_ELSEWHERE = Reason("elsewhere", "不在本辖区")


def match(ask: MatchAsk, book: MatchBook) -> MatchAnswer:
    """What a row means today; nothing is raised, whatever its text is."""
    reading = read_address(ask.text, book.gazetteer)
    by_text = _weighed_with_remarks(ask, _by_text(ask, reading, book), book)
    if ask.external_id and (known := book.external.get(ask.external_id)):
        return _by_id(ask, known, by_text, book)
    return by_text


def _by_text(ask: MatchAsk, reading: Reading, book: MatchBook) -> MatchAnswer:
    meant = villages_meant(ask, reading, book)
    inside = [one for one in meant if book.is_inside(one.key)]
    if _is_elsewhere(reading, meant, inside, book):
        return MatchAnswer(Outcome.ELSEWHERE, None, MatchStage.NONE, 0.0, (), reading, (_ELSEWHERE,))
    gathered = gather(ask, reading, inside, book)
    doubts = _doubts(reading, meant, inside, book)
    is_explained = gathered.is_literal or _is_explained(reading, gathered.explained)
    gathered.doubts.extend(d for d in doubts if not (is_explained and d.code in _ON_RECORD))
    unsure = [reason for one in meant for reason in one.reasons if reason.code == UNSURE]
    gathered.doubts.extend(() if gathered.is_recorded else unsure[:1])
    if any(one.is_slip for one in meant) and not (ask.home or _names_upper(reading)):
        gathered.doubts.append(Reason("village-unsure", "村名有误，又未写乡镇和县"))
    return _decide(reading, gathered, book)


def _weighed_with_remarks(ask: MatchAsk, by_text: MatchAnswer, book: MatchBook) -> MatchAnswer:
    """No link by itself where the number may be that of the village which a remark names, and leads elsewhere."""
    if by_text.outcome is not Outcome.ACCEPTED:
        return by_text
    for text in texts_of_before(by_text.reading, book.gazetteer):
        then = _by_text(replace(ask, text=text), read_address(text, book.gazetteer), book)
        others = tuple(one for one in then.candidates if one.address_id != by_text.accepted)
        if others and then.accepted != by_text.accepted:
            reason = Reason("village-in-remark", "备注写有另一个村，门牌号可能是那个村的")
            return _doubted(by_text, (*by_text.candidates, *others), by_text.stage, reason)
    return by_text


def _names_upper(reading: Reading) -> bool:
    """Whether a text says in which town, or county, its village lies: all villages of it are known."""
    return any(e.kind in (K.COUNTY, K.TOWN) and (e.keys or e.kind is K.TOWN) for e in reading.elements)


def _is_explained(reading: Reading, span: tuple[int, int] | None) -> bool:
    """Whether all that was left over is part of a slip that was read."""
    return span is not None and all(
        piece.is_noise or (span[0] <= piece.span[0] and piece.span[1] <= span[1])
        for piece in reading.left_over
    )


def _is_elsewhere(reading: Reading, meant: list[Meant], inside: list[Meant], book: MatchBook) -> bool:
    """A text whose larger divisions, or whose village, are known to lie elsewhere, or are none that is known here."""
    for element in reading.elements:
        if element.kind not in UPPER:
            continue
        if element.keys and not any(key in book.outer or book.is_inside(key) for key in element.keys):
            return not inside
        if not element.keys and not _may_be_ours(element.value, element.kind, book):
            return not inside or element.kind is not K.TOWN
    return bool(meant) and not inside


def _may_be_ours(written: str, kind: K, book: MatchBook) -> bool:
    """Whether an unknown name of a larger division may be a slip of one of ours."""
    of = book.gazetteer
    return any(
        of.kind_of.get(key) is kind and near(written, of.name_of[key]) for key in book.outer | book.towns
    )


def _doubts(reading: Reading, meant: list[Meant], inside: list[Meant], book: MatchBook) -> list[Reason]:
    """What speaks against linking by itself, whatever the candidates are."""
    doubts = [reason for reason in reading.reasons if reason.code in _UNREAD]
    if len(inside) < len(meant):
        doubts.append(Reason("homonym-elsewhere", "同名的村也在辖区外"))
    if any(reason.code == "mark-behind-number" for reason in reading.reasons) and _has_sub_numbers(
        tail_of(reading.elements), inside, book
    ):
        doubts.append(Reason("unreadable", "号后的符号可能是附号"))
    numbers = {e.value for e in reading.elements if e.kind is K.NUMBER}
    if len(numbers) > 1:
        doubts.append(Reason("several-numbers", "写有几个门牌号"))
    elif not numbers and not tail_of(reading.elements).number:
        doubts.append(Reason("no-number", "未写门牌号，不自动关联"))
    if any(e.kind in UPPER and not e.keys and not _is_town_of(e, inside, book) for e in reading.elements):
        doubts.append(Reason("division-unknown", "上级区划不在地名表"))
    said = [e.value for e in reading.elements if e.kind is K.REMARK and not PART_OF_HOUSE.fullmatch(e.value)]
    said += [e.value for e in reading.elements if e.kind is K.INSTITUTION and not e.keys]
    if any(word in remark for remark in said for word in VAGUE_WORDS):
        doubts.append(Reason("vague", "备注说的是旁边的房屋"))
    if any(char.isdecimal() or char in ("号", HOLE) for remark in said for char in remark):
        doubts.append(Reason("number-in-remark", "备注里另有号码"))
    return doubts


def _has_sub_numbers(tail: Tail, inside: list[Meant], book: MatchBook) -> bool:
    """Whether a number has sub-numbers on record, one of which a mark behind it may hide."""
    main, has_sub = tail.number or (0, 0)
    return not has_sub and any(
        (one.key, Tail(tail.places, (main, sub), ())) in book.exact
        for one in inside
        for sub in range(1, _MOST_HIDDEN)
    )


def _is_town_of(element: Element, inside: list[Meant], book: MatchBook) -> bool:
    """Whether an unknown town sounds or looks like the town of every village that is meant by its right name."""
    if element.kind is not K.TOWN or not inside:
        return False
    of = book.gazetteer
    towns = [{a for a in of.above(one.key) if of.kind_of.get(a) is K.TOWN} for one in inside]
    return all(
        not one.cost
        and some
        and all(cost(element.value, of.name_of[town], book.characters) is not None for town in some)
        for one, some in zip(inside, towns, strict=True)
    )


def _decide(reading: Reading, gathered: Gathered, book: MatchBook) -> MatchAnswer:
    limits = book.thresholds
    ranked = sorted(gathered.found.items(), key=lambda pair: (-pair[1].score, pair[0]))
    shown = tuple(
        MatchCandidate(address, found.score, found.stage, tuple(found.reasons))
        for address, found in ranked[:_MOST_CANDIDATES]
        if found.score >= limits.show
    )
    if not shown:
        return MatchAnswer(Outcome.UNMATCHED, None, MatchStage.NONE, 0.0, (), reading, tuple(gathered.doubts))
    best = ranked[0][1]
    margin = best.score - (ranked[1][1].score if len(ranked) > 1 else 0.0)
    reasons = list(gathered.doubts)
    if len(ranked) > 1 and (margin < limits.margin or reading.first(K.VILLAGE) is None):
        reasons.append(Reason("several-candidates", "几个地址都可能，领先不足"))
    if best.score < limits.accept:
        reasons.append(Reason("score-low", "得分不足以自动关联"))
    if not best.is_sure:
        reasons.append(Reason("evidence-weak", "证据不足以自动关联"))
    if reasons:
        return MatchAnswer(Outcome.AMBIGUOUS, None, best.stage, margin, shown, reading, tuple(reasons))
    return MatchAnswer(Outcome.ACCEPTED, shown[0].address_id, best.stage, margin, shown, reading)


def _by_id(ask: MatchAsk, known: set[str], by_text: MatchAnswer, book: MatchBook) -> MatchAnswer:
    """The address of an identity given by others, unless the text speaks of another one."""
    became = [carried(book, Held(one, _NO_TAIL, ask.on, None, _STANDARD)) for one in sorted(known)]
    today = sorted({address for one in became for address in one.today})
    reason = Reason("external-id", "外部编号一致")
    ours = tuple(MatchCandidate(one, 100.0, MatchStage.EXTERNAL_ID, (reason,)) for one in today)
    others = tuple(one for one in by_text.candidates if one.address_id not in today)
    reading = by_text.reading
    agrees = by_text.outcome is not Outcome.ELSEWHERE and (
        any(one.address_id in today for one in by_text.candidates) or _same_village(reading, today, book)
    )
    differ = Reason("id-and-text-differ", "外部编号与文本所指不一致，或编号不唯一")
    if len(today) == 1 and agrees and not (others and by_text.outcome is Outcome.ACCEPTED):
        return MatchAnswer(Outcome.ACCEPTED, today[0], MatchStage.EXTERNAL_ID, 100.0, ours, reading)
    if not today:
        return (
            by_text
            if by_text.outcome is not Outcome.ACCEPTED
            else _doubted(by_text, others, MatchStage.EXTERNAL_ID, differ)
        )
    return _doubted(by_text, (*ours, *others), MatchStage.EXTERNAL_ID, differ)


def _same_village(reading: Reading, today: list[str], book: MatchBook) -> bool:
    """Whether a text without a door of ours names no village but that of the address."""
    number, village = reading.first(K.NUMBER), reading.first(K.VILLAGE)
    return number is None and (village is None or any(
        key in book.villages_of.get(one, ()) for key in village.keys for one in today
    ))  # fmt: skip


def _doubted(
    by_text: MatchAnswer, candidates: tuple[MatchCandidate, ...], stage: MatchStage, reason: Reason
) -> MatchAnswer:
    shown, reasons = candidates[:_MOST_CANDIDATES], (*by_text.reasons, reason)
    return MatchAnswer(Outcome.AMBIGUOUS, None, stage, 0.0, shown, by_text.reading, reasons)
