"""The files with geometry: GeoPackage, GeoJSON and zipped Shapefiles as different offices send them."""

import json
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import shapely
from pyproj import Transformer
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis_data.tongshi.generator import codes, shops
from gis_data.tongshi.generator.model import NOTE, Building, Parcel, Street, Town, Village

Columns = dict[str, Sequence[object] | pd.api.extensions.ExtensionArray]
TO_DEGREES = Transformer.from_crs("EPSG:4547", "EPSG:4490", always_xy=True)
TO_ZONE_38 = Transformer.from_crs("EPSG:4547", "EPSG:4526", always_xy=True)
FIXED_DATE = b"\x7e\x01\x01"  # years since 1900, month, day in the head of a .dbf
FIXED_TIME = (2026, 1, 1, 0, 0, 0)
LAND_USE = {
    "企业": "工业用地",
    "机关": "机关团体用地",
    "商铺": "商业用地",
    "混合": "商住混合用地",
    "住宅": "城镇住宅用地",
}


def write(town: Town, folder: Path, rng: Random) -> None:
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z"})
    _boundaries(town.villages, folder / "boundaries.gpkg")
    _boundaries(town.former_villages, folder / "boundaries_2015.gpkg")
    _lanes(town, folder)
    _buildings(town, folder)
    _groups(town, folder)
    _parcels(town, folder, rng)
    _geojson(folder / "streets.geojson", [_street_feature(s) for s in town.streets])
    _geojson(folder / "construction_plans.geojson", _plan_features(town))


