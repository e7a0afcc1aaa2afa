"""Files as offices send them, at any size: buildings as GeoPackage, parcels as GBK Shapefile, villages around them."""

import math
from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

COUNTY = "430626"
TOWN = "430626113"
VILLAGES = 20
EXTENT = (113.17, 28.41, 114.15, 29.11)
"""West, south, east, north of the county, degrees."""

_ORIGIN_X, _ORIGIN_Y = 430_000.0, 3_150_000.0  # EPSG:4547 metres
_PLOT_M = 22.0
_SHAPEFILE_ENCODING = "GBK"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files are."""

    divisions: Path
    boundaries: Path
    parcels: Path
    buildings: Path


def write_files(folder: Path, size: int) -> Files:
    """Write ``size`` features, half parcels (EPSG:4526), half buildings (EPSG:4490), in 20 villages side by side."""
    folder.mkdir(parents=True)
    count = size // 2
    per_village = math.ceil(count / VILLAGES)
    wide = math.ceil(math.sqrt(per_village))
    serial = np.arange(count)
    village, within = serial // per_village, serial % per_village
    span = wide * _PLOT_M
    x = _ORIGIN_X + (village % 5) * span + (within % wide) * _PLOT_M
    y = _ORIGIN_Y + (village // 5) * (span + _PLOT_M) + (within // wide) * _PLOT_M
    codes = [f"{TOWN}{v + 200}JC{n:05d}" for v, n in zip(village.tolist(), within.tolist(), strict=True)]
    files = Files(
        folder / "divisions.csv",
        folder / "boundaries.gpkg",
        folder / "parcels.shp",
        folder / "buildings.gpkg",
    )
    _write_villages(files, span)
    _write_parcels(files.parcels, x, y, codes)
    _write_buildings(files.buildings, x, y, codes, village)
    return files


def _write_villages(files: Files, span: float) -> None:
    lines = ["区划代码,名称", f"{COUNTY}000000,平江县", f"{TOWN}000,测量镇"]
    lines += [f"{TOWN}{v + 200},第{v}村" for v in range(VILLAGES)]
    files.divisions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    v = np.arange(VILLAGES)
    west, south = _ORIGIN_X + (v % 5) * span, _ORIGIN_Y + (v // 5) * (span + _PLOT_M)
    # Borders as they are drawn, with a vertex every 40 m.
    boxes = shapely.segmentize(shapely.box(west, south, west + span, south + span + _PLOT_M), 40)
    frame = geopandas.GeoDataFrame(
        {"村代码": [f"{TOWN}{i + 200}" for i in v], "村名称": [f"第{i}村" for i in v]},
        geometry=boxes,
        crs=4547,
    )
    frame.to_crs(4490).to_file(files.boundaries, engine="pyogrio")


def _write_parcels(path: Path, x: Floats, y: Floats, codes: list[str]) -> None:
    shapes = shapely.box(x + 1, y + 1, x + _PLOT_M - 1, y + _PLOT_M - 1)
    frame = geopandas.GeoDataFrame(
        {
            "宗地代码": codes,
            "不动产单元": [f"{code}W00000000" for code in codes],
            "坐落": [f"测量镇第{i % 17}组" for i in range(len(codes))],
            "用途": "农村宅基地",
        },
        geometry=shapely.transform(shapes, lambda xy: xy + np.array((38_000_000.0, 0.0))),
        crs=4526,
    )
    frame.to_file(path, engine="pyogrio", encoding=_SHAPEFILE_ENCODING)
    path.with_suffix(".cpg").unlink()


def _write_buildings(path: Path, x: Floats, y: Floats, codes: list[str], village: NDArray[np.int64]) -> None:
    # An L, so that a footprint has six corners as a farmhouse with a side wing does.
    corners = np.array([(4, 4), (16, 4), (16, 9), (10, 9), (10, 14), (4, 14), (4, 4)], dtype=float)
    rings = np.stack((x, y), axis=1)[:, None, :] + corners[None, :, :]
    frame = geopandas.GeoDataFrame(
        {
            "建筑编号": [f"F{i:07d}" for i in range(len(codes))],
            "宗地代码": codes,
            "村代码": [f"{TOWN}{v + 200}" for v in village.tolist()],
            "用途": np.where(np.arange(len(codes)) % 9 == 0, "附属", "住宅"),
            "层数": 1 + np.arange(len(codes)) % 3,
        },
        geometry=shapely.polygons(rings),
        crs=4547,
    )
    frame.to_crs(4490).to_file(path, engine="pyogrio")
