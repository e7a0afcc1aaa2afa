"""What the service must arrive at, from how the town was made: never read by src/."""

import csv
import json
from collections import Counter
from pathlib import Path

from gis_data.tongshi.generator.model import Existing, Parcel, Town

KINDS = {"组": "group", "自然村": "hamlet", "村": "village"}
FIELDS = [
    "building_code", "parcel_code", "village_code", "place_kind", "place_name", "side", "order_on_side",
    "existing_number", "plate_state", "plate_needed", "rooms",
]  # fmt: skip


def write(town: Town, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    known = {row.parcel: row for row in town.existing}
    rows = [r for p in town.parcels for r in _rows(p, known.get(p))]
    with (folder / "addresses.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    text = json.dumps(summary(town, rows), ensure_ascii=False, indent=2)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")


def _rows(parcel: Parcel, known: Existing | None) -> list[dict[str, object]]:
    if not parcel.street and parcel.group is None:
        return []
    kind = "street" if parcel.group is None else KINDS[parcel.group.kind]
    name = parcel.street if parcel.group is None else parcel.group.name or parcel.village.name
    return [
        {
            "building_code": building.code,
            "parcel_code": parcel.code,
            "village_code": parcel.village.code,
            "place_kind": kind,
            "place_name": name,
            "side": parcel.side,
            "order_on_side": parcel.order or "",
            "existing_number": known.number if known else "",
            "plate_state": known.state if known else "",
            "plate_needed": "no" if known and known.state == "完好" else "yes",
            "rooms": building.rooms,
        }
        for building in parcel.buildings
        if building.use != "附属"
    ]


def summary(town: Town, rows: list[dict[str, object]]) -> dict[str, object]:
    buildings = [b for p in town.parcels for b in p.buildings]
    courtyards = {r["parcel_code"] for r in rows}
    return {
        "villages": len(town.villages),
        "area_ha": round(sum(v.shape.area for v in town.villages) / 1e4, 2),
        "streets_approved": sum(s.status == "已批准" for s in town.streets),
        "streets_proposed": sum(s.status != "已批准" for s in town.streets),
        "lanes": len(town.lanes),
        "lane_km": round(sum(lane.line.length for lane in town.lanes) / 1000, 1),
        "groups": sum(g.kind == "组" for g in town.groups),
        "groups_with_polygon": sum(g.kind == "组" and g.shape is not None for g in town.groups),
        "hamlets": sum(g.kind == "自然村" for g in town.groups),
        "parcels": len(town.parcels),
        "buildings": len(buildings),
        "buildings_by_use": dict(sorted(Counter(b.use for b in buildings).items())),
        "outbuildings": sum(b.use == "附属" for b in buildings),
        "courtyards_with_two_dwellings": sum(
            sum(b.use != "附属" for b in p.buildings) > 1 for p in town.parcels
        ),
        "ungrouped_dwellings": sum(not p.street and p.group is None for p in town.parcels),
        "buildings_with_address": len(rows),
        "numbered_courtyards": len(courtyards),
        "addresses_by_place_kind": dict(sorted(Counter(str(r["place_kind"]) for r in rows).items())),
        "courtyards_by_street": dict(Counter(p.street for p in town.parcels if p.street)),
        "multi_dwelling_buildings": sum(b.rooms > 0 for b in buildings),
        "room_addresses": sum(b.rooms for b in buildings),
        "existing_addresses": len(town.existing),
        "existing_on_streets": sum(bool(e.parcel.street) for e in town.existing),
        "plates_needed_courtyards": len({r["parcel_code"] for r in rows if r["plate_needed"] == "yes"}),
        "plates_needed_buildings": sum(r["plate_needed"] == "yes" for r in rows),
        "plans": len(town.plans),
        "planned_doors": sum(p.doors for p in town.plans),
    }
