"""Lists matched and extracts reconciled from the command line: whole files, own rights, no trace of a trial."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest

from address_service import cli
from address_service.model.accounts import Role
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.plan_numbering import plan_numbering
from address_service.store.addresses import Scope
from address_service.store.engine import Database
from address_service.store.work import unit_of_work
from tests.conftest import add_county
from tests.services.conftest import add_town
from tests.services.people import HEAD_ID, WIFE_ID

HEAD = "湖南省岳阳市平江县童市镇"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The program over a village whose group has three approved doors; gives exit code and what it says."""
    with database.engine.begin() as conn:
        admin = add_county(conn)
    with unit_of_work(database.engine, admin, datetime.now(UTC)) as work:
        town: Any = add_town(work)
        group = town.place("group", "12组", 12)
        for n in range(1, 4):
            town.house(str(n), n * 25, 12, group)
        commit_numbering_plan(work, plan_numbering(work, group).id)
        work.accounts.create("示例派出所", Role.POLICE, "430626113")
        work.accounts.create("示例财政所", Role.FINANCE, "430626113")
        work.accounts.create("示例邻村", Role.VILLAGE, "430626113209")
        county = work.accounts.create("示例县民政局", Role.COUNTY, "430626")
    with unit_of_work(database.engine, county, datetime.now(UTC)) as work:
        approve_addresses(work, Scope(village_code="430626113208"), "示例〔2026〕5号", work.today)
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, by: str = "示例派出所") -> tuple[int, str]:
        capsys.readouterr()
        monkeypatch.setattr("sys.argv", ["address-service", *arguments, "--as", by])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return call


def standing(database: Database) -> tuple[int, int, int]:
    """Extracts, their rows, and jobs to reconcile, as the owner sees them."""
    with psycopg.connect(database.owner_url) as owner:
        found = owner.execute(
            """SELECT (SELECT count(*) FROM registry.extract), (SELECT count(*) FROM registry.extract_row),
                 (SELECT count(*) FROM queue.procrastinate_jobs WHERE task_name = 'run_reconciliation')"""
        ).fetchone()
    assert found is not None
    return found[0], found[1], found[2]


def test_a_list_in_gbk_comes_back_with_what_each_row_means(run: Run, tmp_path: Path) -> None:
    lines = (
        "2026年地址清单,,",
        "序号,原地址,备注",
        f"1,{HEAD}烟舟村12组1号,=1+1",
        "2,童市乡烟舟村十二组００２号,",
        "3,烟舟村12组1号隔壁,",
        "4,,",
        "5,上海市黄浦区示例路1号,",
    )
    (tmp_path / "清单.csv").write_bytes("\r\n".join(lines).encode("gb18030"))

    code, said = run("match", "清单.csv")

    rows = list(csv.reader(io.StringIO((tmp_path / "清单-匹配.csv").read_bytes().decode("gb18030"))))
    assert code == 0, said
    assert rows[0] == [
        "序号",
        "原地址",
        "备注",
        "匹配结果",
        "标准地址",
        "地址编码",
        "依据",
        "领先",
        "候选",
        "说明",
        "规范键",
    ]
    assert [(row[0], row[3], row[4], row[6]) for row in rows[1:]] == [
        ("1", "自动关联", f"{HEAD}烟舟村12组1号", "现行地址"),
        ("2", "自动关联", f"{HEAD}烟舟村12组2号", "现行地址"),
        ("3", "多候选", "", "现行地址"),
        ("4", "未匹配", "", ""),
        ("5", "非本辖区", "", ""),
    ]
    assert (rows[1][2], len(rows[1][5])) == ("'=1+1", 26)
    assert rows[3][8].startswith(f"{HEAD}烟舟村12组1号（{rows[1][5]}，")
    assert "共 5 行：自动关联 2，多候选 1，无法匹配 0，非本辖区 1，未匹配 1" in said


