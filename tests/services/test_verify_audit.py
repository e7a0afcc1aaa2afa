"""What somebody with every right over the database, and without the key, does to the audit is found."""

import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from address_service.coding.audit_anchor import AnchorFlaw
from address_service.coding.audit_check import Flaw
from address_service.model.accounts import Actor
from address_service.model.audit import AuditNote
from address_service.services.verify_audit import Verdict, anchor_audit, verify_audit, write_anchor_file
from address_service.settings import CryptoSuite, Settings
from address_service.store import schema
from address_service.store.audit import AuditTrail, with_trail
from address_service.store.backup import back_up, restore
from address_service.store.cluster import ADMIN, Cluster
from address_service.store.engine import Database, make_engine
from address_service.store.files import FileStore
from address_service.store.keys import KeyRing, KeySource, Purpose, keep_key, make_key, ring_of
from address_service.store.work import unit_of_work
from tests.audit_lines import as_superuser

TIMES = int(os.environ.get("TAMPER_TIMES", "60"))
LINES = 60
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Audit:
    """A register with some lines in four chains, anchored, and who may do everything to it."""

    def __init__(self, database: Database, actor: Actor, folder: Path) -> None:
        self.database, self.actor, self.files = database, actor, FileStore(folder)
        self.keys = ring_of(Settings(_env_file=None))
        self.engine = with_trail(database.engine, AuditTrail(self.keys, chains=4))

    def write(self, count: int, engine: Any = None) -> None:
        now = datetime.now(UTC)
        for number in range(count):
            with unit_of_work(engine or self.engine, self.actor, now + timedelta(seconds=number)) as work:
                detail: dict[str, str | int] = {"count": number, "purpose": "核对"}
                work.note(AuditNote("person.read", "person", f"{number}", detail, None, b"\1" * 32, "来访"))

    def anchor(self) -> None:
        with unit_of_work(self.engine, self.actor, datetime.now(UTC), unnamed=None) as work:
            anchor_audit(work, self.keys)
        with unit_of_work(self.engine, self.actor, datetime.now(UTC), unnamed=None) as work:
            write_anchor_file(work, self.files)

    def verify(self, keys: KeyRing | None = None, since: datetime = LONG_AGO) -> Verdict:
        with unit_of_work(self.engine, self.actor, datetime.now(UTC), unnamed=None) as work:
            return verify_audit(work, self.files, keys or self.keys, since)


@pytest.fixture
def audit(database: Database, make_county: Any, tmp_path: Path) -> Audit:
    with database.engine.begin() as conn:
        actor: Actor = make_county(conn)
    return Audit(database, actor, tmp_path)


