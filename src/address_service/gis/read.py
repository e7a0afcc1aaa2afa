"""Reading one import layer: file to typed rows in EPSG:4490, rejects with row, field and reason, notes."""

from pathlib import Path

import numpy as np
import shapely

from address_service.errors import InvalidInput
from address_service.gis.columns import Column, constant_column, gather, read_column
from address_service.gis.field_mapping import FieldMapping
from address_service.gis.field_names import coordinate_columns, match_columns, wanted_fields
from address_service.gis.gates import check_gates
from address_service.gis.geometry import MESSAGES, explode_lines, shape_geometries
from address_service.gis.layer_read import (
    BoolArray,
    CountyFrame,
    LayerRead,
    ObjectArray,
    ReadLimits,
    Reject,
    is_none,
    shown,
)
from address_service.gis.layers import LayerSpec, Shape
from address_service.gis.location import locate, off_county, require_near
from address_service.gis.parcel_codes import complete_codes
from address_service.gis.raw_table import RawTable, empty_file
from address_service.gis.sources import read_source
from address_service.gis.table_geometry import geometry_from_columns

_COUNTY_FIELDS = ("code_nbs", "code_mca", "old_code", "new_code", "village_code")


def read_layer(
    path: Path,
    spec: LayerSpec,
    frame: CountyFrame,
    limits: ReadLimits,
    mapping: FieldMapping | None = None,
    *,
    reference: shapely.Geometry | None = None,
) -> LayerRead:
    """Read a file, folder or zip as one import layer.

    ``reference`` is an area in EPSG:4490 that the layer should mostly fall on (known village boundaries).
    Raises `InvalidInput` where the file as a whole cannot be taken: ``file-empty``, ``file-unreadable``,
    ``columns-missing``, ``geometry-missing``, ``layer-ambiguous``, ``layer-off-county``, ``crs-old-datum``,
    ``crs-unsupported``, ``archive-…``, ``mapping-malformed``; single rows become rejects.
    """
    mapping = mapping or FieldMapping()
    raw = read_source(path, spec, limits, mapping)
    if not len(raw) and not raw.rejects:
        raise empty_file()
    draft = _Draft(raw, spec, mapping)
    draft.read_fields(frame)
    if spec.shape is not None:
        draft.read_geometry(frame, limits, reference)
    return draft.finish()