def test_a_workbook_comes_back_as_one_by_the_columns_that_are_named(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (("甲", "乙"), ("某处", "烟舟村12组3号")):
        book.worksheets[0].append(line)
    book.save(tmp_path / "表.xlsx")

    wrong, told = run("match", "表.xlsx", "--column", "丙")
    code, said = run("match", "表.xlsx", "--column", "乙", "--workers", "2")

    sheet = openpyxl.load_workbook(tmp_path / "表-匹配.xlsx").worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert (wrong, "columns-missing" in told, code) == (3, True, 0), said
    assert rows[1][:4] == ("某处", "烟舟村12组3号", "自动关联", f"{HEAD}烟舟村12组3号")


def test_a_list_is_matched_within_the_accounts_own_land(run: Run, tmp_path: Path) -> None:
    (tmp_path / "一.csv").write_text(f"地址,\n{HEAD}烟舟村12组1号,\n", encoding="utf-8")

    code, _ = run("match", "一.csv", "--out", "果.csv", "--encoding", "utf-8", by="示例邻村")

    (_, row) = csv.reader(io.StringIO((tmp_path / "果.csv").read_text(encoding="utf-8-sig")))
    assert (code, row[1:4]) == (0, ["非本辖区", "", ""])


EXTRACT = (
    "户号,姓名,公民身份号码,原地址\n"
    f"H1,示例甲,{HEAD_ID},{HEAD}烟舟村12组1号\n"
    f"H2,示例乙,{WIFE_ID[:-1]}0,烟舟村十二组2号\n"
    "H3,示例丙,,\n"
)


def test_an_extract_is_reconciled_with_its_rejects_and_result(
    run: Run, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "底册.csv").write_bytes(EXTRACT.encode("gb18030"))

    code, said = run("reconcile", "底册.csv", "--out", "果.xlsx", "--rejects", "不用.csv")

    assert code == 0, said
    assert "共 3 行：一致 1，需更新 1，仅本库有 1" in said
    rejects = (tmp_path / "不用.csv").read_text(encoding="utf-8-sig")
    assert ("3,原地址,没有地址，也没有门楼牌编号" in rejects, WIFE_ID[:-1] in rejects) == (True, False)
    rows = list(openpyxl.load_workbook(tmp_path / "果.xlsx").worksheets[0].iter_rows(values_only=True))
    assert (rows[1][1], rows[1][4]) == ("示例甲", "一致")
    assert (tmp_path / "果.xlsx").stat().st_mode & 0o077 == 0
    assert standing(database) == (1, 3, 1)
    assert not list((tmp_path / "data").rglob("uploads/*"))


def test_of_a_trial_nothing_remains(run: Run, database: Database, tmp_path: Path) -> None:
    (tmp_path / "底册.csv").write_bytes(EXTRACT.encode("gb18030"))

    code, said = run("reconcile", "底册.csv", "--dry-run")

    assert (code, "一致 1，需更新 1，仅本库有 1" in said, "仅核对，未写入" in said) == (0, True, True), said
    assert standing(database) == (0, 0, 0)
    assert not list((tmp_path / "data").rglob("uploads/*"))


def test_a_layout_of_ones_own_is_a_file(run: Run, tmp_path: Path) -> None:
    layout = "id: own\ntitle: 自定\ncolumns:\n  address: [住在]\n  book_no: [本号]\ncompose: []\n"
    (tmp_path / "自定.yaml").write_text(layout, encoding="utf-8")
    (tmp_path / "底册.csv").write_text(f"本号,住在\nH1,{HEAD}烟舟村12组1号\n", encoding="utf-8")

    plain, _ = run("reconcile", "底册.csv", "--dry-run")
    own, said = run("reconcile", "底册.csv", "--dry-run", "--profile", "自定.yaml")
    unknown, told = run("reconcile", "底册.csv", "--dry-run", "--profile", "没有")

    assert (plain, own, unknown) == (3, 0, 3)
    assert ("按“自定”读取" in said, "layout-unknown" in told) == (True, True)


def test_who_may_not_reconcile_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "底册.csv").write_text(EXTRACT, encoding="utf-8")

    code, said = run("reconcile", "底册.csv", by="示例财政所")

    assert (code, "right-missing" in said) == (6, True)
