"""How things stand before a merger or split, and where they go: villages, places, boundaries, as a plan sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import shapely

from address_service.coding.division_code import read_division
from address_service.coding.merger.boundaries import Invariants, check_merger, check_split
from address_service.coding.merger.collisions import MergerPlace
from address_service.errors import Conflict, InvalidInput, NotFound
from address_service.model.divisions import DivisionKind
from address_service.model.places import PlaceKind
from address_service.services.merger_request import DivisionChange, NewVillage
from address_service.services.scope import require_scope
from address_service.store.merger_situation import CountyWords, MergerReader, VillageNow, wanted_ids
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class Target:
    """The village that the places are in afterwards; ``id`` is None while it does not exist."""

    id: UUID | None
    code: str
    name: str
    kind: DivisionKind
    town_id: UUID
    town: str


@dataclass(frozen=True, slots=True)
class Revival:
    """A place that was joined to another and is to be one of its own again, with its doors by their old numbers."""

    place: MergerPlace
    joined_to: UUID
    numbers: Mapping[UUID, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class MergerStanding:
    """All that a plan sees; ``places`` are those of the village that is to be, the ones that do not move included.

    ``empty_districts`` are 片区 that nothing is left in once a split is done; ``leaving`` what the places of a split
    are called in the village that they leave, but not where only some of the doors do.
    """

    asked: DivisionChange
    county: CountyWords
    villages: Mapping[UUID, VillageNow]
    target: Target
    places: tuple[MergerPlace, ...]
    revivals: tuple[Revival, ...]
    empty_districts: tuple[UUID, ...]
    invariants: Invariants
    reader: MergerReader
    notes: tuple[tuple[str, str], ...] = field(default=())
    leaving: tuple[str, ...] = ()

    @property
    def moving(self) -> list[MergerPlace]:
        """Places that go to the other village."""
        return [place for place in self.places if place.moves]

    @property
    def division_ids(self) -> list[UUID]:
        """The villages concerned, as they are now."""
        return sorted(self.villages)

    @property
    def losing(self) -> list[UUID]:
        """The villages that places leave."""
        return list(self.asked.ends) if self.asked.kind == "merge" else [self.asked.source or UUID(int=0)]


def load_merger_standing(work: Work, asked: DivisionChange, tolerance_m: float) -> MergerStanding:
    """Read what a plan is about; raises NotFound, Forbidden, InvalidInput, Conflict."""
    reader = MergerReader(work.conn, work.county_code)
    county = reader.county()
    ids = _parties(asked)
    villages = reader.villages(ids, asked.effective_on, county.srid)
    for key in ids:
        if key not in villages:
            text = f"没有村级区划 {key}，或其在 {asked.effective_on} 之前已终止、之后才设立"
            raise NotFound(text, code="division-not-found")
        require_scope(work.actor, villages[key].code)
    target = _target(work, asked, villages)
    if asked.kind == "merge":
        return _merger(reader, asked, county, villages, target, tolerance_m)
    return _split(reader, asked, county, villages, target, tolerance_m)


def _parties(asked: DivisionChange) -> list[UUID]:
    if asked.kind == "split":
        if asked.source is None or asked.new is None:
            raise InvalidInput("拆分须指明原村和新村", code="division-change-incomplete")
        return [asked.source]
    if (asked.absorber is None) == (asked.new is None):
        raise InvalidInput("合并须指明并入的村，或新设的村，二者取一", code="division-change-incomplete")
    parties = [*asked.ends, *([asked.absorber] if asked.absorber else [])]
    if len(set(parties)) != len(parties):
        raise InvalidInput("同一个村不能列两次，也不能并入自己", code="division-twice")
    if len(parties) < 2:
        raise InvalidInput(
            "合并至少涉及两个村；一个村改名、换码请另行办理", code="division-change-incomplete"
        )
    return parties


def _target(work: Work, asked: DivisionChange, villages: Mapping[UUID, VillageNow]) -> Target:
    if asked.new is None:
        v = villages[asked.absorber or UUID(int=0)]
        return Target(v.id, v.code, v.name, DivisionKind(v.kind), v.town_id, v.town)
    return _new_village(work, asked, asked.new)


def _new_village(work: Work, asked: DivisionChange, new: NewVillage) -> Target:
    reading = read_division(new.code, new.name)
    if len(reading.code.text) != 12 or not new.code.startswith(work.county_code):
        raise InvalidInput(f"新村的代码应为本县的 12 位村级代码：{new.code}", code="division-code-malformed")
    require_scope(work.actor, new.code)
    on = asked.effective_on
    for day in (on, work.today):
        taken = work.divisions.find_by_code(new.code, day)
        if taken is not None and taken.id not in asked.ends:
            text = f"代码{new.code}在{day}是“{taken.name}”的"
            raise Conflict(text, code="division-code-taken")
    town = work.divisions.find_by_code(new.code[:9], on)
    if town is None:
        raise NotFound(f"没有区划代码 {new.code[:9]}（{on}）", code="division-not-found")
    kind = DivisionKind(new.kind) if new.kind else reading.kind
    return Target(None, new.code, new.name, kind, town.id, town.name)


def _merger(
    reader: MergerReader,
    asked: DivisionChange,
    county: CountyWords,
    villages: Mapping[UUID, VillageNow],
    target: Target,
    tolerance_m: float,
) -> MergerStanding:
    others = reader.neighbours(list(villages), asked.effective_on, county.srid)
    old = {_called(v, villages): v.shape for v in villages.values()}
    invariants = check_merger(old, target.name, tolerance_m, others)
    places = reader.places(list(villages), asked.ends)
    return MergerStanding(asked, county, villages, target, tuple(places), (), (), invariants, reader)


def _called(village: VillageNow, villages: Mapping[UUID, VillageNow]) -> str:
    """A village's name, with its code where two of them are called alike."""
    alike = sum(other.name == village.name for other in villages.values())
    return f"{village.name}（{village.code}）" if alike > 1 else village.name