@pytest.fixture
def four_chains(audit: Audit) -> Audit:
    """Lines in every one of four chains."""
    for chain in range(4):
        trail = AuditTrail(audit.keys, chains=4)
        trail._free.clear()
        trail._free.append(chain)
        audit.write(LINES // 4, with_trail(audit.database.engine, trail))
    audit.anchor()
    return audit


def test_an_audit_as_the_service_writes_it_is_sound(four_chains: Audit) -> None:
    found = four_chains.verify()

    assert (found.is_sound, found.tally.lines, found.tally.chains) == (True, LINES, 4)
    assert (found.anchors, found.anchored_lines, found.file_is_missing) == (1, LINES, False)


_EDITS = {
    "county_code": "'430699'",
    "at": "at + interval '1 microsecond'",
    "account_id": "gen_random_uuid()",
    "account_name": "account_name || '甲'",
    "office": "'village'",
    "scope": "'430626113'",
    "channel": "'page'",
    "source": "'192.0.2.99'",
    "request_id": "gen_random_uuid()",
    "action": "'person.list'",
    "object_kind": "'house'",
    "object_id": "'别人'",
    "detail": "detail || '{\"count\": 7777}'",
    "before": "'\\x00'",
    "after": "NULL",
    "reason": "'另有缘由'",
    "key_id": "gen_random_uuid()",
    "previous": "sha256(previous)",
    "mac": "sha256(mac)",
    "chain": "chain + 100",
    "seq": "seq + 1000",
}
_HERE = "WHERE chain = %(chain)s AND seq = %(seq)s"


def tamper(conn: "psycopg.Connection[Any]", dice: random.Random, kind: str) -> None:
    """One change by hand, of a kind."""
    place = {"chain": dice.randrange(4), "seq": dice.randrange(1, LINES // 4 + 1)}
    if kind == "edit":
        column = dice.choice(list(_EDITS))
        conn.execute(f"UPDATE audit_line SET {column} = {_EDITS[column]} {_HERE}", place)
    elif kind == "drop":
        conn.execute(f"DELETE FROM audit_line {_HERE}", place)
    elif kind == "drop last":
        conn.execute(f"DELETE FROM audit_line {_HERE}", {**place, "seq": LINES // 4})
    elif kind == "drop last and move the head":
        conn.execute(f"DELETE FROM audit_line {_HERE}", {**place, "seq": LINES // 4})
        conn.execute(
            "UPDATE audit_head h SET seq = l.seq, mac = l.mac FROM audit_line l WHERE h.chain = %(chain)s"
            " AND l.chain = h.chain AND l.seq = h.seq - 1",
            place,
        )
    elif kind == "swap":
        other = place["seq"] % (LINES // 4) + 1
        for old, new in ((place["seq"], 0), (other, place["seq"]), (0, other)):
            args = {"chain": place["chain"], "seq": old or 9999, "new": new or 9999}
            conn.execute(f"UPDATE audit_line SET seq = %(new)s {_HERE}", args)
    elif kind == "insert":
        conn.execute(
            "INSERT INTO audit_line SELECT county_code, chain, seq + 1000, at, account_id, account_name, office, scope,"
            " channel, source, request_id, action, object_kind, object_id, detail, before, after, reason, key_id, mac,"
            f" sha256(mac) FROM audit_line {_HERE}",
            place,
        )
    elif kind == "drop a chain":
        conn.execute("DELETE FROM audit_line WHERE chain = %(chain)s", place)
        conn.execute("DELETE FROM audit_head WHERE chain = %(chain)s", place)
    else:
        conn.execute("UPDATE audit_head SET seq = seq - 1 WHERE chain = %(chain)s", place)


KINDS = ("edit", "drop", "drop last", "drop last and move the head", "swap", "insert", "drop a chain", "head")


def test_every_change_by_hand_in_the_database_is_found(four_chains: Audit) -> None:
    dice = random.Random(20_260_302)
    saved = ("audit_line", "audit_head")

    with as_superuser(four_chains.database.owner_url) as conn:
        for table in saved:
            conn.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
        for number in range(TIMES):
            kind = KINDS[number % len(KINDS)]
            tamper(conn, dice, kind)
            assert not four_chains.verify().is_sound, (number, kind)
            for table in saved:
                conn.execute(f"TRUNCATE {table}")
                conn.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")

    assert four_chains.verify().is_sound


@pytest.mark.parametrize("column", list(_EDITS))
def test_an_edit_of_any_column_is_found(four_chains: Audit, column: str) -> None:
    with as_superuser(four_chains.database.owner_url) as conn:
        conn.execute(f"UPDATE audit_line SET {column} = {_EDITS[column]} {_HERE}", {"chain": 2, "seq": 5})

    found = four_chains.verify()

    assert {(one.chain, one.seq) for one in found.findings} & {(2, 5), (2, 6)}


@pytest.mark.parametrize("value", ["'infinity'", "'-infinity'", "NULL"])
def test_moments_that_no_program_can_read_are_found_too(four_chains: Audit, value: str) -> None:
    with as_superuser(four_chains.database.owner_url) as conn:
        conn.execute("ALTER TABLE audit_line ALTER at DROP NOT NULL")
        conn.execute(f"UPDATE audit_line SET at = {value} {_HERE}", {"chain": 1, "seq": 3})

    (finding,) = four_chains.verify().findings

    assert (finding.flaw, finding.chain, finding.seq) == (Flaw.CHANGED, 1, 3)


def test_numbers_that_no_program_can_read_are_found_too(four_chains: Audit) -> None:
    with as_superuser(four_chains.database.owner_url) as conn:
        conn.execute(
            f"UPDATE audit_line SET detail = CAST('{{\"count\": 1' || repeat('0', 5000) || '}}' AS jsonb) {_HERE}",
            {"chain": 1, "seq": 3},
        )

    (finding,) = four_chains.verify().findings

    assert (finding.flaw, finding.chain, finding.seq) == (Flaw.CHANGED, 1, 3)


# ---------------------------------------------------------------- anchors


def test_anchors_taken_out_of_the_register_are_missed_by_the_file(four_chains: Audit) -> None:
    with as_superuser(four_chains.database.owner_url) as conn:
        conn.execute("DELETE FROM audit_anchor")

    assert four_chains.verify().anchor_flaws == [(AnchorFlaw.CUT, 1)]


def test_a_file_without_its_last_anchors_catches_up_and_half_a_line_is_cut_off(four_chains: Audit) -> None:
    path = four_chains.files.root / "audit-anchors" / "430626.jsonl"
    path.write_text(path.read_text()[:50])

    four_chains.write(1)
    four_chains.anchor()

    assert len(path.read_text().splitlines()) == 2
    assert (four_chains.verify().is_sound, four_chains.verify().anchors) == (True, 2)
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_edited_anchor_file_is_found(four_chains: Audit) -> None:
    path = four_chains.files.root / "audit-anchors" / "430626.jsonl"
    path.write_text(path.read_text().replace('"no": 1', '"no": 2'))

    assert not four_chains.verify().is_sound


def test_nothing_is_anchored_twice(four_chains: Audit) -> None:
    four_chains.anchor()

    assert four_chains.verify().anchors == 1


def test_without_a_file_the_register_s_own_anchors_count(four_chains: Audit) -> None:
    (four_chains.files.root / "audit-anchors" / "430626.jsonl").unlink()
    with as_superuser(four_chains.database.owner_url) as conn:
        tamper(conn, random.Random(1), "drop last and move the head")

    found = four_chains.verify()

    assert (found.file_is_missing, set(found.flaws)) == (True, {Flaw.ANCHOR})


# ---------------------------------------------------------------- keys, age, restore


def test_lines_of_an_old_key_are_verified_after_a_new_one_was_made(audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keep_key(folder, make_key(Purpose.AUDIT, CryptoSuite.INTERNATIONAL))
    audit.keys = KeyRing(KeySource(folder))
    audit.engine = with_trail(audit.database.engine, AuditTrail(audit.keys, chains=4))
    audit.write(10)
    newer = keep_key(folder, make_key(Purpose.AUDIT, CryptoSuite.SM))
    audit.write(10)

    sound = audit.verify()
    newer.unlink()
    without = audit.verify(KeyRing(KeySource(folder)))

    assert (sound.is_sound, sound.tally.lines) == (True, 20)
    assert without.flaws == {Flaw.KEY: 10}


def test_lines_past_their_years_are_counted_and_stay(four_chains: Audit) -> None:
    found = four_chains.verify(since=datetime.now(UTC) + timedelta(days=1))

    assert (found.is_sound, found.past_keeping) == (True, LINES)


def test_a_restored_register_has_the_whole_audit(
    four_chains: Audit, cluster: Cluster, tmp_path: Path
) -> None:
    dump = tmp_path / "register.dump"
    back_up(four_chains.database.owner_url, dump)
    admin = cluster.url(ADMIN, "postgres")
    owner, app = cluster.url(schema.OWNER, "restored"), cluster.url(schema.APP, "restored")

    restore(admin, owner, dump)
    engine = with_trail(make_engine(app), AuditTrail(four_chains.keys))
    four_chains.engine = engine
    found = four_chains.verify()
    four_chains.write(3)
    after = four_chains.verify()
    engine.dispose()
    with psycopg.connect(app) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("DELETE FROM audit_line")
    with psycopg.connect(owner) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("DELETE FROM audit_line")
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute("DROP DATABASE restored WITH (FORCE)")

    assert (found.is_sound, found.tally.lines) == (True, LINES)
    assert (after.is_sound, after.tally.lines) == (True, LINES + 3)


_VICTIM = """
import sys
from datetime import UTC, datetime
from uuid import UUID
from address_service.model.accounts import Actor, Role
from address_service.model.audit import AuditNote
from address_service.settings import Settings
from address_service.store import work as works
from address_service.store.audit import AuditTrail, with_trail
from address_service.store.engine import Lane, make_engine
from address_service.store.keys import ring_of
url, account = sys.argv[1:]
engine = with_trail(make_engine(url, Lane.JOBS), AuditTrail(ring_of(Settings()), chains=1))
actor = Actor(UUID(account), "示例管理员", Role("admin"), "430626", "430626")
with works.begin(engine) as conn:
    work = works.Work(conn, actor, datetime.now(UTC))
    work.note(AuditNote("act", "thing"))
    with works.trail_of(engine).append(conn, "430626", work.audit_lines()):
        print("written", flush=True)
        sys.stdin.readline()
"""


def test_a_process_killed_between_its_line_and_the_commit_leaves_a_sound_audit(audit: Audit) -> None:
    audit.engine = with_trail(audit.database.engine, AuditTrail(audit.keys, chains=1))
    audit.write(5)
    command = [sys.executable, "-c", _VICTIM, audit.database.app_url, str(audit.actor.account_id)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "written"
        process.send_signal(signal.SIGKILL)

    audit.write(5)
    found = audit.verify()

    assert (found.is_sound, found.tally.lines) == (True, 10)
