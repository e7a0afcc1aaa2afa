"""A backup folder holds database and files of one moment and no key, and is restored whole or not at all."""

import hashlib
import json
import re
import shutil
import subprocess
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest

from address_service.errors import Conflict, InvalidInput, NotReady, ServiceError
from address_service.model.residents import HouseholdKind
from address_service.residents.person import PersonFacts
from address_service.settings import CryptoSuite
from address_service.store import schema
from address_service.store.backup import database_as_admin
from address_service.store.backup_files import copy_file
from address_service.store.backup_folder import Place, make_backup
from address_service.store.backup_keys import KEY_COLUMNS, check_keys, export_keys
from address_service.store.backup_manifest import CHECKSUM, MANIFEST, Manifest, read_manifest
from address_service.store.cluster import ADMIN, Cluster
from address_service.store.engine import Database
from address_service.store.files import KEPT_FOLDERS, PASSING_FOLDERS
from address_service.store.ids import new_id
from address_service.store.keys import KeyRing, KeySource, Purpose, keep_key, make_key
from address_service.store.postgres import find_binaries
from address_service.store.resident_entries import NewHousehold, NewPerson
from address_service.store.resident_scope import open_scope
from address_service.store.residents import ResidentWriter
from address_service.store.restore_folder import compare_tables, restore_backup
from address_service.store.seal import Seal
from address_service.store.table_digests import digest_tables
from tests.conftest import ROOT, CopyDatabase
from tests.store.conftest import MapWorld, settle

KEY = b"\x00planted key, thirty-two bytes..\xff"
_names = count()


@dataclass
class Fresh:
    """A database that does not exist yet, and a DATA_DIR likewise."""

    admin: str
    owner: str
    data_dir: Path

    def take(self, folder: Path, expected: str | None = None) -> Manifest:
        return restore_backup(folder, self.admin, self.owner, self.data_dir, expected)

    def is_untouched(self) -> bool:
        with psycopg.connect(self.admin) as conn:
            query = "SELECT count(*) FROM pg_database WHERE datname = %s"
            return not self.data_dir.exists() and conn.execute(
                query, [schema.database_name(self.owner)]
            ).fetchone() == (0,)


@pytest.fixture
def fresh(cluster: Cluster, tmp_path: Path) -> Iterator[Fresh]:
    name = f"restored_{next(_names)}"
    yield Fresh(cluster.url(ADMIN, "postgres"), cluster.url(schema.OWNER, name), tmp_path / "restored")
    with psycopg.connect(cluster.url(ADMIN, "postgres"), autocommit=True) as conn:
        conn.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def furnish(data: Path) -> Path:
    """A DATA_DIR with a printed batch, an upload, rejects, and keys."""
    for name, content in {
        "plates/20260302-01/plates.pdf": b"%PDF plates",
        "plates/20260302-01/list.xlsx": b"PK list",
        "uploads/0192.gpkg": b"layer",
        "uploads/.part-7": b"half of a layer",
        "rejects/0193.csv": "行号,原因\n".encode(),
        "work/unpacked.shp": b"passing",
        "keys/seal-1.key": KEY,
        "demo-api-key": b"secret of a demo",
    }.items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(content)
    return data


def inhabit(world: MapWorld) -> MapWorld:
    """A street with an address, and a house."""
    street = world.place("street", "童兴街", 1)
    world.address(street, 1, "童兴街1号", 0, 0)
    world.building("B2", 40, 0)
    return world


@pytest.fixture
def place(world: MapWorld, database: Database, cluster: Cluster, tmp_path: Path) -> Place:
    """A register of the test's own, to be written to."""
    inhabit(world)
    url = database_as_admin(cluster.url(ADMIN, "postgres"), database.owner_url)
    return Place(url, furnish(tmp_path / "data"))


