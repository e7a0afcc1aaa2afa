"""Use-case: the papers of households that show an old address: list, export, note what was issued and collected."""

from dataclasses import dataclass
from uuid import UUID

from address_service.errors import Conflict, Stale
from address_service.model.audit import AuditNote
from address_service.model.labels import label
from address_service.model.receipts import PaperState
from address_service.plates.spreadsheet import cell_styles, open_book, safe_text, write_text
from address_service.residents.masking import mask_book_no, mask_name
from address_service.residents.relations import HEAD
from address_service.store.papers import Paper, PaperFilter
from address_service.store.work import TIME_ZONE, Work

_BEFORE = {PaperState.ISSUED: PaperState.TO_REISSUE, PaperState.COLLECTED: PaperState.ISSUED}
_PART = 1000
TITLES = (
    "村（居）", "户号", "户主", "证件", "份数", "原地址", "新地址", "状态", "办好", "办理人", "领取", "发出人",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaperCard:
    """A paper with its household's number and head, both masked; no head where it has none or the key was destroyed."""

    paper: Paper
    book_no: str | None
    head: str | None


def list_papers(work: Work, wanted: PaperFilter, after: UUID | None, limit: int) -> list[PaperCard]:
    """A page of papers in scope, heads masked; the reading is noted."""
    found = _cards(work, work.papers.page(wanted, after, limit))
    work.note(AuditNote("paper.list", "paper", None, {"count": len(found)}))
    return found


def advance_paper(work: Work, paper_id: UUID, revision: int, state: PaperState) -> PaperCard:
    """Note that a paper was issued, or collected once issued; who and when are the account and now.

    Raises NotFound `paper-not-found`, Stale `stale`, Conflict `paper-not-in-order`.
    """
    paper = work.papers.get(paper_id, lock=True)
    if paper.revision != revision:
        raise Stale("这份证件刚有更改，请看过再办", code="stale")
    if paper.state is not _BEFORE.get(state):
        raise Conflict(
            f"这份证件现为“{label(paper.state)}”，不能记为“{label(state)}”", code="paper-not-in-order"
        )
    work.papers.advance(paper_id, state)
    work.note(AuditNote("paper.advance", "paper", str(paper_id), {"state": str(state)}))
    return _cards(work, [work.papers.get(paper_id)])[0]


def export_papers(work: Work, wanted: PaperFilter) -> bytes:
    """All papers of a filter as XLSX for the office, heads masked; made for one answer and kept nowhere."""
    target, book = open_book("换发证件名单")
    styles, sheet = cell_styles(book), book.add_worksheet("换发名单")
    for place, title in enumerate(TITLES):
        sheet.write_string(0, place, safe_text(title), styles["head"])
    at, after = 0, None
    while True:
        papers = work.papers.page(wanted, after, _PART)
        for card in _cards(work, papers):
            at += 1
            for place, cell in enumerate(_line(card)):
                write_text(sheet, styles, at, place, cell, "text")
        if len(papers) < _PART:
            break
        after = papers[-1].id
    sheet.freeze_panes(1, 0)
    book.close()
    work.note(AuditNote("paper.export", "paper", None, {"count": at}))
    return target.getvalue()


def _cards(work: Work, papers: list[Paper]) -> list[PaperCard]:
    ids = list(dict.fromkeys(one.household_id for one in papers))
    households = work.residents.households_by_ids(ids)
    heads = {one.household_id: one.person_id for one in work.residents.members(ids) if one.relation == HEAD}
    persons = work.residents.persons_by_ids(list(heads.values()))
    cards = []
    for one in papers:
        person = persons.get(heads[one.household_id]) if one.household_id in heads else None
        household = households.get(one.household_id)
        book_no = mask_book_no(household.book_no) if household else None
        cards.append(
            PaperCard(one, book_no, mask_name(person.facts.name) if person and person.facts else None)
        )
    return cards


def _line(card: PaperCard) -> list[str]:
    one = card.paper
    days = [
        moment.astimezone(TIME_ZONE).date().isoformat() if moment else ""
        for moment in (one.issued_at, one.collected_at)
    ]
    return [
        one.village, card.book_no or "", card.head or "", label(one.kind), str(one.copies), one.old_text, one.new_text,
        label(one.state), days[0], one.issued_by or "", days[1], one.collected_by or "",
    ]  # fmt: skip
