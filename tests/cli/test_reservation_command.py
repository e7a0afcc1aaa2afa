"""The command line lists reservations, decides on them and makes them follow their plan."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from address_service import cli
from address_service.model.accounts import Role
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.plan_numbering import plan_numbering
from address_service.store.engine import Database
from address_service.store.work import unit_of_work
from tests.conftest import add_county
from tests.services.conftest import add_town

GROUND = ((200, 5), (300, 5), (300, 45), (200, 45), (200, 5))
WKT = "MULTIPOLYGON(((" + ",".join(f"{480_000 + x} {3_180_000 + y}" for x, y in GROUND) + ")))"
BY = ["--decree", "示例〔2026〕7号", "--reason", "示例"]


@pytest.fixture
def plan(database: Database, clock: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A street with a site that keeps four numbers, and an office for each kind of right."""
    with database.engine.begin() as conn:
        admin = add_county(conn)
    with unit_of_work(database.engine, admin, clock) as work:
        town = add_town(work)
        place = town.place("street", "新市街", 1, [(0, 0), (600, 0)])
        found = town.site(place, 4, 0, 0, wkt=WKT)
        town.house("1", 500, 12, place, parcel="1")
        town.existing(town.house("2", 100, 12, place, parcel="2"), place, 41)
        commit_numbering_plan(work, plan_numbering(work, place).id)
        work.accounts.create("示例民政办", Role.CIVIL_AFFAIRS, "430626113")
        work.accounts.create("示例派出所", Role.POLICE, "430626113")
        work.accounts.create("邻村", Role.VILLAGE, "430626113209")
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return found


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command of an office; gives exit code and what was printed."""

    def go(*arguments: str, office: str = "示例民政办") -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["address-service", "reservation", *arguments, "--as", office])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    return go


def change(database: Database, plan: UUID, **values: Any) -> None:
    sets = ", ".join(f"{name} = :{name}" for name in values)
    with database.engine.begin() as conn:
        conn.execute(text(f"UPDATE construction_plan SET {sets} WHERE id = :id"), {"id": plan, **values})


def test_a_plan_is_reviewed_first_and_applied_by_decree(run: Any, database: Database, plan: UUID) -> None:
    change(database, plan, planned_doors=6)

    seen, twice = run("review", str(plan)), run("review", str(plan))
    without = run("review", str(plan), "--apply")
    applied = run("review", str(plan), "--apply", *BY)
    after = run("review", str(plan))

    assert seen == twice
    assert seen[0] == 0
    assert (seen[1].count("增 "), "仅核对" in seen[1]) == (2, True)
    assert (without[0], "decree-missing" in without[1]) == (3, True)
    assert (applied[0], "已按核对结果变更" in applied[1]) == (0, True)
    assert "预留 6" in after[1]
    assert "预留与规划一致" in after[1]


def test_reservations_are_listed_extended_and_released(run: Any, database: Database, plan: UUID) -> None:
    with database.engine.begin() as conn:
        found = str(
            conn.execute(
                text("SELECT id FROM reservation WHERE construction_plan_id = :p"), {"p": plan}
            ).scalar()
        )

    listed, none_late = run("list"), run("overdue")
    extended = run("extend", found, "--until", "2099-12-31", *BY)
    released = run("release", found, *BY)
    again = run("release", found, *BY)

    assert found in listed[1]
    assert "预留中" in listed[1]
    assert "共 0 项" in none_late[1]
    assert (extended[0], "2099-12-31" in extended[1]) == (0, True)
    assert (released[0], "已释放" in run("list")[1]) == (0, True)
    assert (again[0], "reservation-released" in again[1]) == (5, True)


def test_who_may_not_number_decides_nothing(run: Any, plan: UUID) -> None:
    assert run("review", str(plan), office="示例派出所")[0] == 6
    assert run("review", str(plan), "--apply", *BY, office="邻村")[0] == 6
    assert "共 0 项" in run("list", office="邻村")[1]
    assert run("review", "没有此计划")[0] == 4
