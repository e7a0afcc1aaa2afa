"""Layers as the reader would hand them over, made by hand, and a town of two villages to bring them to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import pyproj
import pytest
import shapely
from sqlalchemy import text

from address_service.gis.layer_read import LayerRead, object_array
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.import_layer import ImportReport, Source, import_layer
from address_service.services.plan_numbering import plan_numbering
from address_service.services.queue_import import ImportLayer, ImportOptions
from address_service.store.work import Work

ORIGIN = (470_000.0, 3_180_000.0)
"""South-west corner of the western village, metres of EPSG:4547."""

TOWN = "430626113"
WEST, EAST = f"{TOWN}208", f"{TOWN}212"
_TO_DEGREES = pyproj.Transformer.from_crs(4547, 4490, always_xy=True)


def degrees(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape in metres from the corner of the western village, as EPSG:4490."""

    def move(xy: Any) -> Any:
        return np.column_stack(_TO_DEGREES.transform(xy[:, 0] + ORIGIN[0], xy[:, 1] + ORIGIN[1]))

    return shapely.transform(shape, move)


def box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """A rectangle in metres, as MultiPolygon in EPSG:4490."""
    return degrees(shapely.MultiPolygon([shapely.box(west, south, east, north)]))


def house(x: float, y: float) -> shapely.Geometry:
    """A house of 8 m by 8 m around a point."""
    return box(x - 4, y - 4, x + 4, y + 4)


def line(*points: tuple[float, float]) -> shapely.Geometry:
    """A street's centreline in metres, as MultiLineString in EPSG:4490."""
    return degrees(shapely.MultiLineString([points]))


def layer(geometry: Sequence[shapely.Geometry] | None = None, **columns: Sequence[Any]) -> LayerRead:
    """Rows that passed the reader."""
    count = len(next(iter(columns.values())))
    return LayerRead(
        {name: object_array(list(values)) for name, values in columns.items()},
        object_array(list(geometry)) if geometry is not None else None,
        np.arange(1, count + 1),
        read_count=count,
    )


@dataclass
class Register:
    """Imports into one unit of work, and looks at what came of it."""

    work: Work

    def bring(
        self,
        name: str,
        read: LayerRead,
        spec: str | None = None,
        may_approve_names: bool = True,
        **options: Any,
    ) -> ImportReport:
        """Import a layer."""
        return import_layer(
            self.work,
            read,
            ImportLayer(name),
            ImportOptions(**options),
            Source("示例.gpkg", b"\0" * 32),
            spec=spec,
            may_approve_names=may_approve_names,
        )

    def rows(self, query: str, **args: Any) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return [tuple(row) for row in self.work.conn.execute(text(query), args)]

    def content(self) -> dict[str, Any]:
        """Everything that an import may write, but runs and rejects."""
        tables = (
            "division division_version place place_version lane parcel building membership construction_plan"
            " existing_address layer_history code_counter event succession"
        )
        return {name: self.rows(f"SELECT t::text FROM {name} t ORDER BY 1") for name in tables.split()}

    def members(self) -> dict[str, tuple[str, str]]:
        """Place name and source by building code, as known and valid today."""
        query = """
            SELECT b.building_code, v.name, m.source FROM membership m
            JOIN building b ON b.id = m.building_id
            JOIN place_version v ON v.place_id = m.place_id AND upper_inf(v.recorded) AND v.valid @> CAST(:on AS date)
            WHERE upper_inf(m.recorded) AND m.valid @> CAST(:on AS date)
        """
        return {code: (name, source) for code, name, source in self.rows(query, on=self.work.today)}

    def place_id(self, name: str) -> UUID:
        """Id of the place of a name."""
        query = "SELECT place_id FROM place_version WHERE name = :name AND upper_inf(recorded)"
        found: UUID = self.rows(query, name=name)[0][0]
        return found

    def number(self, place_id: UUID) -> None:
        """Number a place, so that its houses have draft addresses."""
        commit_numbering_plan(self.work, plan_numbering(self.work, place_id).id)

    def number_village(self) -> UUID:
        """Number the western village's houses that belong to no place; gives the whole-village place."""
        work = self.work
        village = work.divisions.id_of_code(WEST, work.today)
        place_id = work.places.whole_village_place(village, work.actor.account_id, work.today, work.now)
        self.number(place_id)
        return place_id

    def divisions(self) -> ImportReport:
        """A town and two villages since 2009."""
        codes = [TOWN, WEST, EAST]
        return self.bring(
            "divisions",
            layer(code_nbs=codes, name=["童市镇", "烟舟村", "义字村"]),
            valid_from=date(2009, 1, 1),
        )

    def boundaries(self) -> ImportReport:
        """Two squares of a kilometre side by side."""
        shapes = [box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)]
        return self.bring("boundaries", layer(shapes, village_code=[WEST, EAST], name=["烟舟村", "义字村"]))

    def houses(self, *spots: tuple[str, float, float], **columns: Sequence[Any]) -> ImportReport:
        """Dwellings by code and place."""
        return self.bring("buildings", buildings(*spots, **columns))


def buildings(*spots: tuple[str, float, float], **columns: Sequence[Any]) -> LayerRead:
    """Dwellings by code and place."""
    count = len(spots)
    plain: dict[str, Sequence[Any]] = {
        "building_code": [code for code, _, _ in spots],
        "use": ["dwelling"] * count,
        "floors": [2] * count,
        "units": [0] * count,
        "rooms_per_floor": [0] * count,
        "name": [""] * count,
    }
    return layer([house(x, y) for _, x, y in spots], **{**plain, **columns})


def groups(*areas: tuple[str, shapely.Geometry], village: str = WEST, kind: str = "group") -> LayerRead:
    """Group polygons by name."""
    return layer(
        [shape for _, shape in areas],
        village_code=[village] * len(areas),
        name=[name for name, _ in areas],
        place_kind=[kind] * len(areas),
    )


def parcels(*spots: tuple[str, float, float]) -> LayerRead:
    """Parcels of 20 m by 20 m by the last five digits of their code."""
    count = len(spots)
    return layer(
        [box(x - 10, y - 10, x + 10, y + 10) for _, x, y in spots],
        parcel_code=[f"{WEST}JC{serial}" for serial, _, _ in spots],
        real_estate_unit_code=[None] * count,
        location_text=["烟舟村"] * count,
        use=["宅基地"] * count,
    )


@pytest.fixture
def register(work: Work) -> Register:
    """An empty register of the county."""
    return Register(work)


@pytest.fixture
def town(register: Register) -> Register:
    """A register with the town, its two villages and their boundaries."""
    register.divisions()
    register.boundaries()
    return register
