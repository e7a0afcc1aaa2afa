"""One identity number is one person's in the whole county, also where the asking office sees a village only."""

from collections.abc import Sequence
from uuid import UUID

from address_service.errors import Conflict
from address_service.store.locks import hold
from address_service.store.resident_entries import ID_NO
from address_service.store.resident_lookup import find_by_values
from address_service.store.resident_scope import scope_of_villages
from address_service.store.work import Work

ONE_OF_THEM = "成员中有人的公民身份号码已登记，请先按号码逐一查找核对"
ELSEWHERE = "这个公民身份号码已在辖区以外登记，请与民政办核对后办理迁移"


def refuse_number_of_another(work: Work, number: str, person_id: UUID | None = None) -> None:
    """Raise Conflict `person-known` where an active person other than ``person_id`` has the number.

    Two offices that write one number at once wait for each other here; the second is told. Who the other is, is said
    to those only who may see that person.
    """
    digest = work.seal.index(ID_NO, number) or b""
    hold(work.conn, work.county_code, f"person {digest.hex()}")
    seen = [p.id for p in work.residents.find_persons(ID_NO, number) if p.stage == "active"]
    others = [known for known in seen if known != person_id]
    if others:
        raise Conflict(f"这个公民身份号码已登记为人员 {others[0]}", code="person-known")
    if not seen and numbers_in_county(work, [number]):
        raise Conflict(ELSEWHERE, code="person-known")


def refuse_known_numbers(work: Work, numbers: Sequence[str]) -> None:
    """Raise Conflict `person-known` where an active person has one of the numbers of a new household.

    Of several it is not said which: otherwise a number known to be there, sent along each time, would keep every guess
    at another one from being written, and nobody would see who was tried.
    """
    try:
        for number in sorted(numbers):
            refuse_number_of_another(work, number)
    except Conflict:
        if len(numbers) == 1:
            raise
        raise Conflict(ONE_OF_THEM, code="person-known") from None


def numbers_in_county(work: Work, numbers: list[str]) -> set[str]:
    """Those of the numbers that an active person of the county has, wherever; nothing else of them is told."""
    _ = work.residents  # the scope of the actor is said first, and is what holds afterwards
    with scope_of_villages(work.conn, work.county_code, None):
        return set(find_by_values(work.conn, work.county_code, work.seal, ID_NO, numbers))
