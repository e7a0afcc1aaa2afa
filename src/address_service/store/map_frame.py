"""Where the map opens: the county's frame, the extent of what is in it, whether the sample is synthetic."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

_FRAME = """
SELECT c.name, c.is_synthetic,
       ST_XMin(c.extent) AS cw, ST_YMin(c.extent) AS cs, ST_XMax(c.extent) AS ce, ST_YMax(c.extent) AS cn,
       ST_XMin(b.box) AS w, ST_YMin(b.box) AS s, ST_XMax(b.box) AS e, ST_YMax(b.box) AS n
FROM county c
LEFT JOIN LATERAL (
    SELECT ST_Extent(d.boundary) AS box FROM division_version d
    WHERE d.county_code = c.county_code AND upper_inf(d.recorded) AND d.valid @> CAST(:on AS date)
) b ON true
WHERE c.county_code = :county
"""

Bounds = tuple[float, float, float, float]
_CHINA: Bounds = (73.5, 18.0, 135.1, 53.6)


@dataclass(frozen=True, slots=True)
class MapFrame:
    """Bounds are west, south, east, north in EPSG:4490 degrees."""

    county_name: str
    bounds: Bounds
    county_bounds: Bounds
    synthetic: bool


def load_map_frame(conn: Connection, county_code: str, on: date) -> MapFrame:
    """The frame of a county; of the whole country when the county is not set up yet."""
    row = conn.execute(text(_FRAME), {"county": county_code, "on": on}).first()
    if row is None:
        return MapFrame(county_code, _CHINA, _CHINA, False)
    county: Bounds = (row.cw, row.cs, row.ce, row.cn) if row.cw is not None else _CHINA
    inner: Bounds = (row.w, row.s, row.e, row.n) if row.w is not None else county
    return MapFrame(row.name, inner, county, row.is_synthetic)
