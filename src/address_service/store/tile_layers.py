"""SQL of the vector tile layers: which rows, which attributes, from which zoom on.

Every layer is one scalar subquery giving the bytes of its MVT layers, so that any set of layers is one statement and
one round trip: a tile is the concatenation of its layers (Mapbox Vector Tile 2.1, clause 4.1). Only what is true today
and approved is shown; ST_AsMVT leaves out rows that ST_AsMVTGeom clipped to nothing. Parameters: ``county``, ``z``,
``x``, ``y``, ``today``, and ``scope``, the
code of the division whose unpublished plans and reservations the viewer may see.
"""

from collections.abc import Iterable
from typing import LiteralString

NOBODY: LiteralString = "-"
"""The scope of a visitor: no division's code begins with it."""

OVERVIEW_ZOOM = 13
"""The finest zoom served from counted cells instead of points."""

CELLS_PER_TILE = 32
"""Counted cells along one edge of a tile; a power of two, so that every tile down to 1/32 holds whole cells."""

# `extent` is the tile, `edge` the same with the buffer of 64/4096 that lines and areas are clipped to, `tolerance` a
# quarter of a pixel of a 256-pixel tile in metres of EPSG:3857.
_FRAME: LiteralString = """
WITH frame AS MATERIALIZED (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS extent,
           ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.015625) AS edge,
           40075016.68557849 / 2 ^ %(z)s / 1024 AS tolerance
)
SELECT """

_VILLAGES: LiteralString = """
(WITH village AS MATERIALIZED (
    SELECT d.name, d.code_nbs AS code, ST_Simplify(d.boundary_3857, tolerance, true) AS shape
    FROM frame, division_version d
    WHERE d.county_code = %(county)s AND d.boundary_3857 && edge AND d.level = 'village'
      AND upper_inf(d.recorded) AND d.valid @> %(today)s
    LIMIT 5000
), label AS (
    SELECT name, code, ST_PointOnSurface(shape) AS spot FROM village)
SELECT
    (SELECT ST_AsMVT(f, 'villages') FROM (
        SELECT ST_AsMVTGeom(shape, extent, 4096, 64) AS geom, name, code FROM frame, village) f)
    || (SELECT ST_AsMVT(f, 'village_labels') FROM (
        SELECT ST_AsMVTGeom(spot, extent, 4096, 0) AS geom, name, code FROM frame, label WHERE spot && extent) f))
"""


def _reserved(which: LiteralString) -> LiteralString:
    """Text of the numbers held back, as people write them: 21-39、45; a block of one parity counts in twos.

    Nothing for who looks from outside the scope: reserved numbers are no public knowledge.
    """
    return f"""
    (SELECT string_agg(CASE lo WHEN hi THEN lo::text ELSE lo || '-' || hi END, '、' ORDER BY lo)
     FROM (SELECT min(main) AS lo, max(main) AS hi FROM (
             SELECT reservation_id, main,
                    main - step * row_number() OVER (PARTITION BY reservation_id ORDER BY main) AS block
             FROM (SELECT n.reservation_id, n.main,
                          CASE WHEN min(n.main %% 2) OVER one = max(n.main %% 2) OVER one THEN 2 ELSE 1 END AS step
                   FROM reservation r
                   JOIN door_number n ON n.county_code = r.county_code AND n.reservation_id = r.id
                       AND n.state = 'reserved' AND n.sub = 0
                   WHERE r.county_code = %(county)s AND r.stage = 'active' AND {which}
                       AND (%(scope)s = %(county)s OR EXISTS (
                           SELECT FROM place_version pv JOIN division_version pd ON pd.county_code = pv.county_code
                               AND pd.division_id = pv.division_id AND upper_inf(pd.recorded) AND upper_inf(pd.valid)
                           WHERE pv.county_code = r.county_code AND pv.place_id = r.place_id AND upper_inf(pv.recorded)
                               AND upper_inf(pv.valid) AND starts_with(pd.code_nbs, %(scope)s)))
                   WINDOW one AS (PARTITION BY n.reservation_id)) numbered) walked
           GROUP BY reservation_id, block) blocks)
"""  # noqa: S608


