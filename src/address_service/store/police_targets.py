"""What of the register a police dictionary may speak of: divisions and places by every name that leads to them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.model.police_dictionaries import CrosswalkGround, TargetKind
from address_service.reconcile.crosswalk import Target

_FURTHEST = 20
"""So many successions one after the other are followed."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A name that a division or place has or had; ``is_now`` today."""

    id: UUID
    kind: TargetKind
    level: str
    name: str
    is_now: bool
    codes: tuple[str, ...]
    above: tuple[str, ...]


def load_targets(conn: Connection, county_code: str, today: date) -> list[Target]:
    """Towns, villages and places in force today under their names, former names, and those of predecessors."""
    args = {"county": county_code, "today": today}
    named = [*_divisions(conn, args), *_places(conn, args)]
    now = {
        one.id: Target(one.id, one.kind, one.level, one.name, one.above, one.codes)
        for one in named
        if one.is_now
    }
    successors: dict[UUID, list[UUID]] = defaultdict(list)
    for row in conn.execute(text(_SUCCESSIONS), args):
        successors[row.predecessor_id].append(row.successor_id)
    found = list(now.values())
    for one in named:
        if one.id in now:
            if (one.name, one.above) != (now[one.id].name, now[one.id].above):
                found.append(_former(now[one.id], one, CrosswalkGround.ALIAS))
            continue
        heirs = (now[key] for key in _heirs(one.id, successors, now))
        found += [_former(heir, one, CrosswalkGround.LINEAGE) for heir in heirs if heir.level == one.level]
    return list(dict.fromkeys(found))


def _former(target: Target, known_as: _Named, ground: CrosswalkGround) -> Target:
    return replace(target, name=known_as.name, above=known_as.above, ground=ground, now=target.shown)


def _heirs(key: UUID, successors: Mapping[UUID, list[UUID]], now: Mapping[UUID, Target]) -> list[UUID]:
    """What in force an identity has gone into."""
    seen, waiting, heirs = {key}, [key], []
    for _ in range(_FURTHEST):
        following = [heir for one in waiting for heir in successors.get(one, ()) if heir not in seen]
        seen.update(following)
        heirs += [one for one in dict.fromkeys(following) if one in now]
        waiting = [one for one in following if one not in now]
    return list(dict.fromkeys(heirs))


def _divisions(conn: Connection, args: Mapping[str, Any]) -> Iterator[_Named]:
    for row in conn.execute(text(_DIVISIONS), args):
        codes = (row.code, row.code[:9]) if row.level == "village" else (row.code,)
        above = (row.town,) if row.town else ()
        yield _Named(row.division_id, TargetKind.DIVISION, row.level, row.name, row.is_now, codes, above)


def _places(conn: Connection, args: Mapping[str, Any]) -> Iterator[_Named]:
    for row in conn.execute(text(_PLACES), args):
        above = tuple(name for name in (row.town, row.village, row.outer_name) if name)
        codes = (row.code, row.code[:9])
        yield _Named(row.place_id, TargetKind.PLACE, "place", row.name, row.is_now, codes, above)


_DIVISIONS = """
SELECT DISTINCT d.division_id, d.level, d.name, d.code_nbs AS code, d.valid @> CAST(:today AS date) AS is_now,
       t.name AS town
FROM division_version d
LEFT JOIN division_version t ON t.county_code = d.county_code AND t.division_id = d.parent_id
    AND t.level = 'township' AND upper_inf(t.recorded) AND t.valid && d.valid
WHERE d.county_code = :county AND d.level IN ('township', 'village') AND upper_inf(d.recorded)
"""

_PLACES = """
SELECT DISTINCT v.place_id, v.name, d.code_nbs AS code, d.name AS village, t.name AS town, o.name AS outer_name,
       v.valid @> CAST(:today AS date) AND d.valid @> CAST(:today AS date) AS is_now
FROM place_version v
JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id
JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND upper_inf(d.recorded)
    AND d.valid && v.valid
LEFT JOIN division_version t ON t.county_code = d.county_code AND t.division_id = d.parent_id
    AND upper_inf(t.recorded) AND t.valid && d.valid
LEFT JOIN place_version o ON o.county_code = v.county_code AND o.place_id = v.parent_place_id
    AND upper_inf(o.recorded) AND o.valid && v.valid
WHERE v.county_code = :county AND upper_inf(v.recorded) AND p.kind <> 'village' AND v.name <> ''
"""

_SUCCESSIONS = """
SELECT s.predecessor_id, s.successor_id FROM succession s
JOIN event e ON e.county_code = s.county_code AND e.id = s.event_id
WHERE s.county_code = :county AND s.subject IN ('division', 'place') AND e.effective_on <= CAST(:today AS date)
"""
