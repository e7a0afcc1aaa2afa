"""A rotation killed with -9 in its midst three times: a reader who never stops reads everybody at every moment.

The acceptance run is ROTATE_PERSONS=100000.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest

from address_service.model.accounts import Actor, Role
from address_service.residents.person import PersonFacts
from address_service.settings import CryptoSuite
from address_service.store.engine import Database
from address_service.store.ids import new_id
from address_service.store.keys import Purpose, keep_key, make_key
from address_service.store.resident_entries import NewPerson
from address_service.store.work import Work
from tests.services.test_rotate_keys import House

PERSONS = int(os.environ.get("ROTATE_PERSONS", "2000"))
KILLS = 3
BATCH = max(50, PERSONS // 200)
ADMIN = "示例系统管理员"
_PART = 5_000


def invented(n: int) -> PersonFacts:
    return PersonFacts(f"示例{n}", f"43062619800{n:07d}")


@pytest.fixture
def house(
    database: Database, make_county: Callable[..., Actor], make_town: Callable[[Work], Any], tmp_path: Path
) -> House:
    with database.engine.begin() as conn:
        actor = make_county(conn)
    made = House(database, actor, tmp_path / "keys", {})
    for purpose in Purpose:
        keep_key(made.folder, make_key(purpose, CryptoSuite.SM))
    with made.work() as work:
        village = make_town(work).village_id
        work.accounts.create(ADMIN, Role.ADMIN, "430626")
    for start in range(0, PERSONS, _PART):
        new = [NewPerson(new_id(), village, invented(n)) for n in range(start, min(start + _PART, PERSONS))]
        with made.work() as work:
            work.resident_writer.add_persons(new)
        made.persons |= {one.id: one.facts.name for one in new}
    return made


@dataclass
class Reader:
    """Reads one person after the other by id and by number, as another process would, until it is told to stop."""

    house: House
    reads: int = 0
    failures: list[str] = field(default_factory=list)
    _over: Event = field(default_factory=Event)

    def run(self) -> None:
        dice = random.Random(20_260_302)
        ids = list(self.house.persons)
        while not self._over.is_set():
            self._read(ids, dice.randrange(len(ids)))

    def _read(self, ids: list[UUID], n: int) -> None:
        try:
            with self.house.work() as work:
                facts = work.residents.person(ids[n]).facts
            found = self.house.found(invented(n).id_no or "")
            if facts != invented(n) or found != [ids[n]]:
                self.failures.append(f"person {n} read otherwise")
        except Exception as error:
            self.failures.append(f"person {n}: {error}")
        self.reads += 1

    @contextmanager
    def reading(self) -> Iterator[None]:
        thread = Thread(target=self.run)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()


def rotation(house: House) -> "subprocess.Popen[bytes]":
    """The real command in a process of its own."""
    settings = {
        "DATABASE_URL": house.database.app_url,
        "OWNER_DATABASE_URL": house.database.owner_url,
        "KEY_DIR": str(house.folder),
        "DATA_DIR": str(house.folder.parent / "data"),
    }
    program = [sys.executable, "-m", "address_service.cli"]
    command = [*program, "keys", "rotate", "--batch", str(BATCH), "--as", ADMIN]
    return subprocess.Popen(command, env=os.environ | settings, cwd=house.folder.parent)


def carried(database: Database, key: UUID) -> int:
    with psycopg.connect(database.owner_url) as conn:
        row = conn.execute("SELECT count(*) FROM registry.person WHERE key_id = %s", [key]).fetchone()
    assert row is not None
    return int(row[0])


def kill_in_the_midst(house: House, key: UUID, at: int, pause: float) -> None:
    """Kill it once so many rows are under the new key, a little later, wherever it is by then."""
    with rotation(house) as process:
        while process.poll() is None and carried(house.database, key) < at:
            time.sleep(0.005)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def test_a_rotation_killed_three_times_leaves_everybody_readable_at_every_moment(house: House) -> None:
    house.new_keys()
    with house.work() as work:
        seal_key, index_key = work.seal.current_ids()
    dice, reader, read_by_then = random.Random(20_260_303), Reader(house), [0]

    with reader.reading():
        for turn in range(1, KILLS + 1):
            kill_in_the_midst(house, seal_key, PERSONS * turn // (KILLS + 2), dice.random() / 50)
            read_by_then.append(reader.reads)
            assert 0 < carried(house.database, seal_key) < PERSONS
        with rotation(house) as process:
            assert process.wait() == 0
        read_by_then.append(reader.reads)

    assert reader.failures == []
    assert read_by_then == sorted(set(read_by_then))
    assert house.keys_in_use() == {(seal_key, index_key)}
    assert house.read_all() == house.persons