@dataclass
class Shelf:
    """A backup that several tests copy, and the contents of three tables when it was made."""

    backup: Path
    contents: list[list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def shelf(
    copy_database: CopyDatabase, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shelf]:
    home = tmp_path_factory.mktemp("shelf")
    with copy_database() as database:
        with psycopg.connect(database.app_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as conn:
            inhabit(settle(conn, "430626"))
        url = database_as_admin(cluster.url(ADMIN, "postgres"), database.owner_url)
        make_backup(Place(url, furnish(home / "data")), home / "backup", datetime(2026, 3, 2, tzinfo=UTC))
        yield Shelf(home / "backup", told(url))


def told(url: str) -> list[list[tuple[object, ...]]]:
    """Contents of three tables."""
    queries = (
        "SELECT full_text, position::text, valid FROM registry.address_version",
        "SELECT building_code, geom::text, geom_3857::text FROM registry.building",
        "SELECT id, name, role FROM registry.account ORDER BY id",
    )
    with psycopg.connect(url) as conn:
        return [conn.execute(query).fetchall() for query in queries]


@pytest.fixture
def folder(shelf: Shelf, tmp_path: Path) -> Path:
    """A backup of the test's own, to be harmed."""
    return shutil.copytree(shelf.backup, tmp_path / "backup")


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def rewrite_manifest(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Change a manifest together with its checksum, as somebody would who knows what he does."""
    manifest = json.loads((folder / MANIFEST).read_text())
    change(manifest)
    content = json.dumps(manifest).encode()
    (folder / MANIFEST).write_bytes(content)
    (folder / CHECKSUM).write_text(f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n")


def test_what_is_restored_is_what_was_backed_up(folder: Path, fresh: Fresh, shelf: Shelf) -> None:
    manifest = fresh.take(folder)

    assert told(fresh.owner) == shelf.contents
    assert all(shelf.contents)
    assert manifest.tables["registry.building"].rows == 1
    assert manifest.tables["registry.account"].rows == 2
    assert manifest.tables["public.schema_version"].rows == 1
    assert (manifest.revision, manifest.counties) == (schema.head(), ("430626",))
    assert files_below(fresh.data_dir) == {
        "plates/20260302-01/plates.pdf": b"%PDF plates",
        "plates/20260302-01/list.xlsx": b"PK list",
        "uploads/0192.gpkg": b"layer",
        "rejects/0193.csv": "行号,原因\n".encode(),
    }


def test_no_key_and_no_secret_of_the_house_is_in_a_backup(folder: Path) -> None:
    found = files_below(folder)

    assert not any(KEY in content or b"secret of a demo" in content for content in found.values())
    assert json.loads(found[MANIFEST])["left_out"] == ["demo-api-key", "keys", "work"]
    assert {path.stat().st_mode & 0o077 for path in [folder, *folder.rglob("*")]} == {0}


def test_keys_that_lie_among_the_files_keep_a_backup_from_being_made(clock: datetime, tmp_path: Path) -> None:
    data = furnish(tmp_path / "data")
    astray = Place("dbname=nowhere", data, data / "uploads" / "keys")

    with pytest.raises(InvalidInput) as caught:
        make_backup(astray, tmp_path / "backup", clock)

    assert caught.value.code == "keys-among-files"
    assert not (tmp_path / "backup").exists()


def test_the_programs_of_any_system_check_a_manifest(folder: Path) -> None:
    digest, name = (folder / CHECKSUM).read_text().split()

    assert name == MANIFEST
    assert hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest() == digest


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def link(path: Path) -> None:
    moved = path.parents[3] / "moved"
    shutil.move(path, moved)
    path.symlink_to(moved)


HARMS: dict[str, Callable[[Path], object]] = {
    "a bit of the dump flipped": lambda folder: flip(folder / "database.dump", 5000),
    "the dump truncated": lambda folder: (folder / "database.dump").write_bytes(
        (folder / "database.dump").read_bytes()[:-1]
    ),
    "the dump gone": lambda folder: (folder / "database.dump").unlink(),
    "a file changed": lambda folder: flip(folder / "files/uploads/0192.gpkg", 0),
    "a file gone": lambda folder: (folder / "files/rejects/0193.csv").unlink(),
    "a file more": lambda folder: (folder / "files/uploads/more.gpkg").write_bytes(b"x"),
    "a file elsewhere": lambda folder: (folder / "note.txt").write_bytes(b"x"),
    "a file that is a link": lambda folder: link(folder / "files/uploads/0192.gpkg"),
    "a folder that is a link": lambda folder: (folder / "files/more").symlink_to("/etc"),
    "the manifest changed": lambda folder: flip(folder / MANIFEST, 40),
    "the manifest truncated": lambda folder: (folder / MANIFEST).write_bytes(
        (folder / MANIFEST).read_bytes()[:-2]
    ),
    "the checksum gone": lambda folder: (folder / CHECKSUM).unlink(),
    "the checksum empty": lambda folder: (folder / CHECKSUM).write_bytes(b""),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_a_harmed_backup_is_refused_before_anything_is_written(
    folder: Path, fresh: Fresh, harm: Callable[[Path], object]
) -> None:
    harm(folder)

    with pytest.raises(InvalidInput) as caught:
        fresh.take(folder)

    assert caught.value.code in ("backup-altered", "backup-unreadable")
    assert fresh.is_untouched()


def test_the_digest_on_paper_finds_a_manifest_that_was_forged_with_its_checksum(
    folder: Path, fresh: Fresh
) -> None:
    on_paper = (folder / CHECKSUM).read_text().split()[0]
    rewrite_manifest(folder, lambda manifest: manifest.update(made_at="2020-01-01"))

    with pytest.raises(InvalidInput, match="清单") as caught:
        fresh.take(folder, on_paper)

    assert caught.value.code == "backup-altered"
    assert fresh.is_untouched()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda m: m["files"].update({"../outside": m["files"]["database.dump"]}), "backup-unreadable"),
        (lambda m: m["files"].update({"/etc/passwd": m["files"]["database.dump"]}), "backup-unreadable"),
        (lambda m: m["files"].update({"files/./x": m["files"]["database.dump"]}), "backup-unreadable"),
        (lambda m: m.update(format="address-service-backup/2"), "backup-unreadable"),
        (lambda m: m.update(revision="9999"), "backup-newer"),
        (lambda m: m["files"].pop("database.dump"), "backup-altered"),
    ],
    ids=["above", "absolute", "roundabout", "another format", "of a later program", "no dump"],
)
def test_a_manifest_that_leads_astray_is_refused(
    folder: Path, fresh: Fresh, change: Callable[[dict[str, object]], object], code: str
) -> None:
    rewrite_manifest(folder, change)

    with pytest.raises(ServiceError) as caught:
        fresh.take(folder)

    assert caught.value.code == code
    assert fresh.is_untouched()


def test_a_database_that_came_out_otherwise_is_named_and_gets_no_files(folder: Path, fresh: Fresh) -> None:
    rewrite_manifest(folder, lambda m: m["tables"]["registry.building"].update(rows=7))  # type: ignore[index]

    with pytest.raises(NotReady, match=r"registry.building 应有 7 行，实有 1 行") as caught:
        fresh.take(folder)

    assert caught.value.code == "restore-differs"
    assert files_below(fresh.data_dir) == {}


def test_a_single_changed_value_is_found(folder: Path, fresh: Fresh) -> None:
    manifest = fresh.take(folder)
    with psycopg.connect(fresh.owner) as conn:
        conn.execute("UPDATE registry.building SET floors = floors + 1")

    with pytest.raises(NotReady) as caught:
        compare_tables(fresh.owner, manifest.tables)

    assert [error.field for error in caught.value.errors] == ["registry.building"]
    assert "行数相同，内容不同" in caught.value.message


def test_a_register_or_files_that_are_there_are_not_overwritten(folder: Path, fresh: Fresh) -> None:
    fresh.take(folder)
    before = files_below(fresh.data_dir)

    with pytest.raises(Conflict) as files:
        fresh.take(folder)
    shutil.rmtree(fresh.data_dir)
    with pytest.raises(Conflict) as database:
        fresh.take(folder)

    assert (files.value.code, database.value.code) == ("files-not-empty", "database-not-empty")
    assert before.keys() >= {"uploads/0192.gpkg"}
    assert files_below(fresh.data_dir) == {}


def test_what_is_written_during_a_backup_is_in_it_whole_or_not_at_all(
    place: Place, world: MapWorld, clock: datetime, tmp_path: Path, fresh: Fresh
) -> None:
    def work_on(step: str) -> None:
        if step == "导出数据库":
            world.building("B3", 80, 0)
            (place.data_dir / "uploads" / "late.gpkg").write_bytes(b"late")
            (place.data_dir / "uploads" / "0192.gpkg").unlink()
            (place.data_dir / "audit-anchors" / "2026.jsonl").write_bytes(b"one\ntwo\n")
        elif step == "计算各表的摘要":
            world.building("B4", 120, 0)

    (place.data_dir / "audit-anchors").mkdir()
    (place.data_dir / "audit-anchors" / "2026.jsonl").write_bytes(b"one\n")
    made = make_backup(place, tmp_path / "backup", clock, work_on)
    fresh.take(tmp_path / "backup")

    with psycopg.connect(fresh.owner) as conn:
        assert conn.execute("SELECT building_code FROM registry.building").fetchall() == [("B2",)]
    assert made.manifest.tables["registry.building"].rows == 1
    files = files_below(fresh.data_dir)
    assert {"uploads/late.gpkg", "uploads/0192.gpkg"} <= files.keys()
    assert files["audit-anchors/2026.jsonl"] == b"one\n"


def test_a_backup_that_fails_leaves_nothing_behind(place: Place, clock: datetime, tmp_path: Path) -> None:
    target = tmp_path / "shelf" / "backup"
    target.parent.mkdir()

    def pull_the_plug(step: str) -> None:
        if step == "计算各表的摘要":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_backup(place, target, clock, pull_the_plug)

    assert list(target.parent.iterdir()) == []


def test_a_backup_is_never_written_over_another_nor_among_what_it_copies(
    folder: Path, clock: datetime
) -> None:
    place = Place("dbname=nowhere", furnish(folder.parent / "data"))

    with pytest.raises(Conflict) as there:
        make_backup(place, folder, clock)
    with pytest.raises(InvalidInput) as within:
        make_backup(place, place.data_dir / "uploads" / "backup", clock)

    assert (there.value.code, within.value.code) == ("backup-exists", "backup-inside-itself")


def test_a_digest_does_not_depend_on_the_order_of_writing_nor_on_the_session(
    database: Database, world: MapWorld
) -> None:
    with psycopg.connect(database.owner_url) as conn:
        ids = ("01000000-0000-7000-8000-000000000001", "01000000-0000-7000-8000-000000000002")
        found = []
        for order, zone in ((ids, "Asia/Shanghai"), (ids[::-1], "America/Lima")):
            conn.execute(f"SET timezone = '{zone}'")
            conn.execute("SET extra_float_digits = -3")
            for one in order:
                conn.execute(
                    "INSERT INTO registry.account (county_code, id, name, role, division_code, created_at)"
                    " VALUES ('430626', %s, %s, 'village', '430626113208', '2026-03-02T01:00Z')",
                    [one, one],
                )
            found.append(digest_tables(conn)["registry.account"])
            conn.rollback()

    assert found[0].rows == 4
    assert found[0] == found[1]


def test_a_role_that_sees_some_of_the_rows_makes_no_backup(database: Database, world: MapWorld) -> None:
    with psycopg.connect(database.owner_url) as conn:
        conn.execute("ALTER TABLE registry.building ENABLE ROW LEVEL SECURITY")
        conn.execute("ALTER TABLE registry.building FORCE ROW LEVEL SECURITY")

        with pytest.raises(NotReady) as caught:
            digest_tables(conn)

    assert caught.value.code == "backup-role"


@pytest.fixture(scope="module")
def sealed(
    copy_database: CopyDatabase, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Path]]:
    """A backup with a household and a person under seal, and the folder of the keys."""
    home = tmp_path_factory.mktemp("sealed")
    for purpose in Purpose:
        keep_key(home / "keys", make_key(purpose, CryptoSuite.SM))
    with copy_database() as database:
        with psycopg.connect(database.app_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as conn:
            world = inhabit(settle(conn, "430626"))
            address = world.address(world.place("group", "12组", 12), 1, "烟舟村12组1号", 60, 0)
        with database.engine.begin() as conn:
            open_scope(conn, "430626", "430626")
            seal = Seal(ring(home / "keys"), "430626")
            now = datetime(2026, 3, 2, tzinfo=UTC)
            writer = ResidentWriter(conn, "430626", seal, world.drafter, now)
            household = NewHousehold(new_id(), world.village, HouseholdKind.FAMILY, "430001", address)
            writer.add_households([household], date(2026, 3, 2))
            writer.add_persons([NewPerson(new_id(), world.village, PersonFacts("张晓明", PLANTED))])
        url = database_as_admin(cluster.url(ADMIN, "postgres"), database.owner_url)
        make_backup(Place(url, home, home / "keys"), home / "backup", now)
        yield home / "backup", home / "keys"


PLANTED = "430626199003070013"


def ring(folder: Path) -> KeyRing:
    return KeyRing(KeySource(folder))


def test_a_backup_names_the_keys_that_it_asks_for_and_holds_no_clear_word_of_a_person(
    sealed: tuple[Path, Path], tmp_path: Path
) -> None:
    backup, keys = sealed
    plain = tmp_path / "plain.sql"
    program = find_binaries().path("pg_restore")
    subprocess.run([program, "-f", str(plain), str(backup / "database.dump")], check=True)

    manifest = read_manifest(backup)

    asked = (Purpose.SEAL, Purpose.INDEX)
    wanted = {key.purpose.value: (str(key.id),) for key in ring(keys).all() if key.purpose in asked}
    assert {purpose: ids for purpose, ids in manifest.keys.items() if purpose != "audit"} == wanted
    secrets = [key.secret for key in ring(keys).all()]
    for content in [*files_below(backup).values(), plain.read_bytes()]:
        assert PLANTED.encode() not in content
        assert "张晓明".encode() not in content
        assert not any(secret in content or secret.hex().encode() in content for secret in secrets)
    assert b"registry.person " in plain.read_bytes()


def test_with_its_keys_what_was_sealed_is_readable_after_a_restore(
    sealed: tuple[Path, Path], fresh: Fresh
) -> None:
    backup, keys = sealed
    fresh.take(backup)

    with psycopg.connect(fresh.owner) as conn:
        opened = check_keys(conn, ring(keys))

    assert opened >= 2


def test_without_a_key_or_with_another_ones_secret_the_failure_is_plain_and_names_it(
    sealed: tuple[Path, Path], fresh: Fresh, tmp_path: Path
) -> None:
    backup, keys = sealed
    fresh.take(backup)
    (kept,) = ring(keys).all(Purpose.SEAL)
    shutil.copytree(keys, tmp_path / "lost")
    (tmp_path / "lost" / f"seal.{kept.id}.key").unlink()
    shutil.copytree(tmp_path / "lost", tmp_path / "wrong")
    keep_key(tmp_path / "wrong", replace(kept, secret=bytes(32)))

    with psycopg.connect(fresh.owner) as conn:
        with pytest.raises(NotReady) as lost:
            check_keys(conn, ring(tmp_path / "lost"))
        with pytest.raises(NotReady) as wrong:
            check_keys(conn, ring(tmp_path / "wrong"))

    assert (lost.value.code, wrong.value.code) == ("key-missing", "seal-broken")
    assert f"缺少密钥 seal {kept.id}：" in lost.value.message


def test_keys_are_exported_apart_once_each_and_open_what_was_restored(
    sealed: tuple[Path, Path], fresh: Fresh, tmp_path: Path
) -> None:
    backup, keys = sealed
    fresh.take(backup)

    first, again = (export_keys(ring(keys), tmp_path / "stick") for _ in range(2))

    count = len(ring(keys).all())
    assert (first, again) == ((count, count), (0, count))
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "stick").iterdir()} == {0o600}
    with psycopg.connect(fresh.owner) as conn:
        assert check_keys(conn, ring(tmp_path / "stick")) >= 2


def test_keys_go_neither_beside_a_backup_nor_over_another_key(
    sealed: tuple[Path, Path], folder: Path, tmp_path: Path
) -> None:
    _, keys = sealed
    (kept,) = ring(keys).all(Purpose.SEAL)
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / f"seal.{kept.id}.key").write_text("seal sm other", encoding="ascii")

    codes = []
    for target in (folder, folder / "files" / "keys", tmp_path / "stick"):
        with pytest.raises(ServiceError) as caught:
            export_keys(ring(keys), target)
        codes.append(caught.value.code)

    assert codes == ["keys-beside-backup", "keys-beside-backup", "key-differs"]
    assert not (folder / "files" / "keys").exists()


def test_every_column_that_names_a_key_is_asked(database: Database) -> None:
    with psycopg.connect(database.owner_url) as conn:
        rows = conn.execute(
            """SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
               WHERE c.relnamespace = 'registry'::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped
                 AND a.attname LIKE '%key\\_id' AND a.atttypid = 'uuid'::regtype
                 AND NOT EXISTS (SELECT FROM pg_constraint k  -- a key of an account's own is no key of ours
                                 WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey))"""
        ).fetchall()

    assert set(rows) <= {(table, column) for _, table, column in KEY_COLUMNS}
    assert {table for table, _ in rows} >= {"household", "person"}


def test_the_heads_of_the_audit_stand_in_the_manifest(place: Place, clock: datetime, tmp_path: Path) -> None:
    with psycopg.connect(place.url) as conn:
        conn.execute(
            """CREATE TABLE IF NOT EXISTS registry.audit_head (
                   county_code char(6), chain integer, seq bigint, mac bytea, PRIMARY KEY (county_code, chain))"""
        )
        conn.execute("INSERT INTO registry.audit_head VALUES ('430626', 255, 7, %s)", [bytes(31) + b"\x01"])

    made = make_backup(place, tmp_path / "backup", clock)

    assert ("430626", 255, 7, "00" * 31 + "01") in made.manifest.audit_heads


def test_a_file_larger_than_memory_should_hold_passes_in_pieces(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(96 << 20)

    tracemalloc.start()
    digest = copy_file(large, tmp_path / "copy")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert digest.bytes == 96 << 20
    assert peak < 8 << 20


def test_every_folder_of_the_house_is_kept_or_passing() -> None:
    source = (ROOT / "src/address_service/store/files.py").read_text(encoding="utf-8")

    used = set(re.findall(r'_folder\("([\w-]+)"\)', source))

    assert used >= {"plates", "rejects", "uploads", "work"}
    assert used <= {*KEPT_FOLDERS, *PASSING_FOLDERS}