def _split(
    reader: MergerReader,
    asked: DivisionChange,
    county: CountyWords,
    villages: Mapping[UUID, VillageNow],
    target: Target,
    tolerance_m: float,
) -> MergerStanding:
    source = villages[asked.source or UUID(int=0)]
    standing = reader.places([source.id], asked.place_ids)
    piece = _piece(reader, asked, county.srid)
    called = target.name if target.name != source.name else f"{target.name}（{target.code}）"
    invariants = check_split((source.name, source.shape), (called, piece), tolerance_m)
    places, revivals, empty, notes = (
        _given_back(reader, asked, standing) if asked.restores else (_listed(asked, standing), (), (), ())
    )
    if not places:
        raise Conflict("没有要划出的地名", code="nothing-to-change")
    going = {place.id for place in places} - {revival.place.id for revival in revivals}
    leaving = tuple(f"{p.outer}{p.own}" for p in standing if p.id in going and (p.outer or p.own))
    return MergerStanding(
        asked, county, villages, target, tuple(places), revivals, empty, invariants, reader, notes, leaving
    )


def _piece(reader: MergerReader, asked: DivisionChange, srid: int) -> shapely.Geometry | None:
    if asked.boundary:
        return reader.from_geojson(asked.boundary, srid)
    if asked.restores:
        return reader.boundary_before(asked.restores, asked.effective_on, srid)[0]
    return None


def _listed(asked: DivisionChange, standing: Sequence[MergerPlace]) -> list[MergerPlace]:
    moving = [place for place in standing if place.moves]
    missing = set(asked.place_ids) - {place.id for place in moving}
    if missing:
        raise NotFound(f"原村没有地名 {sorted(missing)[0]}", code="place-not-found")
    return moving


def _given_back(
    reader: MergerReader, asked: DivisionChange, standing: Sequence[MergerPlace]
) -> tuple[list[MergerPlace], tuple[Revival, ...], tuple[UUID, ...], tuple[tuple[str, str], ...]]:
    """The places of a village that was merged away, called as they were; those that are elsewhere by now stay."""
    plan, village = asked.undoes or UUID(int=0), asked.restores or UUID(int=0)
    every, addresses = reader.items(plan, "place"), reader.items(plan, "address")
    items, doors = wanted_ids(every, village), wanted_ids(addresses, village)
    here = {place.id: place for place in standing}
    shared = _shared(reader, [one for one in addresses if one["from_division_id"] != village])
    places, revivals, districts = [], [], []
    for key, item in items.items():
        before, after = item["before"], item["after"]
        joined = UUID(after["into"]) if after.get("into") else key
        if after.get("created"):
            districts.append(key)
        elif joined in here and (joined != key or key in shared):
            numbers = {a: (d["before"]["main"], d["before"]["sub"]) for a, d in doors.items()
                       if d["before"]["place_id"] == str(key)}  # fmt: skip
            revivals.append(Revival(_as_before(key, before, here[joined]), joined, numbers))
        elif key in here:
            places.append(_as_before(key, before, here[key]))
    leaving = {place.id for place in places}
    empty = [d for d in districts if d in here and not any(
        p.parent_id == d and p.id not in leaving for p in standing)]  # fmt: skip
    lost = [item["before"]["name"] for key, item in items.items() if key not in here
            and not item["after"].get("into") and not item["after"].get("created")]  # fmt: skip
    notes = tuple(("place-elsewhere", f"“{name}”已不在该村，不随之划出") for name in lost)
    all_places = [*places, *(revival.place for revival in revivals)]
    return all_places, tuple(revivals), tuple(empty), notes


def _shared(reader: MergerReader, others: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Places in which doors of other villages that were joined to them still stand; they stay with those."""
    joined = {
        one["subject_id"]: UUID(one["after"]["place_id"])
        for one in others
        if one["after"]["place_id"] != one["before"]["place_id"]
    }
    live = reader.addresses(set(joined.values())) if joined else []
    return {one.place_id for one in live if joined.get(one.id) == one.place_id}


def _as_before(key: UUID, before: Mapping[str, Any], now: MergerPlace) -> MergerPlace:
    return replace(
        now,
        id=key,
        kind=PlaceKind(before["kind"]),
        name=before["name"],
        outer=before["outer"],
        parent_id=UUID(before["parent_id"]) if before["parent_id"] else None,
        moves=True,
    )
