"""The county: tenant, names for full texts, zone of measurement, frame of the layers."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from address_service.errors import NotReady


@dataclass(frozen=True, slots=True)
class County:
    """Facts of a county; ``extent`` is west, south, east, north in EPSG:4490 degrees.

    ``measure_srid`` is the 3-degree Gauss-Krüger zone in which metres are measured; ``is_synthetic`` marks sample data.
    """

    name: str
    prefecture_name: str
    province_name: str
    postcode: str
    measure_srid: int
    extent: tuple[float, float, float, float]
    is_synthetic: bool = False


_SAVE = """
INSERT INTO county (county_code, name, prefecture_name, province_name, postcode, measure_srid, extent, is_synthetic)
VALUES (:code, :name, :prefecture, :province, :postcode, :srid, ST_MakeEnvelope(:w, :s, :e, :n, 4490), :synthetic)
ON CONFLICT (county_code) DO UPDATE SET name = excluded.name, prefecture_name = excluded.prefecture_name,
    province_name = excluded.province_name, postcode = excluded.postcode, measure_srid = excluded.measure_srid,
    extent = excluded.extent, is_synthetic = excluded.is_synthetic
RETURNING xmax = 0 AS created
"""

_LOAD = """
SELECT name, prefecture_name, province_name, postcode, measure_srid, is_synthetic,
       ST_XMin(extent) AS w, ST_YMin(extent) AS s, ST_XMax(extent) AS e, ST_YMax(extent) AS n
FROM county WHERE county_code = :code
"""


def save_county(conn: Connection, county_code: str, county: County) -> bool:
    """Write the facts of a county; True when it was not there before."""
    west, south, east, north = county.extent
    values = {
        "code": county_code,
        "name": county.name,
        "prefecture": county.prefecture_name,
        "province": county.province_name,
        "postcode": county.postcode,
        "srid": county.measure_srid,
        "w": west,
        "s": south,
        "e": east,
        "n": north,
        "synthetic": county.is_synthetic,
    }
    return bool(conn.execute(text(_SAVE), values).scalar_one())


def load_county(conn: Connection, county_code: str) -> County:
    """The facts of a county; raises NotReady when it is not set up."""
    row = conn.execute(text(_LOAD), {"code": county_code}).first()
    if row is None:
        raise NotReady(
            f"县 {county_code} 尚未设置，请先运行 address-service county set-up", code="county-not-set-up"
        )
    return County(
        row.name,
        row.prefecture_name,
        row.province_name,
        row.postcode,
        row.measure_srid,
        (row.w, row.s, row.e, row.n),
        row.is_synthetic,
    )
