"""A town as the program of an earlier version kept it comes through the upgrade without loss, down and up again.

`make_town.py` ran that program and told the town's contents by plain SQL; the data are synthetic (合成示例数据).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from address_service.store import schema
from address_service.store.backup import restore
from address_service.store.cluster import ADMIN, Cluster
from address_service.store.readiness import check_database
from tests.upgrade.contents import contents

HERE = Path(__file__).parent
FACTS: dict[str, Any] = json.loads((HERE / "town_0011.json").read_text(encoding="utf-8"))
TABLES: dict[str, dict[str, Any]] = FACTS["tables"]
NAME = "old_town"


@pytest.fixture
def town(cluster: Cluster) -> Iterator[str]:
    """The owner's URL of the old town, not yet upgraded."""
    owner = cluster.url(schema.OWNER, NAME)
    restore(cluster.url(ADMIN, "postgres"), owner, HERE / "town_0011.dump")
    yield owner
    with psycopg.connect(cluster.url(ADMIN, "postgres"), autocommit=True) as conn:
        conn.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def differing(url: str) -> set[str]:
    """Tables whose columns of that time do not hold what they held."""
    with psycopg.connect(url) as conn:
        found = contents(conn, {table: facts["columns"] for table, facts in TABLES.items()})
    return {table for table, facts in TABLES.items() if found[table] != facts}


def test_the_old_town_is_a_town() -> None:
    rows = {table: facts["rows"] for table, facts in TABLES.items()}

    assert FACTS["revision"] == "0011"
    assert rows["address"] > 100
    assert rows["address_version"] > rows["address"]
    assert len(rows) > 35
    assert rows.keys() >= {
        "renumbering_change",
        "address_change",
        "application",
        "change_consumer",
        "division_change_plan",
        "layer_history",
        "plate",
        "succession",
    }


def test_an_upgrade_loses_and_changes_nothing(town: str, cluster: Cluster) -> None:
    assert (schema.current(town), differing(town)) == ("0011", set())

    schema.upgrade(town)

    assert schema.current(town) == schema.head() > "0011"
    assert differing(town) == set()
    assert f"结构版本 {schema.head()}" in check_database(cluster.url(schema.APP, NAME))


def test_an_upgrade_taken_back_and_done_again_loses_nothing(town: str) -> None:
    schema.upgrade(town)

    schema.downgrade(town, "0011")
    taken_back = (schema.current(town), differing(town))
    schema.upgrade(town)

    assert taken_back == ("0011", set())
    assert (schema.current(town), differing(town)) == (schema.head(), set())


def test_a_lost_row_and_a_changed_value_would_be_found(town: str) -> None:
    with psycopg.connect(town) as conn:
        for change, table in (
            ("UPDATE registry.address_version SET decree_no = decree_no || '另'", "address_version"),
            ("DELETE FROM registry.door_number", "door_number"),
        ):
            conn.execute(f"{change} WHERE ctid = (SELECT min(ctid) FROM registry.{table})")

    assert differing(town) == {"address_version", "door_number"}
