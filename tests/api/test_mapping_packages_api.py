"""Mapping packages over HTTP: from the lived county to the population system across the gap, opened by 7-Zip."""

import csv
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from address_service.model.accounts import Actor, Role
from address_service.settings import Settings
from address_service.store.engine import Database
from address_service.store.keys import KeyRing
from address_service.store.work import Work, unit_of_work
from tests.population_system import PopulationSystem
from tests.services.conftest import add_town, as_approver
from tests.services.lived_county import CAME, SECOND, LivedCounty, lived_county

PASSPHRASE = "invented, for tests only"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
PACKAGES = "/api/v1/mapping-packages"
_TABLES = """SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r'
             AND relnamespace = ANY (ARRAY['registry', 'queue']::regnamespace[])"""


class Lived:
    """The county, lived through in transactions that commit, and a police office before and after."""

    def __init__(self, database: Database, admin: Actor, keys: KeyRing, police: TestClient) -> None:
        self.database, self.admin, self.keys, self.police = database, admin, keys, police
        self.county: LivedCounty | None = None

    def write(self, act: Callable[[LivedCounty], object]) -> None:
        with unit_of_work(self.database.engine, self.admin, START, self.keys) as work:
            if self.county is None:
                self.county = lived_county(work, as_approver(work), add_town(work))
            villages = self.county.villages
            villages.work = Work(work.conn, work.actor, work.now, work.keys)
            villages.approver = as_approver(work)
            villages.town.conn = villages.other.conn = work.conn
            act(self.county)

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        return self.police.post(path, json=body, headers=headers)


@pytest.fixture(scope="module")
def lived(api_database: Database, admin: Actor, keys: KeyRing, signed_in: Any) -> Lived:
    return Lived(api_database, admin, keys, signed_in(Role.POLICE))


def opened_by_7zip(archive: Path, folder: Path) -> dict[str, bytes]:
    """The files of an archive as an ordinary tool takes them out."""
    subprocess.run(
        ["7z", "x", f"-p{PASSPHRASE}", f"-o{folder}", "-bd", str(archive)], check=True, capture_output=True
    )
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(files[f"{name}.csv"].decode("gb18030"))))


def kept_texts(database: Database, folder: Path) -> str:
    """Everything that is in the database and in the files beside it, as text."""
    found = []
    with psycopg.connect(database.owner_url) as conn:
        tables = conn.execute(_TABLES).fetchall()
        for (table,) in tables:
            found += [row[0] for row in conn.execute(f"SELECT t::text FROM {table} t").fetchall()]
    found += [path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file()]
    return "\n".join(found)


def test_an_address_that_was_drafted_and_approved_waits_once(lived: Lived) -> None:
    addresses: list[int] = []
    lived.write(
        lambda county: addresses.append(
            county.work.conn.execute(text("SELECT count(*) FROM address")).scalar_one()
        )
    )

    lived.post("/api/v1/mapping-consumers", {"name": "示例系统", "division": "430626", "from_now": False})

    listed = lived.police.get("/api/v1/mapping-consumers").json()["items"]
    assert [one["waiting"] for one in listed if one["name"] == "示例系统"] == addresses
    assert addresses[0] > 10


def test_the_other_side_has_everybody_right_by_a_package_that_7zip_opened(
    lived: Lived, settings: Settings, api_database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    systems: list[PopulationSystem] = []
    lived.write(lambda county: systems.extend(county.population() for _ in range(2)))
    consumer = lived.post("/api/v1/mapping-consumers", {"name": "示例县公安局", "division": "430626"}).json()

    def live(county: LivedCounty) -> None:
        county.swap_and_cycle()
        county.merge_villages()
        county.renumber_after_merger()
        county.place_households(county.split_door())
        county.merge_and_reuse()

    lived.write(live)
    waiting = lived.police.get("/api/v1/mapping-consumers").json()["items"][0]["waiting"]

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(lived.post, PACKAGES, {"consumer_id": consumer["id"]}) for _ in range(2)]
        first, second = (one.result().json() for one in asked)
    again = lived.post(PACKAGES, {"consumer_id": consumer["id"]}).json()
    archive = lived.post(f"{PACKAGES}/{first['id']}/archive", {"passphrase": PASSPHRASE})
    (tmp_path / "a.zip").write_bytes(archive.content)
    files = opened_by_7zip(tmp_path / "a.zip", tmp_path / "out")
    by_rows, by_set = systems
    for _ in range(2):
        by_rows.import_row_by_row("1", rows(files, "steps"))
        by_set.import_as_a_set("1", rows(files, "moves"))
    where: dict[str, str] = {}
    lived.write(lambda county: where.update(county.where()))

    assert waiting > 20
    assert first == second == again
    assert (first["sequence"], first["held"], first["stage_text"]) == (1, 0, "已发出，待确认")
    assert by_rows.where() == where
    assert by_set.where() == where
    assert {person.since for people in by_rows.doors.values() for person in people} == {CAME}
    assert f'"{SECOND}"' in files["moves.csv"].decode("gb18030")
    kept = kept_texts(api_database, settings.data_dir)
    assert not [word for word in (PASSPHRASE, f'"{SECOND}"') if word in kept + caplog.text]

    listed = lived.police.get(f"{PACKAGES}/{first['id']}/rows", params={"limit": 2}).json()
    card = lived.police.get(f"{PACKAGES}/{first['id']}").json()
    assert ([row["row_no"] for row in listed["items"]], listed["next_cursor"]) == ([1, 2], "2")
    assert card["states"] == {"issued": card["moves"]}

    done = lived.post(
        f"{PACKAGES}/{first['id']}/acknowledge", {"digest": first["digest"]}, **{"If-Match": '"1"'}
    )
    nothing = lived.post(PACKAGES, {"consumer_id": consumer["id"]})
    assert (done.status_code, done.json()["stage"]) == (200, "acknowledged")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "mapping-nothing-new")


def test_what_is_repeated_under_one_key_registers_one_consumer(lived: Lived) -> None:
    body = {"name": "示例派出所", "division": "430626113", "profile": "police"}

    first, again = (
        lived.post("/api/v1/mapping-consumers", body, **{"Idempotency-Key": "once"}) for _ in range(2)
    )
    other = lived.post("/api/v1/mapping-consumers", body)

    assert (first.status_code, first.json()["id"]) == (201, again.json()["id"])
    assert (other.status_code, other.json()["code"]) == (409, "mapping-consumer-exists")


def test_a_passphrase_that_protects_nothing_is_refused_and_not_repeated(lived: Lived) -> None:
    asked = {"name": "示例民政局", "division": "430626", "from_now": False}
    lived.write(lambda county: None)
    consumer = lived.post("/api/v1/mapping-consumers", asked).json()
    package = lived.post(PACKAGES, {"consumer_id": consumer["id"]}).json()

    answer = lived.post(f"{PACKAGES}/{package['id']}/archive", {"passphrase": "沙坪七号院四月"})

    assert (answer.status_code, answer.json()["code"]) == (422, "passphrase-too-short")
    assert "沙坪七号院四月" not in answer.text