_PLACES: LiteralString = f"""
(WITH place_now AS MATERIALIZED (
    SELECT v.place_id AS id, v.name, v.name_state, p.kind, v.street_kind, v.geom_3857 AS shape,
           {_reserved("r.place_id = v.place_id")} AS reserved
    FROM frame, place_version v
    JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id
    WHERE v.county_code = %(county)s AND v.geom_3857 && edge AND upper_inf(v.recorded) AND v.valid @> %(today)s
    LIMIT 5000
), label AS (
    SELECT id, name, kind, reserved, ST_PointOnSurface(shape) AS spot FROM place_now WHERE ST_Dimension(shape) = 2)
SELECT
    (SELECT ST_AsMVT(f, 'places') FROM (
        SELECT ST_AsMVTGeom(ST_Simplify(shape, tolerance, true), extent, 4096, 64) AS geom, id::text AS id, name,
               name_state, kind, street_kind, reserved
        FROM frame, place_now) f)
    || (SELECT ST_AsMVT(f, 'place_labels') FROM (
        SELECT ST_AsMVTGeom(spot, extent, 4096, 0) AS geom, id::text AS id, name, kind, reserved
        FROM frame, label WHERE spot && extent) f))
"""  # noqa: S608

_LANES: LiteralString = """
(SELECT ST_AsMVT(f, 'lanes') FROM (
    SELECT ST_AsMVTGeom(ST_Simplify(l.geom_3857, tolerance, true), extent, 4096, 64) AS geom, l.name
    FROM frame, lane l WHERE l.county_code = %(county)s AND l.geom_3857 && edge
    LIMIT 10000) f)
"""

_PARCELS: LiteralString = """
(WITH parcel_here AS MATERIALIZED (
    SELECT p.parcel_code, p.use, p.geom_3857 FROM frame, parcel p
    WHERE p.county_code = %(county)s AND p.geom_3857 && edge LIMIT 5001)
SELECT CASE WHEN (SELECT count(*) FROM parcel_here) <= 5000 THEN
    (SELECT ST_AsMVT(f, 'parcels') FROM (
        SELECT ST_AsMVTGeom(geom_3857, extent, 4096, 64) AS geom, parcel_code AS code, use
        FROM frame, parcel_here) f)
    ELSE '' END)
"""

# Scalar subqueries and CASE around the range test keep to look-ups by key: see the note on plans in `search`.
# addressed: a current address stands on it; unassigned: it stands on the list of houses without 组 or 自然村.
_BUILDINGS: LiteralString = """
(WITH building_here AS MATERIALIZED (
    SELECT b.id, b.building_code, b.use, b.name, b.geom_3857 FROM frame, building b
    WHERE b.county_code = %(county)s AND b.geom_3857 && edge LIMIT 5001)
SELECT CASE WHEN (SELECT count(*) FROM building_here) <= 5000 THEN
    (SELECT ST_AsMVT(f, 'buildings') FROM (
        SELECT ST_AsMVTGeom(b.geom_3857, extent, 4096, 64) AS geom, b.building_code AS code, b.use,
               nullif(b.name, '') AS name,
               coalesce((SELECT true FROM address_building l
                         WHERE l.county_code = %(county)s AND l.building_id = b.id
                           AND upper_inf(l.recorded) AND upper_inf(l.valid)
                           AND (SELECT true FROM address_version v
                                WHERE v.county_code = %(county)s AND v.address_id = l.address_id AND v.stage = 'current'
                                  AND upper_inf(v.recorded) AND CASE WHEN v.valid @> %(today)s THEN true END LIMIT 1)
                         LIMIT 1), false) AS addressed,
               b.use <> 'outbuilding' AND (SELECT true FROM membership m
                         WHERE m.county_code = %(county)s AND m.building_id = b.id AND upper_inf(m.recorded)
                           AND CASE WHEN m.valid @> %(today)s THEN true END LIMIT 1) IS NULL AS unassigned
        FROM frame, building_here b) f)
    ELSE '' END)
"""

