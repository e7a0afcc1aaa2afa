"""What the police call the place of an address on a day: codes by the accepted crosswalk, and which of them lack."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.coding.full_text import number_text
from address_service.model.numbers import DoorNumber
from address_service.model.police_dictionaries import DictionaryKind

NOT_JOINED = "未对照"
OUTDATED = "字典中已停用或改名，待重新核对"


@dataclass(frozen=True, slots=True)
class PoliceCodes:
    """``fields`` of a police record by their names there; ``lacking`` says why a dictionary's code is not among them.

    ssxq, xzjd, mlph and mlxz follow from the register itself; jlx, pcs, zrq and jcwh from the crosswalk.
    """

    fields: Mapping[str, str]
    lacking: Mapping[DictionaryKind, str]


def police_codes(
    conn: Connection, county_code: str, address_ids: Collection[UUID], on: date
) -> dict[UUID, PoliceCodes]:
    """The codes of addresses that are in force on a day.

    The nearest decides: the place, what it lies in, the village, the town. Where the nearest pair's code goes by
    another name by then, none further off is taken for it.
    """
    args = {"county": county_code, "ids": list(address_ids), "on": on}
    if not address_ids:
        return {}
    joined: dict[UUID, dict[DictionaryKind, str | None]] = {}
    for row in conn.execute(text(_JOINED), args):
        joined.setdefault(row.address_id, {})[DictionaryKind(row.kind)] = (
            row.code if row.is_in_force else None
        )
    return {
        row.address_id: _codes(row, joined.get(row.address_id, {}), county_code)
        for row in conn.execute(text(_ADDRESSES), args)
    }


def _codes(row: Any, joined: Mapping[DictionaryKind, str | None], county_code: str) -> PoliceCodes:
    fields = {
        "ssxq": county_code,
        "xzjd": row.village_code[:9],
        "mlph": number_text(DoorNumber(row.main, row.sub)),
        "mlxz": row.inside,
        **{str(kind): code for kind, code in joined.items() if code},
    }
    lacking = {
        kind: OUTDATED if kind in joined else NOT_JOINED for kind in DictionaryKind if not joined.get(kind)
    }
    return PoliceCodes(fields, lacking)


_WANTED = """
wanted AS (
    SELECT v.county_code, v.address_id, v.place_id, v.division_id, v.main, v.sub,
           v.building_label || v.unit_label || v.floor_label || v.room_label AS inside
    FROM unnest(CAST(:ids AS uuid[])) AS k (id)
    JOIN address_version v ON v.county_code = :county AND v.address_id = k.id AND upper_inf(v.recorded)
        AND v.stage = 'current' AND v.valid @> CAST(:on AS date)
)"""

_ADDRESSES = f"""
WITH {_WANTED}
SELECT w.*, d.code_nbs AS village_code FROM wanted w
JOIN division_version d ON d.county_code = w.county_code AND d.division_id = w.division_id AND upper_inf(d.recorded)
    AND d.valid @> CAST(:on AS date)
"""  # noqa: S608

_JOINED = f"""
WITH {_WANTED}, ground AS (SELECT DISTINCT county_code, place_id, division_id FROM wanted),
reach AS (
    SELECT county_code, place_id, division_id, 0 AS rank, place_id AS target_id FROM ground
    UNION ALL
    SELECT g.county_code, g.place_id, g.division_id, 1, v.parent_place_id FROM ground g
    JOIN place_version v ON v.county_code = g.county_code AND v.place_id = g.place_id AND upper_inf(v.recorded)
        AND v.valid @> CAST(:on AS date) AND v.parent_place_id IS NOT NULL
    UNION ALL
    SELECT county_code, place_id, division_id, 2, division_id FROM ground
    UNION ALL
    SELECT g.county_code, g.place_id, g.division_id, 3, d.parent_id FROM ground g
    JOIN division_version d ON d.county_code = g.county_code AND d.division_id = g.division_id
        AND upper_inf(d.recorded) AND d.valid @> CAST(:on AS date) AND d.parent_id IS NOT NULL
), nearest AS (
    SELECT DISTINCT ON (r.place_id, r.division_id, c.kind) r.place_id, r.division_id, c.kind, c.code, c.name
    FROM reach r JOIN crosswalk c ON c.county_code = r.county_code AND c.target_id = r.target_id
        AND c.state IN ('accepted', 'ended') AND c.valid @> CAST(:on AS date)
    ORDER BY r.place_id, r.division_id, c.kind, r.rank
)
SELECT w.address_id, n.kind, n.code, EXISTS (
    SELECT FROM police_entry e WHERE e.county_code = w.county_code AND e.kind = n.kind AND e.code = n.code
      AND e.name = n.name AND upper_inf(e.recorded) AND e.valid @> CAST(:on AS date)) AS is_in_force
FROM wanted w JOIN nearest n ON n.place_id = w.place_id AND n.division_id = w.division_id
"""  # noqa: S608
