"""Files of strangers through upload and worker: each import ends with its reasons, and nothing leaves its folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from address_service.model.accounts import Role
from address_service.settings import Settings
from address_service.store.engine import Database
from tests.api.answers_to_anything import PLANTED_ID, faults_of
from tests.api.hostile_files import FILES
from tests.api.two_villages import HOME, Builder

TABLES = (
    "building",
    "parcel",
    "place",
    "division",
    "division_version",
    "address",
    "door_number",
    "membership",
)


@pytest.fixture(scope="module")
def town(signed_in: Any, run_jobs: Callable[[], None], committed: Any) -> None:
    """Two villages and two towns with everything in them."""
    Builder(signed_in, run_jobs, committed).build()


def counted(database: Database) -> dict[str, int]:
    """Rows by table."""
    with database.engine.connect() as conn:
        return {name: conn.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in TABLES}


@pytest.mark.parametrize("layer", ["buildings", "divisions", "boundaries"])
@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_words_and_writes_nothing(
    town: None,
    signed_in: Any,
    run_jobs: Callable[[], None],
    api_database: Database,
    settings: Settings,
    name: str,
    layer: str,
) -> None:
    client = signed_in(Role.CIVIL_AFFAIRS)
    filename, make = FILES[name]
    before, outside = counted(api_database), set(settings.data_dir.parent.iterdir())

    sent = client.post(
        "/api/v1/jobs", data={"layer": layer, "all_or_nothing": "true"}, files={"file": (filename, make())}
    )
    run_jobs()

    assert faults_of(sent.status_code, sent.headers["content-type"], sent.content) == []
    if sent.status_code == 202:
        job = client.get(f"/api/v1/jobs/{sent.json()['id']}").json()
        rejects = client.get(f"/api/v1/jobs/{sent.json()['id']}/rejects").text
        assert job["stage"] == "failed", f"{job}"
        assert "internal-error" not in str(job["report"])
        assert "Traceback" not in str(job) + rejects
        assert PLANTED_ID not in str(job)
        assert "root:" not in rejects
    assert counted(api_database) == before
    assert set(settings.data_dir.parent.iterdir()) == outside
    assert not list(Path("/tmp").glob("slipped*"))  # noqa: S108
    assert not list((settings.data_dir / "uploads").iterdir())


def test_the_same_way_takes_a_sound_file(town: None, signed_in: Any, run_jobs: Callable[[], None]) -> None:
    client = signed_in(Role.CIVIL_AFFAIRS)
    rows = f"建筑编号,村代码,用途,层数,村民小组,经度,纬度\n善-1,{HOME},住宅,2,12组,113.61,28.81\n"

    sent = client.post("/api/v1/jobs", data={"layer": "buildings"}, files={"file": ("x.csv", rows)}).json()
    run_jobs()

    done = client.get(f"/api/v1/jobs/{sent['id']}").json()
    assert (done["stage"], done["accepted"]) == ("done", 1)
