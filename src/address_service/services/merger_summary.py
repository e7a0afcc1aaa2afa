"""A merger or split for people: boundaries before and after, collisions, what happens to each place, the price."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from address_service.coding.merger.boundaries import BoundaryFinding
from address_service.coding.merger.collisions import Choice, Collision, Fate, MergerPlace
from address_service.model.addresses import Stage
from address_service.services.merger_lines import AddressLine, MergerDraft, part_of
from address_service.services.merger_obstacles import obstacles_of
from address_service.services.merger_standing import MergerStanding
from address_service.services.plate_price import plate_price

_HOMONYMS_LISTED = 200


def summarise(
    draft: MergerDraft, choices: Mapping[UUID, Choice], prices: Mapping[str, Decimal], tolerance_m: float
) -> dict[str, Any]:
    """The dry run as JSON values; ``cost_yuan`` is null where a price is not set."""
    standing = draft.standing
    undecided = sum(not one.is_decided for one in draft.collisions)
    obstacles = list(obstacles_of(draft))
    return {
        "villages": _villages(draft),
        "target": _target(standing),
        "boundaries": _boundaries(standing),
        "invariants": _invariants(standing, tolerance_m),
        "collisions": [_collision(one, draft, choices) for one in draft.collisions],
        "undecided": undecided,
        "homonyms": [{"text": text, "code": code} for text, code in draft.homonyms[:_HOMONYMS_LISTED]],
        "homonym_count": len(draft.homonyms),
        "places": [_place(fate, draft) for fate in draft.affected],
        "counts": _counts(draft),
        **plate_price(Counter(plate.profile for plate in draft.plates), prices),
        "findings": [{"code": code, "text": text} for code, text in (*obstacles, *_findings(draft))],
        "concerned": {
            "divisions": [str(key) for key in standing.division_ids],
            "places": [str(key) for key in draft.place_ids],
        },
        "can_commit": standing.invariants.hold and not undecided and not draft.homonyms and not obstacles,
    }


def _villages(draft: MergerDraft) -> list[dict[str, Any]]:
    standing = draft.standing
    ends = set(standing.asked.ends)
    parts = {standing.asked.absorber: "absorbs", standing.asked.source: "is_split"}
    addresses = Counter(line.address.division_id for line in draft.lines)
    return [
        {
            "id": str(v.id),
            "code": v.code,
            "name": v.name,
            "part": "ends" if v.id in ends else parts.get(v.id, "ends"),
            "places": sum(place.division_id == v.id for place in standing.places),
            "addresses_changed": addresses[v.id],
        }
        for v in standing.villages.values()
    ]


def _target(standing: MergerStanding) -> dict[str, Any]:
    target = standing.target
    return {
        "id": str(target.id) if target.id else None,
        "code": target.code,
        "name": target.name,
        "kind": target.kind,
        "town": target.town,
    }


def _boundaries(standing: MergerStanding) -> dict[str, Any]:
    before = [_feature(v.name, v.boundary) for v in standing.villages.values()]
    reader, srid = standing.reader, standing.county.srid
    after = [
        _feature(name, reader.to_geojson(shape, srid) if shape is not None else None)
        for name, shape in standing.invariants.after.items()
    ]
    return {"before": _collection(before), "after": _collection(after)}


def _feature(name: str, geometry: str | None) -> dict[str, Any]:
    shape = json.loads(geometry) if geometry else None
    return {"type": "Feature", "properties": {"name": name}, "geometry": shape}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _invariants(standing: MergerStanding, tolerance_m: float) -> dict[str, Any]:
    found = standing.invariants
    return {
        "hold": found.hold,
        "tolerance_m": tolerance_m,
        "areas_before_m2": dict(found.areas_before),
        "areas_after_m2": dict(found.areas_after),
        "findings": [_boundary_finding(finding, standing) for finding in found.findings],
    }


def _boundary_finding(found: BoundaryFinding, standing: MergerStanding) -> dict[str, Any]:
    where = standing.reader.to_geojson(found.where, standing.county.srid) if found.where is not None else None
    return {
        "code": found.code,
        "severity": found.severity,
        "text": found.text,
        "area_m2": found.area_m2,
        "where": json.loads(where) if where else None,
    }


def _collision(one: Collision, draft: MergerDraft, choices: Mapping[UUID, Choice]) -> dict[str, Any]:
    return {
        "reads": one.reads,
        "words": one.words,
        "decided": one.is_decided,
        "equal_texts": draft.equal_texts.get(one.reads, 0),
        "places": [_member(place, choices) for place in one.places],
        "options": [choice_json(choice) for options in one.options.values() for choice in options],
    }


def _member(place: MergerPlace, choices: Mapping[UUID, Choice]) -> dict[str, Any]:
    chosen = choices.get(place.id)
    return {
        "id": str(place.id),
        "kind": place.kind,
        "name": place.name,
        "village": place.village,
        "doors": place.doors,
        "moves": place.moves,
        "chosen": choice_json(chosen) if chosen else None,
    }


def choice_json(choice: Choice) -> dict[str, Any]:
    """A choice as JSON values."""
    into = str(choice.into) if choice.into else None
    return {"subject_id": str(choice.subject_id), "kind": choice.kind, "name": choice.name, "into_id": into}


def _place(fate: Fate, draft: MergerDraft) -> dict[str, Any]:
    place = fate.place
    return {
        "id": str(place.id),
        "kind": place.kind,
        "village": place.village,
        "old_name": f"{place.outer}{place.own}" or place.name,
        "new_name": fate.reads or draft.standing.target.name,
        "moves": place.moves,
        "joined_to": str(fate.into) if fate.into else None,
        "offset": fate.offset,
        "doors": place.doors,
    }


def _counts(draft: MergerDraft) -> dict[str, int]:
    standing = draft.standing
    divisions = standing.asked.ends if standing.asked.kind == "merge" else ()
    places = draft.affected_place_ids
    hangers = standing.reader.hangers.counts(divisions, places)
    if standing.asked.kind == "split":
        part = part_of(draft)
        hangers |= {
            f"{one}s": len(standing.reader.hangers.part(part, one)) for one in ("building", "parcel", "lane")
        }
    doors = [line for line in draft.lines if line.address.parent_id is None]
    return {
        "places": len(draft.affected),
        "addresses": len(draft.lines),
        "doors": len(doors),
        "rooms": len(draft.lines) - len(doors),
        "drafts": sum(line.address.stage is Stage.DRAFT for line in draft.lines),
        "renumbered": sum(line.is_renumbered for line in doors),
        "dwellings": _dwellings(draft.lines),
        **hangers,
        "accounts": standing.reader.accounts([standing.villages[key].code for key in divisions]),
    }


def _dwellings(lines: Iterable[AddressLine]) -> int:
    """Rooms, and doors without a room."""
    parents = Counter(line.address.parent_id for line in lines if line.address.parent_id)
    return sum(line.address.parent_id is not None or line.address.id not in parents for line in lines)


def _findings(draft: MergerDraft) -> Iterable[tuple[str, str]]:
    standing = draft.standing
    yield from standing.notes
    count = standing.reader.accounts([standing.villages[key].code for key in standing.losing])
    if count and standing.asked.kind == "merge":
        yield (
            "accounts-of-village",
            f"有 {count} 个账户以并出的村为辖区，执行后改以“{standing.target.name}”为辖区",
        )
    elif count:
        yield (
            "accounts-of-village",
            f"有 {count} 个账户以原村为辖区，拆分后仍归原村；新村的账户须由管理员另行调整",
        )
    for revival in standing.revivals:
        yield "numbers-stay", f"“{revival.place.name}”恢复后，其预留号和未编号房屋仍留在原并入处，须另行办理"
