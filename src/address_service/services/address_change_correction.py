"""A correction (更正): valid time written anew for a stretch, since what we knew was wrong."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from address_service.coding.full_text import with_number
from address_service.errors import Conflict
from address_service.model.addresses import EventKind
from address_service.model.numbers import DoorNumber
from address_service.services.address_change_doors import door_text
from address_service.services.address_change_facts import number_of
from address_service.services.address_change_tools import Act, Done, index, replace_plates, tell, writer_of
from address_service.services.renumbering_situation import Standing, load_standing
from address_service.store.address_acts import (
    ActWriter,
    InForce,
    refuse_overlapping_texts,
    versions_in_force,
)
from address_service.store.numbers import LedgerRow


def correct(act: Act) -> Done:
    """What we knew was wrong: valid time is written anew for a stretch, the text taken back is kept as a former one."""
    known = versions_in_force(act.work.conn, act.work.county_code, act.subject_id)
    live = next((v for v in known if v.address_id == act.subject_id and v.is_live), None)
    if live is None:
        raise Conflict("地址已不是现行地址", code="address-not-current")
    since, until = (_day(act.details.get(name)) for name in ("since", "until"))
    first = since or live.valid.lower
    touched = [v for v in known if v.common(first, until) is not None]
    if not any(v.address_id == act.subject_id for v in touched):
        raise Conflict("所述日期内地址不是现行地址", code="effective-on-too-early")
    writer, number = writer_of(act, known), number_of(act.details)
    texts = _corrected_texts(act, touched, number)
    ours = {version.address_id for version in known}
    refuse_overlapping_texts(act.work.conn, act.work.county_code, list(texts.values()), ours, (first, until))
    event_id = tell(act, EventKind.CORRECT, first or act.terms.on)
    for version in touched:
        _correct_one(act, writer, version, (first, until), texts.get(version.id), event_id)
    if number is not None and until is None and number != live.number:
        _move_number(act, writer, number)
        replace_plates(act, writer, sorted(ours))
    index(act, sorted(ours))
    return Done(event_id, first or act.terms.on)


def _correct_one(
    act: Act,
    writer: ActWriter,
    version: InForce,
    days: tuple[date | None, date | None],
    words: str | None,
    event_id: UUID,
) -> None:
    part = version.common(*days)
    facts = act.terms.version(event_id)
    number = number_of(act.details)
    if words is not None and number is not None:
        facts |= {"main": number.main, "sub": number.sub, "full_text": words}
    if "lon" in act.details and version.address_id == act.subject_id:
        facts["position"] = f"SRID=4490;POINT({act.details['lon']!r} {act.details['lat']!r})"
    if part is not None and len(facts) > 4:
        writer.correct(version, part, facts)
        if words is not None and words != version.full_text:
            writer.remember(version, part, act.work.today)


def _corrected_texts(act: Act, touched: Sequence[InForce], number: DoorNumber | None) -> dict[UUID, str]:
    if number is None:
        return {}
    standing = load_standing(act.work, act.head.place_id)
    return {version.id: _reworded(standing, version, number) for version in touched}


def _reworded(standing: Standing, version: InForce, number: DoorNumber) -> str:
    """The names stay as they were at the time; only the number was wrong."""
    if version.full_text == door_text(standing, version.number, version.labels):
        return door_text(standing, number, version.labels)
    style = standing.policy.text_style
    words = with_number(version.full_text, version.number, number, "".join(version.labels), style)
    if words is None:
        raise Conflict(f"“{version.full_text}”与在册的号码不符，不能更正", code="address-text-unlike")
    return words


def _move_number(act: Act, writer: ActWriter, number: DoorNumber) -> None:
    """The number quoted by mistake is retired, the right one is entered."""
    writer.retire_number(act.subject_id)
    why = ({"code": "corrected", "text": f"更正为{number}，文号{act.terms.decree_no}"},)
    row = LedgerRow(number, None, None, why, holder_id=act.subject_id)
    act.work.numbers.enter(act.head.place_id, [row], None, writer.moment)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
