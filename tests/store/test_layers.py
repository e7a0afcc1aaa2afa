"""Whole layers by COPY: texts, digests, history."""

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from address_service.store.imports import NewRun
from address_service.store.layer_upsert import SLICE, Features, Upserted, column_text
from address_service.store.layers import PARCELS
from address_service.store.work import Work

SQUARE = shapely.MultiPolygon([shapely.box(113.5, 28.5, 113.501, 28.501)])


def bring(work: Work, codes: list[str], use: str = "宅基地") -> Upserted:
    """Parcels by code, all of one shape and use."""
    run = NewRun("parcels", "宗地.zip", b"", {}, False, work.actor.account_id)
    count = len(codes)
    columns = {
        "real_estate_unit_code": np.full(count, None, dtype=object),
        "use": np.full(count, use, dtype=object),
        "location_text": np.full(count, "", dtype=object),
        "geom": np.full(count, SQUARE, dtype=object),
    }
    features = Features(
        np.array(codes, dtype=object), columns, {"division_id": np.full(count, None, dtype=object)}
    )
    return work.layers.upsert(PARCELS, features, work.imports.add(run, work.now), work.now)


def code(serial: int) -> str:
    """A parcel code."""
    return f"430626113208JC{serial:05d}"


def test_more_rows_than_one_slice_arrive_once_each(work: Work) -> None:
    codes = [code(i) for i in range(SLICE + 5)]

    bring(work, codes)
    again = bring(work, codes)

    assert work.conn.scalar(text("SELECT count(DISTINCT parcel_code) FROM parcel")) == SLICE + 5
    assert not again.new.any()
    assert not again.changed.any()


def test_new_changed_and_unchanged_rows_are_told_apart(work: Work) -> None:
    first = bring(work, [code(1), code(2)])
    bring(work, [code(2)], use="商业")

    done = bring(work, [code(1), code(2), code(3)])

    assert (done.new.tolist(), done.changed.tolist()) == ([False, False, True], [False, True, False])
    assert done.ids[:2] == first.ids


def test_every_change_keeps_the_row_of_before(work: Work) -> None:
    for use in ("甲", "乙", "丙"):
        bring(work, [code(1)], use=use)

    uses = work.conn.scalars(text("SELECT row ->> 'use' FROM layer_history ORDER BY id")).all()
    assert uses == ["甲", "乙"]


@pytest.mark.parametrize(
    "shape",
    [SQUARE, shapely.Point(113.5, 28.5), shapely.LineString([(113.5, 28.5), (113.6, 28.6)])],
    ids=["area", "point", "line"],
)
def test_geometry_is_told_its_crs(work: Work, shape: shapely.Geometry) -> None:
    (sent,) = column_text(np.array([shape], dtype=object))

    row = work.conn.execute(
        text("SELECT ST_SRID(g), ST_AsBinary(g) FROM CAST(:g AS geometry) g"), {"g": sent}
    )
    srid, wkb = row.one()
    assert (srid, shapely.from_wkb(bytes(wkb))) == (4490, shape)


def test_a_column_of_nothing_is_sent_as_nothing() -> None:
    assert column_text(np.array([None, None], dtype=object)) == ["\\N", "\\N"]
