"""A queued import has the rights of the account that sent it, whatever the file says."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
import shapely
from sqlalchemy import text

from address_service.jobs.handlers import Workshop, import_job
from address_service.model.accounts import Role
from address_service.services.queue_import import ImportLayer, ImportOptions, queue_import
from address_service.settings import Settings
from address_service.store.engine import Database
from address_service.store.files import FileStore
from address_service.store.work import unit_of_work
from tests.conftest import add_county
from tests.services.imports.conftest import TOWN, WEST, Register, line


def street_file() -> bytes:
    """One street that says of itself that it is approved."""
    facts = {
        "街路名称": "童兴街",
        "村代码": WEST,
        "名称状态": "已批准",
        "批准文号": "示例〔2020〕1号",
    }
    geometry = json.loads(shapely.to_geojson(line((100, 100), (600, 120))))
    feature = {"type": "Feature", "properties": facts, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


@pytest.mark.parametrize(
    ("role", "state"), [(Role.CIVIL_AFFAIRS, "approved"), (Role.NATURAL_RESOURCES, "proposed")]
)
def test_a_name_is_approved_only_by_an_office_of_names(
    database: Database, clock: datetime, tmp_path: Path, role: Role, state: str
) -> None:
    with database.engine.begin() as conn:
        admin = add_county(conn)
    shop = Workshop(Settings(data_dir=tmp_path), database.engine, FileStore(tmp_path))
    with unit_of_work(database.engine, admin, clock) as work:
        Register(work).divisions()
        sender = work.accounts.create("示例经办", role, TOWN)
    with unit_of_work(database.engine, sender, clock) as work:
        file, options = BytesIO(street_file()), ImportOptions()
        run_id: UUID = queue_import(
            work, shop.files, ImportLayer.STREETS, "街路.geojson", file, 1 << 20, options
        )

    import_job(shop, sender.county_code, str(run_id), sender.name)

    with database.engine.connect() as conn:
        assert conn.execute(text("SELECT name_state FROM place_version")).scalars().all() == [state]
