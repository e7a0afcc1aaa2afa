"""A mapping package from the command line: written under a passphrase, verified, acknowledged by its digest."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from address_service import cli
from address_service.model.accounts import Role
from address_service.reconcile.package_content import TextEncoding
from address_service.services.issue_mapping_package import register_consumer
from address_service.store.engine import Database
from address_service.store.work import Work, unit_of_work
from tests.conftest import add_county
from tests.services.conftest import add_town
from tests.services.villages import two_villages

PASSPHRASE = "invented, for tests only"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    database: Database,
    tmp_path: Path,
    key_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """The program over two villages and a consumer that knows no address; gives exit code and what it says."""
    with database.engine.begin() as conn:
        admin = add_county(conn)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with unit_of_work(database.engine, admin, yesterday) as work:
        county = work.accounts.create("示例县民政局", Role.COUNTY, "430626")
        two_villages(work, Work(work.conn, county, yesterday + timedelta(minutes=1)), add_town(work))
        register_consumer(work, "示例县公安局", "430626", "generic", TextEncoding.GB18030, from_now=False)
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KEY_DIR", str(key_folder))
    monkeypatch.setenv("ADMINISTRATORS", "together")
    monkeypatch.setenv("MAPPING_PASSPHRASE", PASSPHRASE)

    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["address-service", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return call


def test_a_package_is_written_verified_and_acknowledged_by_its_digest(run: Run, tmp_path: Path) -> None:
    code, said = run("export", "mapping", "示例县公安局", "--into", str(tmp_path))
    checked, found = run("mapping", "verify", str(tmp_path / "mapping-0001.zip"))
    digest = re.search(r"本包摘要（SM3）：([0-9a-f]{64})", said)

    assert (code, checked) == (0, 0), said + found
    assert digest is not None
    assert digest[1] in found
    assert PASSPHRASE not in said
    assert run("export", "mapping", "示例县公安局", "--acknowledge", "0" * 64)[0] == 5
    assert run("export", "mapping", "示例县公安局", "--acknowledge", digest[1])[0] == 0
    again, nothing = run("export", "mapping", "示例县公安局", "--into", str(tmp_path))
    assert (again, "没有新的地址变更" in nothing) == (5, True)


def test_an_unknown_consumer_is_said(run: Run) -> None:
    assert run("export", "mapping", "别处")[0] == 4


def test_a_receipt_is_taken_once_and_names_the_rows_that_are_no_answer(run: Run, tmp_path: Path) -> None:
    run("export", "mapping", "示例县公安局", "--into", str(tmp_path))
    receipt = tmp_path / "回执.csv"
    receipt.write_bytes("对照号,结果,原因\n1,接受,\n2,拒绝,查无此址\n9999,接受,\n".encode("gb18030"))

    tried, dry = run("exchange", "receipt", "示例县公安局", str(receipt), "--dry-run")
    code, said = run("exchange", "receipt", "示例县公安局", str(receipt), "--number", "1")
    again, known = run("exchange", "receipt", "示例县公安局", str(receipt))
    other, missing = run("exchange", "receipt", "示例县公安局", str(receipt), "--number", "2")

    assert (tried, code, again) == (0, 0, 0), dry + said + known
    assert "仅检查，未写入" in dry
    assert "读取 3，接受 1，拒绝 1" in said
    assert "第3行 对照号 包内没有这个对照号" in said
    assert "此文件已收过" in known
    assert (other, "没有这个对照包" in missing) == (4, True)
