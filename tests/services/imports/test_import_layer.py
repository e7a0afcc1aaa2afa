"""The frame of every import: runs, rejects, dry runs, all or nothing, two at once, files as they are sent."""

import csv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier

import geopandas
import pytest

from address_service.errors import InvalidInput
from address_service.gis.layer_read import ReadLimits, Reject
from address_service.services.import_layer import import_file
from address_service.services.queue_import import ImportLayer, ImportOptions, queue_import
from address_service.services.write_rejects import write_rejects
from address_service.store.engine import Database
from address_service.store.files import FileStore
from address_service.store.work import unit_of_work
from tests.conftest import add_county
from tests.services.imports.conftest import WEST, Register, buildings, house

MIXED = buildings(
    ("F1", 100, 100), ("F2", 200, 100), ("F3", 300, 100), village_code=[WEST, "430626113999", WEST]
)


def test_good_rows_go_through_and_the_others_are_kept_with_their_reason(town: Register) -> None:
    report = town.bring("buildings", MIXED)

    assert town.rows("SELECT building_code FROM building ORDER BY 1") == [("F1",), ("F3",)]
    run = town.work.imports.get(report.run_id)
    kept = [run[name] for name in ("stage", "read_count", "accepted", "unchanged", "rejected")]
    assert kept == ["done", 3, 2, 0, 1]
    assert [(r["row"], r["field"], r["code"]) for r in town.work.imports.rejects(report.run_id, 10)] == [
        (2, "village_code", "village-unknown")
    ]


def test_a_dry_run_counts_the_same_and_writes_nothing_but_its_run(town: Register) -> None:
    before = town.content()

    report = town.bring("buildings", MIXED, dry_run=True)

    assert town.content() == before
    assert (report.counts.accepted, report.counts.rejected) == (2, 1)
    assert town.work.imports.get(report.run_id)["dry_run"] is True


def test_all_or_nothing_writes_nothing_when_a_row_is_refused(town: Register) -> None:
    before = town.content()

    report = town.bring("buildings", MIXED, all_or_nothing=True)

    assert report.stage == town.work.imports.get(report.run_id)["stage"] == "failed"
    assert town.content() == before
    assert len(town.work.imports.rejects(report.run_id, 10)) == 1


@pytest.mark.parametrize("name", ["boundaries", "streets", "groups", "buildings"])
def test_what_is_held_against_today_is_not_taken_ahead_of_its_day(town: Register, name: str) -> None:
    before, tomorrow = town.content(), town.work.today + timedelta(days=1)

    with pytest.raises(InvalidInput) as refusal:
        town.bring(name, MIXED, valid_from=tomorrow)

    assert refusal.value.code == "valid-from-future"
    assert town.content() == before


def test_a_day_that_has_not_come_is_told_at_the_upload(town: Register, tmp_path: Path) -> None:
    options = ImportOptions(valid_from=town.work.today + timedelta(days=1))

    with pytest.raises(InvalidInput) as refusal:
        queue_import(
            town.work, FileStore(tmp_path), ImportLayer.GROUPS, "组.zip", BytesIO(b""), 1 << 20, options
        )

    assert refusal.value.code == "valid-from-future"


def test_progress_is_told_to_whoever_asks(town: Register, tmp_path: Path) -> None:
    phases: list[str] = []
    path = gpkg(tmp_path, 3)

    import_file(
        town.work, path, ImportLayer.BUILDINGS, ImportOptions(), ReadLimits(tmp_path),
        progress=lambda phase, _done, _total: phases.append(phase),
    )  # fmt: skip

    assert phases[0] == "读取文件"
    assert phases[-1] == "完成"
    assert "写入建筑物" in phases


