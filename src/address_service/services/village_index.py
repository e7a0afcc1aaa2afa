"""Which village a row claims, and which one it lies in."""

from collections.abc import Sequence

import numpy as np
import shapely

from address_service.gis.layer_read import IntArray, ObjectArray, object_array
from address_service.gis.location import check_location
from address_service.services.import_task import ImportTask
from address_service.store.county import load_county
from address_service.store.divisions import Village
from address_service.store.work import Work


class VillageIndex:
    """The villages of a county on one day, by code and by place."""

    def __init__(self, villages: Sequence[Village], measure_srid: int) -> None:
        """``measure_srid`` is the zone in which a shift is told in metres."""
        self.villages = list(villages)
        self._srid = measure_srid
        self._by_code = {village.code: village for village in villages}
        self._bounded = [village for village in villages if village.boundary is not None]
        self._tree = shapely.STRtree(object_array([village.boundary for village in self._bounded]))

    @classmethod
    def of(cls, work: Work) -> "VillageIndex":
        """The villages as they are today."""
        srid = load_county(work.conn, work.county_code).measure_srid
        return cls(work.divisions.villages(work.today), srid)

    @property
    def has_boundaries(self) -> bool:
        """Whether any village's boundary is known."""
        return bool(self._bounded)

    def by_code(self, code: str | None) -> Village | None:
        """A village by its code."""
        return self._by_code.get(code) if code else None

    def by_name(self, name: str) -> list[Village]:
        """Villages of a name; `村` at its end may be left out."""
        return [v for v in self.villages if name in (v.name, v.name.removesuffix("村"))]

    def claimed(self, task: ImportTask, column: str = "village_code") -> ObjectArray:
        """As `known`, and checks that the features lie where they say.

        Raises `InvalidInput` with code ``layer-shifted`` where most of the layer lies outside of what it names;
        single features that do are findings.
        """
        found = self.known(task, column)
        if len(task.read):
            self._check_claims(task, found)
        return found

    def known(self, task: ImportTask, column: str = "village_code") -> ObjectArray:
        """The village that each row names, or None; rows naming an unknown one or one out of scope are refused."""
        codes = task.column(column)
        found = object_array([self._by_code.get(code) if code else None for code in codes])
        actor = task.work.actor
        for row in task.good():
            code = codes[row]
            if code is None:
                continue
            if found[row] is None:
                task.refuse(int(row), column, "village-unknown", "没有这个村代码，请先导入行政区划", code)
            elif not actor.covers(code):
                task.refuse_out_of_scope(int(row), column, code)
        return found

    def _check_claims(self, task: ImportTask, claimed: ObjectArray) -> None:
        if task.read.geometry is None:
            return
        boundaries = object_array([village.boundary if village else None for village in claimed])
        for row in np.flatnonzero(check_location(task.read.geometry, boundaries, self._srid)):
            text = f"图形不在所填的{claimed[row].name}界内"
            task.find("outside-claimed-village", text, int(row))

    def locate(self, points: ObjectArray) -> ObjectArray:
        """The village that each point (EPSG:4490) lies in, the one with the lower code on a shared line, or None."""
        at = np.full(len(points), -1, dtype=np.int64)
        if self._bounded and len(points):
            hits, village = self._tree.query(points, predicate="intersects")
            order = np.argsort(-village, kind="stable")  # written last, the lower code stays
            at[hits[order]] = village[order]
        return self._pick(at)

    def _pick(self, at: IntArray) -> ObjectArray:
        choices = object_array([*self._bounded, None])
        return choices[at]


def ids_of(villages: ObjectArray) -> ObjectArray:
    """Their ids as text, None where there is no village."""
    texts = {village.id: str(village.id) for village in set(villages.tolist()) - {None}}
    return object_array([texts[village.id] if village is not None else None for village in villages])
