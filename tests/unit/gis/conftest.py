"""A county frame and writers of small files as offices send them."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from address_service.gis.layer_read import CountyFrame, ReadLimits

WriteVector = Callable[..., Path]


@pytest.fixture
def frame() -> CountyFrame:
    return CountyFrame("430626", shapely.box(113.17, 28.42, 114.15, 29.10), 4547)


@pytest.fixture
def limits(tmp_path: Path) -> ReadLimits:
    work_dir = tmp_path / "work"
    work_dir.mkdir()
    return ReadLimits(work_dir)


@pytest.fixture
def houses() -> Callable[..., Any]:
    """Squares of 10 m in EPSG:4547 near 烟舟村, one every 20 m to the east, 200 to a row."""

    def build(count: int, *, east: float = 460_000.0, north: float = 3_172_000.0) -> Any:
        x = east + 20.0 * (np.arange(count) % 200)
        y = north + 20.0 * (np.arange(count) // 200)
        return shapely.box(x, y, x + 10, y + 10)

    return build


@pytest.fixture
def house_columns() -> Callable[[int], dict[str, list[Any]]]:
    """Valid attributes of that many buildings under the template's column names."""

    def build(count: int) -> dict[str, list[Any]]:
        return {
            "建筑编号": [f"B{i:05d}" for i in range(1, count + 1)],
            "村代码": ["430626113208"] * count,
            "用途": ["住宅"] * count,
            "层数": [2] * count,
            "建筑名称": [f"烟舟{i}栋" for i in range(1, count + 1)],
        }

    return build


@pytest.fixture
def write_vector(tmp_path: Path) -> WriteVector:
    """Write geometries and columns with GDAL; a shapefile loses its .cpg, and its .prj where crs is None."""

    def write(
        name: str,
        geometry: Any,
        columns: dict[str, list[Any]],
        *,
        crs: str | None = "EPSG:4547",
        encoding: str | None = None,
        keep_cpg: bool = False,
        **options: Any,
    ) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # column names are cut in .dbf, and some tests leave the CRS out
            pyogrio.raw.write(
                path,
                geometry if options.pop("raw", False) else shapely.to_wkb(np.asarray(geometry, dtype=object)),
                [_column(values) for values in columns.values()],
                list(columns),
                geometry_type=options.pop("geometry_type", None) or geometry[0].geom_type,
                crs=crs,
                encoding=encoding,
                **options,
            )
        if not keep_cpg:
            path.with_suffix(".cpg").unlink(missing_ok=True)
        return path

    return write


def _column(values: Sequence[Any]) -> Any:
    return np.array(values, dtype=object if any(isinstance(v, str) or v is None for v in values) else None)