_CELLS: LiteralString = """
(SELECT ST_AsMVT(f, 'addresses') FROM (
    SELECT ST_AsMVTGeom(c.center_3857, extent, 4096, 0) AS geom, c.address_count AS count
    FROM frame, overview_cell c
    WHERE c.county_code = %(county)s AND c.zoom = least(%(z)s, 13)
      AND c.cell_x BETWEEN (%(x)s * 32) >> greatest(%(z)s - 13, 0) AND (%(x)s * 32 + 31) >> greatest(%(z)s - 13, 0)
      AND c.cell_y BETWEEN (%(y)s * 32) >> greatest(%(z)s - 13, 0) AND (%(y)s * 32 + 31) >> greatest(%(z)s - 13, 0)
    ) f)
"""

# More than 5000 doors are counted cells instead; from zoom 19 on, where a tile is smaller than a cell, the rest of
# such a crowd within 60 m is left out.
_DOORS: LiteralString = f"""
(WITH door AS MATERIALIZED (
    SELECT a.code, v.main || CASE v.sub WHEN 0 THEN '号' ELSE '附' || v.sub END || v.building_label AS label,
           v.position_3857
    FROM frame, address_version v
    JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id AND a.parent_id IS NULL
    WHERE v.county_code = %(county)s AND v.position_3857 && extent AND v.stage = 'current' AND upper_inf(v.recorded)
      AND v.valid @> %(today)s
    LIMIT CASE WHEN %(z)s > 18 THEN 5000 ELSE 5001 END)
SELECT CASE WHEN (SELECT count(*) FROM door) <= 5000 THEN
    (SELECT ST_AsMVT(f, 'addresses') FROM (
        SELECT ST_AsMVTGeom(position_3857, extent, 4096, 0) AS geom, code, label FROM frame, door) f)
    ELSE {_CELLS} END)
"""  # noqa: S608

_RESERVATIONS: LiteralString = f"""
(SELECT ST_AsMVT(f, 'reservations') FROM (
    SELECT ST_AsMVTGeom(c.geom_3857, extent, 4096, 64) AS geom, c.plan_no, c.name, c.kind, c.planned_doors,
           c.expires_on::text AS expires_on, c.expires_on < %(today)s AS expired,
           {_reserved("r.place_id = c.place_id AND r.construction_plan_id = c.id")} AS numbers
    FROM frame, construction_plan c WHERE c.county_code = %(county)s AND c.geom_3857 && edge
      AND %(scope)s <> '{NOBODY}'
    LIMIT 5000) f)
"""  # noqa: S608

_SQL: dict[str, LiteralString] = {
    "villages": _VILLAGES,
    "places": _PLACES,
    "lanes": _LANES,
    "parcels": _PARCELS,
    "buildings": _BUILDINGS,
    "reservations": _RESERVATIONS,
    "addresses": _DOORS,
    "cells": _CELLS,
}

_MAP_ZOOM = {
    "villages": 8,
    "places": 12,
    "reservations": 12,
    "lanes": 13,
    "parcels": 16,
    "buildings": 14,
    "addresses": 0,
}
"""The zoom from which the combined map draws a layer; the order is the order within the tile."""

LAYERS = ("map", "villages", "places", "lanes", "parcels", "buildings", "addresses", "reservations")
"""What can be asked for; `map` is all of them in one tile."""


def statements(layer: str, zoom: int) -> tuple[LiteralString, ...]:
    """The statements to try in turn for one layer at one zoom, each giving fewer bytes than the one before."""
    if layer == "map":
        shown = [name for name, first in _MAP_ZOOM.items() if zoom >= first]
        sketch = [name for name in shown if name in ("villages", "places", "reservations")]
        return tuple(_statement(names, zoom) for names in (shown, [*sketch, "cells"], ["cells"]))
    if layer == "addresses":
        return _statement([layer], zoom), _statement(["cells"], zoom)
    return (_statement([layer], zoom),)


def _statement(names: Iterable[str], zoom: int) -> LiteralString:
    parts = ("cells" if name == "addresses" and zoom <= OVERVIEW_ZOOM else name for name in names)
    return _FRAME + " || ".join([_SQL[name] for name in parts])
