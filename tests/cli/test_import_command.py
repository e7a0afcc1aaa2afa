"""The command that imports has the rights of the account it acts for, whatever the file says."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from address_service import cli
from address_service.model.accounts import Role
from address_service.store.engine import Database
from address_service.store.work import unit_of_work
from tests.conftest import add_county
from tests.services.imports.conftest import TOWN, Register, parcels

SHEET = "宗地代码,村代码,组名\n430626113208JC00001,430626113208,3组\n"


@pytest.mark.parametrize(
    ("role", "state"), [(Role.CIVIL_AFFAIRS, "approved"), (Role.NATURAL_RESOURCES, "filed")]
)
def test_a_name_is_approved_only_by_an_office_of_names(
    database: Database,
    clock: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    role: Role,
    state: str,
) -> None:
    with database.engine.begin() as conn:
        admin = add_county(conn)
    with unit_of_work(database.engine, admin, clock) as work:
        register = Register(work)
        register.divisions()
        register.boundaries()
        register.bring("parcels", parcels(("00001", 100, 100)))
        work.accounts.create("示例经办", role, TOWN)
    (tmp_path / "归组.csv").write_text(SHEET, encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    command = ["import", "groups", str(tmp_path / "归组.csv"), "--decree", "示例〔2020〕1号"]
    monkeypatch.setattr("sys.argv", ["address-service", *command, "--as", "示例经办"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert not ended.value.code
    with database.engine.connect() as conn:
        assert conn.execute(text("SELECT name_state FROM place_version")).scalars().all() == [state]