def gpkg(folder: Path, count: int, spoil: Callable[[list[str]], None] = lambda _: None) -> Path:
    """Houses in the western village, their storeys as text that a test may spoil."""
    floors = ["2"] * count
    spoil(floors)
    spots = [(20 + 9.5 * (i % 100), 20 + 9.5 * (i // 100)) for i in range(count)]
    frame = geopandas.GeoDataFrame(
        {"建筑编号": [f"F{i}" for i in range(count)], "用途": "住宅", "层数": floors},
        geometry=[house(x, y) for x, y in spots],
        crs=4490,
    )
    path = folder / "房屋.gpkg"
    frame.to_file(path, engine="pyogrio")
    return path


def test_of_ten_thousand_rows_exactly_the_bad_ones_are_refused(town: Register, tmp_path: Path) -> None:
    bad = {i * 270 + 3 for i in range(37)}

    def spoil(floors: list[str]) -> None:
        for row in bad:
            floors[row] = "三楼半"

    report = import_file(
        town.work, gpkg(tmp_path, 10_000, spoil), ImportLayer.BUILDINGS, ImportOptions(), ReadLimits(tmp_path)
    )

    assert (report.counts.read, report.counts.accepted, report.counts.rejected) == (10_000, 9_963, 37)
    assert {reject.row_no - 1 for reject in report.rejects} == bad
    missing = "SELECT count(*) FROM building WHERE building_code = ANY(:codes)"
    assert town.rows(missing, codes=[f"F{i}" for i in bad]) == [(0,)]


def test_a_list_of_parcels_is_taken_as_groups_where_no_polygons_are(town: Register, tmp_path: Path) -> None:
    path = tmp_path / "归组.csv"
    path.write_text(f"宗地代码,村代码,组名\n{WEST}JC00001,{WEST},3组\n", encoding="utf-8")

    report = import_file(town.work, path, ImportLayer.GROUPS, ImportOptions(), ReadLimits(tmp_path))

    assert [r.code for r in report.rejects] == ["parcel-unknown"]


def test_a_layer_off_every_known_village_is_refused(town: Register, tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame(
        {"建筑编号": ["F1", "F2"], "用途": "住宅"},
        geometry=[house(100, 20_000), house(200, 20_000)],
        crs=4490,
    )
    path = tmp_path / "偏.gpkg"
    frame.to_file(path, engine="pyogrio")

    with pytest.raises(InvalidInput) as refusal:
        import_file(town.work, path, ImportLayer.BUILDINGS, ImportOptions(), ReadLimits(tmp_path))

    assert refusal.value.code == "layer-off-county"


def test_two_imports_of_one_file_at_once_write_it_once(
    database: Database, clock: datetime, tmp_path: Path
) -> None:
    with database.engine.begin() as conn:
        actor = add_county(conn)
    path, start = gpkg(tmp_path, 500), Barrier(2)

    def bring() -> tuple[int, int]:
        with unit_of_work(database.engine, actor, clock) as work:
            start.wait()
            report = import_file(work, path, ImportLayer.BUILDINGS, ImportOptions(), ReadLimits(tmp_path))
        return report.counts.accepted, report.counts.unchanged

    with ThreadPoolExecutor(2) as pool:
        counts = sorted(future.result() for future in [pool.submit(bring), pool.submit(bring)])

    assert counts == [(0, 500), (500, 0)]


def test_the_reject_file_opens_in_a_spreadsheet_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rejects" / "r.csv"

    write_rejects(path, [Reject(7, "用途", "choice-unknown", "应为机关、企业之一", "=HYPERLINK(1)")])

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["行号", "列名", "原因", "值", "原因代码"],
        ["7", "用途", "应为机关、企业之一", "'=HYPERLINK(1)", "choice-unknown"],
    ]


def test_a_county_without_divisions_takes_parcels_for_later(register: Register, tmp_path: Path) -> None:
    report = import_file(
        register.work, gpkg(tmp_path, 2), ImportLayer.BUILDINGS, ImportOptions(), ReadLimits(tmp_path)
    )

    assert (report.counts.accepted, report.topology) == (2, None)
