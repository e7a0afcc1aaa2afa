"""After a name above addresses has changed: new texts from the day on, aliases, search and plates; codes stay."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from address_service.coding.divisions.rereading import Era, Stretch, UnlikeHead, reread, reread_whole
from address_service.errors import Conflict, InvalidInput
from address_service.model.addresses import Stage
from address_service.plates.text import plate_name
from address_service.services.division_act import Act
from address_service.store.division_changes import places_of
from address_service.store.names_above import Ground, Names, names_above
from address_service.store.renumbering import RenumberingWriter
from address_service.store.rereading import NewText, RereadingWriter, TextVersion
from address_service.store.search_index import index_addresses
from address_service.store.work import Work

_Key = tuple[UUID, UUID]
_Timeline = Mapping[_Key, Sequence[Names]]


@dataclass(frozen=True, slots=True)
class Reread:
    """How many addresses read differently, how many of them in force, how many plates have to be made anew."""

    addresses: int = 0
    plates: int = 0
    in_force: int = 0


def reread_addresses(
    work: Work, ground: Ground, act: Act, event_id: UUID, change: Callable[[], None]
) -> Reread:
    """Make a change of names and let every address of the ground follow it, whole or not at all.

    Raises InvalidInput `decree-missing` when addresses in force would read differently without a decree, Conflict
    `homonym` when one would read as another does, `address-text-unlike` when a text begins with none of its names.
    """
    _hold(work, ground, act.effective_on)
    work.plates.lock_ordering()  # an order under way would take the names of before onto its plates
    writer = RereadingWriter(work.conn, work.county_code, ground)
    before = names_above(work.conn, work.county_code, ground)
    change()
    after = names_above(work.conn, work.county_code, ground)
    versions = {version.id: version for version in writer.versions(act.effective_on)}
    if not versions:
        return Reread()
    pieces = [piece for version in versions.values() for piece in _pieces(version, act, before, after)]
    changed = {piece.version_id: versions[piece.version_id] for piece in pieces}
    if not changed:
        return Reread()
    if act.decree_no is None and any(version.stage is Stage.CURRENT for version in changed.values()):
        raise InvalidInput("将改变现行地址的全称，须有批准文号", code="decree-missing")
    writer.write(
        changed,
        pieces,
        decree_no=act.decree_no,
        approval=(act.drawn_by, work.actor.account_id) if act.drawn_by else None,
        event_id=event_id,
        on=act.effective_on,
        today=work.today,
        now=work.now,
    )
    return _renew(work, list(changed.values()), before, after)


def _hold(work: Work, ground: Ground, since: date) -> None:
    """Let nobody number or rename there until commit: divisions first, then places, each in one order."""
    for division_id in sorted(ground.division_ids):
        work.places.lock(division_id)
    places = places_of(work.conn, work.county_code, ground.division_ids, since)
    for place_id in sorted({*ground.place_ids, *(row.place_id for row in places)}):
        work.places.lock(place_id)


def _pieces(version: TextVersion, act: Act, before: _Timeline, after: _Timeline) -> list[NewText]:
    key = (version.division_id, version.place_id)
    if key not in before or key not in after:
        raise _unlike(version.full_text)
    eras = _eras(before[key]), _eras(after[key])
    known = Stretch(version.begin, version.end, version.full_text)
    try:
        if version.stage is Stage.CURRENT:
            found = reread(known, act.effective_on, *eras) or ()
            return [NewText(version.id, p.begin, p.end, p.text, p.text != known.text) for p in found]
        begin = version.begin or date.min
        if version.stage is Stage.RETIRED and begin < act.effective_on:
            return []
        text = reread_whole(known, begin if version.stage is Stage.RETIRED else date.max, *eras)
    except UnlikeHead:
        raise _unlike(version.full_text) from None
    return [NewText(version.id, version.begin, version.end, text, True)] if text else []


def _eras(names: Sequence[Names]) -> list[Era]:
    return [Era(one.begin, one.end, _head(one)) for one in names]


def _head(names: Names) -> str:
    above = (names.province, names.prefecture, names.county, names.town, names.village)
    return "".join((*above, *names.text_names))


def _unlike(text: str) -> Conflict:
    return Conflict(f"“{text}”与在册的区划和地名不符，请先更正该地址", code="address-text-unlike")


def _renew(work: Work, changed: Sequence[TextVersion], before: _Timeline, after: _Timeline) -> Reread:
    live = [version for version in changed if version.end is None and version.stage is not Stage.RETIRED]
    current = [version.address_id for version in live if version.stage is Stage.CURRENT]
    index_addresses(work.conn, work.county_code, work.addresses.search_texts(current))
    worded = {key for key, names in after.items() if _plate(names) != _plate(before[key])}
    wanting = [v.address_id for v in live if (v.division_id, v.place_id) in worded]
    plates = RenumberingWriter(work.conn, work.county_code).replace_plates(wanting, work.now)
    in_force = {version.address_id for version in changed if version.stage is Stage.CURRENT}
    return Reread(len({version.address_id for version in changed}), plates, len(in_force))


def _plate(names: Sequence[Names]) -> str:
    last = names[-1]
    return plate_name(last.kind, "".join(last.text_names), last.village)