class _Draft:
    """Rows on their way from raw cells to values; a row with any reject is left out at the end."""

    def __init__(self, raw: RawTable, spec: LayerSpec, mapping: FieldMapping) -> None:
        match = match_columns(list(raw.columns), spec, mapping)
        self.raw = raw
        self.spec = spec
        self.mapping = mapping
        self.sources = match.columns
        self.further = match.further
        self.fields: dict[str, ObjectArray] = {}
        self.geometry: ObjectArray | None = None
        self.rejects = list(raw.rejects)
        self.notes = [*raw.notes, *match.notes]
        self.bad: BoolArray = np.zeros(len(raw), dtype=bool)
        self.repaired: BoolArray = np.zeros(len(raw), dtype=bool)

    def reject(self, row: int, field: str | None, code: str, message: str, value: object = "") -> None:
        """Refuse one row; ``field`` is canonical and reported under the file's own name."""
        self.bad[row] = True
        column = self.sources.get(field, field) if field else None
        self.rejects.append(Reject(int(self.raw.row_no[row]), column, code, message, shown(value)))

    def read_fields(self, frame: CountyFrame) -> None:
        """Type every field of the layer and check what belongs together."""
        for field in wanted_fields(self.spec, self.mapping):
            source = self.sources.get(field.name)
            if source is None:
                constant = self.mapping.constants.get(field.name)
                self.fields[field.name] = constant_column(constant, field, len(self.raw))
                if constant is None and field.default not in (None, ""):
                    self.notes.append(f"没有“{field.label}”列，一律按{field.default}处理")
                continue
            cells = gather([self.raw.columns[name] for name in (source, *self.further.get(field.name, ()))])
            column = read_column(cells, field, self.mapping.values.get(field.name))
            self.fields[field.name] = column.values
            self._take_failures(field.name, column)
        self._check_county(frame)
        for failure in complete_codes(self.fields):
            self.reject(failure.row, failure.field, failure.code, failure.message, failure.value)
        self._check_groups()

    def read_geometry(
        self, frame: CountyFrame, limits: ReadLimits, reference: shapely.Geometry | None
    ) -> None:
        """Place and shape the geometry; refuse the rows whose geometry cannot be taken."""
        raw_geometry, declared = self.raw.geometry, self.raw.declared_crs
        if raw_geometry is None:
            columns = coordinate_columns(list(self.raw.columns), self.mapping)
            if not columns:
                raise InvalidInput(f"{self.spec.label}要有图形，文件里没有", code="geometry-missing")
            table = geometry_from_columns(self.raw, columns)
            raw_geometry = table.geometry
            for row, column, value in table.failures:
                self.reject(row, column, "number-malformed", "坐标应为数字", value)
        placed, notes = locate(raw_geometry, declared, frame, self.mapping.crs)
        self.notes += notes
        if reference is not None:
            require_near(placed, reference, frame)
        shaped = shape_geometries(placed, self.spec, limits.max_vertices)
        sound = is_none(shaped.problem)
        for index in np.flatnonzero(~sound & ~self.bad):
            code = str(shaped.problem[index])
            self.reject(int(index), None, code, MESSAGES[code])
        for index in np.flatnonzero(off_county(placed, frame) & sound):
            self.reject(int(index), None, "feature-off-county", "图形落在本县范围之外")
        self.geometry = shaped.geometry
        self.repaired = shaped.repaired
        self._gates_of_points(placed, shaped.from_point)
        if "gate_lon" in self.fields:
            self._check_gates(frame)

    def finish(self) -> LayerRead:
        """The rows that passed."""
        self._check_key()
        keep = np.flatnonzero(~self.bad)
        repaired = int(self.repaired[keep].sum())
        if repaired:
            self.notes.append(f"修复了{repaired}个图形（自相交等，面积变化不到5%）")
        geometry = self.geometry[keep] if self.geometry is not None else None
        if geometry is not None and self.spec.shape is Shape.LINE_PARTS:
            geometry, index = explode_lines(geometry)
            keep = keep[index]
        return LayerRead(
            {name: values[keep] for name, values in self.fields.items()},
            geometry,
            self.raw.row_no[keep],
            sorted(self.rejects, key=lambda reject: reject.row_no),
            len(self.raw) + len(self.raw.rejects),
            self.notes,
            repaired,
            self.sources,
        )

    def _take_failures(self, name: str, column: Column) -> None:
        for row, failure in column.failures.items():
            self.reject(row, name, failure.code, failure.message, failure.value)

    def _check_county(self, frame: CountyFrame) -> None:
        for name in _COUNTY_FIELDS:
            values = self.fields.get(name)
            if values is None:
                continue
            foreign = {value for value in set(values) - {None} if not value.startswith(frame.county_code)}
            if not foreign:
                continue
            for row, value in enumerate(values):
                if value in foreign:
                    self.reject(
                        row, name, "code-other-county", f"代码不属于本县（{frame.county_code}）", value
                    )

    def _check_groups(self) -> None:
        for group in self.spec.one_of:
            missing = np.logical_and.reduce([is_none(self.fields[name]) for name in group])
            labels = "或".join(self.spec.field(name).label for name in group)
            present = next((name for name in group if name in self.sources), group[0])
            for row in np.flatnonzero(missing & ~self.bad):
                self.reject(int(row), present, "value-missing", f"“{labels}”至少填一项")

    def _check_key(self) -> None:
        if self.spec.key is None:
            return
        seen: dict[object, int] = {}
        for row in np.flatnonzero(~self.bad):
            value = self.fields[self.spec.key][row]
            first = seen.setdefault(value, int(self.raw.row_no[row]))
            if first != self.raw.row_no[row]:
                self.reject(int(row), self.spec.key, "duplicate-in-file", f"与第{first}行重复", value)

    def _check_gates(self, frame: CountyFrame) -> None:
        rows = np.flatnonzero(~self.bad)
        if self.geometry is None or not len(rows):
            return
        lon, lat = self.fields["gate_lon"][rows], self.fields["gate_lat"][rows]
        problems, exchanged = check_gates(lon, lat, self.geometry[rows], frame)
        self.fields["gate_lon"][rows], self.fields["gate_lat"][rows] = lon, lat
        if exchanged:
            self.notes.append("大门的经度和纬度写反了，已对调")
        for problem in problems:
            row = int(rows[problem.row])
            self.reject(row, problem.field, problem.code, problem.message, problem.value)

    def _gates_of_points(self, placed: ObjectArray, from_point: BoolArray) -> None:
        rows = np.flatnonzero(from_point)
        if not len(rows):
            return
        side = self.spec.point_side_m
        self.notes.append(f"{len(rows)}行只有点位：按边长{side:g}米的示意方块入库，点位作为大门")
        bare = rows[is_none(self.fields["gate_lon"][rows])]
        xy = shapely.get_coordinates(shapely.centroid(placed[bare]))
        self.fields["gate_lon"][bare] = xy[:, 0].astype(object)
        self.fields["gate_lat"][bare] = xy[:, 1].astype(object)
