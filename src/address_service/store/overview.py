"""Counted cells for the small scales of the map, and the word that the map has changed."""

from datetime import date

from sqlalchemy import Connection, text

from address_service.store.tile_layers import CELLS_PER_TILE, OVERVIEW_ZOOM

CHANNEL = "register_changed"
"""Notified with the county's code when a transaction that touches the map commits; the read lane listens."""


def announce_change(conn: Connection, county_code: str) -> None:
    """Tell every read lane, at commit, to forget the tiles of this county."""
    conn.execute(text("SELECT pg_notify(:channel, :county)"), {"channel": CHANNEL, "county": county_code})


def refresh_overview(conn: Connection, county_code: str, today: date | None = None) -> int:
    """Count the county's current addresses (doors and rooms) anew, for zooms 0 to 13, and announce the change.

    A tile is cut into 32 x 32 cells; the centre of a cell is the mean position of its addresses, so it stands
    where the houses are and within its cell. ``today`` defaults to the date in China. Gives the number of cells.
    """
    arguments = {"county": county_code, "today": today, "zoom": OVERVIEW_ZOOM, "cells": CELLS_PER_TILE}
    # Two clerks approving at once take turns, else both would insert the same cells.
    conn.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('overview_cell'), CAST(:county AS int))"), arguments
    )
    conn.execute(text("DELETE FROM overview_cell WHERE county_code = :county"), arguments)
    written = conn.execute(text(_COUNT), arguments).rowcount
    announce_change(conn, county_code)
    return written


# 20037508.342789244 is half the width of the EPSG:3857 square; y of cells grows southward as that of tiles does.
_COUNT = """
WITH door AS MATERIALIZED (
    SELECT ST_X(position_3857) AS x, ST_Y(position_3857) AS y
    FROM address_version
    WHERE county_code = :county AND stage = 'current' AND upper_inf(recorded)
      AND valid @> coalesce(CAST(:today AS date), CAST(now() AT TIME ZONE 'Asia/Shanghai' AS date))
), finest AS MATERIALIZED (
    SELECT CAST(floor((x / 40075016.685578488 + 0.5) * (1 << :zoom) * :cells) AS int) AS cell_x,
           CAST(floor((0.5 - y / 40075016.685578488) * (1 << :zoom) * :cells) AS int) AS cell_y,
           count(*) AS doors, sum(x) AS sum_x, sum(y) AS sum_y
    FROM door GROUP BY 1, 2
)
INSERT INTO overview_cell (county_code, zoom, cell_x, cell_y, address_count, center_3857)
SELECT :county, level, cell_x >> (:zoom - level), cell_y >> (:zoom - level), sum(doors),
       ST_SetSRID(ST_Point(sum(sum_x) / sum(doors), sum(sum_y) / sum(doors)), 3857)
FROM finest, generate_series(0, :zoom) AS level
GROUP BY 2, 3, 4
"""