def to_degrees(shape: BaseGeometry) -> BaseGeometry:
    """CGCS2000 longitude and latitude to 1e-8 degrees, about a millimetre."""

    def convert(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        lon, lat = TO_DEGREES.transform(xy[:, 0], xy[:, 1])
        return np.column_stack([lon, lat]).round(8)

    return shapely.transform(shape, convert)


def _to_zone_38(shape: BaseGeometry) -> BaseGeometry:
    def convert(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(TO_ZONE_38.transform(xy[:, 0], xy[:, 1])).round(3)

    return shapely.transform(shape, convert)


def _gpkg(path: Path, columns: Columns, shapes: list[BaseGeometry], kind: str) -> None:
    path.unlink(missing_ok=True)
    frame = gpd.GeoDataFrame(dict(columns), geometry=[to_degrees(s) for s in shapes], crs="EPSG:4490")
    pyogrio.write_dataframe(
        frame, path, layer=path.stem, driver="GPKG", geometry_type=kind,
        layer_metadata={"DESCRIPTION": NOTE}, dataset_metadata={"DESCRIPTION": NOTE},
    )  # fmt: skip


def _boundaries(villages: list[Village], path: Path) -> None:
    columns: Columns = {
        "村代码": [v.code for v in villages],
        "村名称": [v.name for v in villages],
        "数据说明": [NOTE for _ in villages],
    }
    shapes: list[BaseGeometry] = [MultiPolygon([v.shape]) for v in villages]
    _gpkg(path, columns, shapes, "MultiPolygon")


def _lanes(town: Town, folder: Path) -> None:
    columns: Columns = {
        "名称": [lane.name or None for lane in town.lanes],
        "村代码": [lane.village.code for lane in town.lanes],
        "数据说明": [NOTE for _ in town.lanes],
    }
    _gpkg(folder / "lanes.gpkg", columns, [lane.line for lane in town.lanes], "LineString")


def _buildings(town: Town, folder: Path) -> None:
    pairs: list[tuple[Parcel, int, Building]] = [
        (p, i, b) for p in town.parcels for i, b in enumerate(p.buildings)
    ]
    gates = [to_degrees(p.gate) if p.gate and b.use != "附属" else None for p, _, b in pairs]
    columns: Columns = {
        "建筑编号": [b.code for *_, b in pairs],
        "不动产单元号": [codes.unit(p, i) for p, i, _ in pairs],
        "宗地代码": [p.code for p, *_ in pairs],
        "村代码": [p.village.code for p, *_ in pairs],
        "用途": [b.use for *_, b in pairs],
        "层数": [b.floors for *_, b in pairs],
        "单元数": pd.array([b.units for *_, b in pairs], dtype="Int32"),
        "每层户数": pd.array([b.per_floor for *_, b in pairs], dtype="Int32"),
        "街路名称": [p.street if p.street and b.use != "附属" else None for p, _, b in pairs],
        "村民小组": [p.group.name if p.group and p.village.suffix == "212" else None for p, *_ in pairs],
        "建筑名称": [b.name or None for *_, b in pairs],
        "大门经度": [float(shapely.get_x(g)) if g is not None else np.nan for g in gates],
        "大门纬度": [float(shapely.get_y(g)) if g is not None else np.nan for g in gates],
        "数据说明": [NOTE for _ in pairs],
    }
    _gpkg(folder / "buildings.gpkg", columns, [b.shape for *_, b in pairs], "Polygon")


def _groups(town: Town, folder: Path) -> None:
    drawn = [g for g in town.groups if g.shape is not None]
    columns: Columns = {
        "村代码": [g.village.code for g in drawn],
        "组名": [g.name for g in drawn],
        "类别": [g.kind for g in drawn],
        "数据说明": [NOTE for _ in drawn],
    }
    shapes = [g.shape for g in drawn if g.shape is not None]
    _shapefile(folder / "groups.zip", columns, shapes, "EPSG:4547", language=0x00)


def _parcels(town: Town, folder: Path, rng: Random) -> None:
    parcels = town.parcels
    columns: Columns = {
        "宗地代码": [p.code for p in parcels],
        "不动产单元": [codes.unit(p, 0) for p in parcels],
        "坐落": [_situated(p) for p in parcels],
        "权利人": [p.main.name or codes.invented_person(rng) for p in parcels],
        "用途": [LAND_USE[p.main.use] if p.street or p.main.use == "企业" else "农村宅基地" for p in parcels],
        "数据说明": [NOTE for _ in parcels],
    }
    shapes = [_to_zone_38(p.shape) for p in parcels]
    _shapefile(folder / "parcels.zip", columns, shapes, "EPSG:4526", language=0x4D)


def _situated(parcel: Parcel) -> str:
    return f"童市镇{parcel.village.name}{parcel.street or (parcel.group.name if parcel.group else '')}"


def _shapefile(path: Path, columns: Columns, shapes: list[BaseGeometry], crs: str, language: int) -> None:
    """Zipped, GBK attributes, no .cpg; `language` is the driver id in the .dbf (0 says nothing)."""
    frame = gpd.GeoDataFrame(dict(columns), geometry=shapes, crs=crs)
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / f"{path.stem}.shp"
        pyogrio.write_dataframe(frame, target, driver="ESRI Shapefile", encoding="GBK")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(Path(scratch).iterdir()):
                data = file.read_bytes()
                if file.suffix == ".cpg":
                    continue
                if file.suffix == ".dbf":
                    data = data[:1] + FIXED_DATE + data[4:29] + bytes([language]) + data[30:]
                archive.writestr(zipfile.ZipInfo(file.name, FIXED_TIME), data, zipfile.ZIP_DEFLATED)


Feature = dict[str, object]


def _street_feature(street: Street) -> Feature:
    properties: dict[str, object] = {
        "街路名称": street.name, "类别": street.category, "村代码": "430626113001", "地名状态": street.status,
        "批准文号": street.decree, "起点": street.origin, "数据说明": NOTE,
    }  # fmt: skip
    return _feature(properties, shops.geometry(street))


def _plan_features(town: Town) -> list[Feature]:
    features = []
    for plan in town.plans:
        area = plan.kind == "片区"
        properties: dict[str, object] = {
            "计划编号": plan.code, "名称": plan.name, "类型": plan.kind, "村代码": plan.village.code,
            "组名": plan.place if area else None, "街路名称": None if area else plan.place,
            "侧别": None if area else plan.side, "计划户数": plan.doors, "建设单位/申请人": plan.builder,
            "用途": plan.use, "批准文号": plan.decree, "到期日期": plan.expires, "数据说明": NOTE,
        }  # fmt: skip
        features.append(_feature(properties, plan.shape))
    return features


def _feature(properties: dict[str, object], shape: BaseGeometry) -> Feature:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": shapely.geometry.mapping(to_degrees(shape)),
    }


def _geojson(path: Path, features: list[Feature]) -> None:
    collection = {
        "type": "FeatureCollection",
        "name": path.stem,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
        "数据说明": NOTE,
        "features": features,
    }
    path.write_text(json.dumps(collection, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
