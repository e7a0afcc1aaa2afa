"""The package: what the other side reads from it, and that anything but the whole of it is refused."""

import csv
import json
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from address_service.cli import build
from address_service.errors import InvalidInput, NotFound, ServiceError
from address_service.reconcile.change_set import ApprovedChange, ChangeSet, MoveKind, collapse
from address_service.reconcile.package import open_package, seal_package
from address_service.reconcile.package_columns import hold_uncoded, profile_names, read_profile
from address_service.reconcile.package_content import PackageHead, TextEncoding, sm3, write_content
from tests.population_system import PopulationSystem

PASSPHRASE = "invented, for tests only"
HEAD = PackageHead("430626", "police", 3, 40, 58, "ab" * 32)
CODE = "43062600000000000000000012"


def changes() -> ChangeSet:
    def swapped(no: int, old: str, new: str) -> ApprovedChange:
        return ApprovedChange(
            50, MoveKind.RENUMBER, UUID(int=no), old, new, "平地〔2026〕3号", date(2026, 3, 1)
        )

    return collapse([swapped(1, "沙坪村1号", "沙坪村2号"), swapped(2, "沙坪村2号", "沙坪村1号")])


def content(encoding: TextEncoding = TextEncoding.GB18030) -> dict[str, bytes]:
    codes = {UUID(int=no): {"address_code": CODE} for no in (1, 2)}
    return write_content(HEAD, changes(), read_profile("generic"), codes, encoding)


PACKAGE = seal_package(content(), PASSPHRASE)
WHOLE = open_package(PACKAGE, PASSPHRASE)


def outcome_of(data: bytes) -> str:
    """The digest of a package that is taken, which covers all its files, or the code of the refusal."""
    try:
        return open_package(data, PASSPHRASE).digest
    except ServiceError as refused:
        return refused.code


def repack(**changed: bytes | None) -> bytes:
    files = {**content(), **{name.replace("_", "."): data for name, data in changed.items()}}
    return seal_package({name: data for name, data in files.items() if data is not None}, PASSPHRASE)


@pytest.mark.parametrize("encoding", list(TextEncoding))
def test_a_population_system_imports_what_it_reads_from_the_archive(encoding: TextEncoding) -> None:
    system = PopulationSystem()
    system.add("沙坪村1号", "赵一", since="2001-01-01")
    system.add("沙坪村2号", "钱二", since="2002-02-02")
    archive = pyzipper.AESZipFile(BytesIO(seal_package(content(encoding), PASSPHRASE)))
    archive.setpassword(PASSPHRASE.encode())

    rows = list(csv.DictReader(StringIO(archive.read("steps.csv").decode(encoding))))
    system.import_row_by_row("3", rows)
    system.import_row_by_row("3", rows)

    assert system.where() == {"赵一": "沙坪村2号", "钱二": "沙坪村1号"}
    assert {one.name: one.since for people in system.doors.values() for one in people} == {
        "赵一": "2001-01-01",
        "钱二": "2002-02-02",
    }
    assert system.questions == []


def test_long_codes_are_text_in_the_workbook() -> None:
    book = openpyxl.load_workbook(BytesIO(content()["moves.xlsx"]))
    titles = [cell.value for cell in book["moves"][1]]

    cell = book["moves"].cell(2, titles.index("地址编码") + 1)

    assert (cell.value, cell.data_type, cell.number_format) == (CODE, "s", "@")


def test_the_same_delta_gives_the_same_digests_under_fresh_encryption() -> None:
    again = seal_package(content(), PASSPHRASE)

    assert open_package(again, PASSPHRASE).digest == open_package(PACKAGE, PASSPHRASE).digest
    assert again != PACKAGE


def test_the_manifest_names_place_in_the_chain_counts_and_digests() -> None:
    manifest = open_package(PACKAGE, PASSPHRASE).manifest

    assert (manifest["sequence"], manifest["from_cursor"], manifest["to_cursor"]) == (3, 40, 58)
    assert manifest["previous_digest"] == "ab" * 32
    assert manifest["counts"] == {"moves": 2, "steps": 3, "ranges": 0, "held": 0, "aliases": 0}
    assert manifest["files"]["steps.csv"]["sm3"] == sm3(content()["steps.csv"])


def test_sm3_is_that_of_the_standard() -> None:
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_wrong_passphrase_is_said() -> None:
    with pytest.raises(InvalidInput, match="口令不对") as refused:
        open_package(PACKAGE, "另一个虚构的口令，也不短")

    assert refused.value.code == "passphrase-wrong"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(PACKAGE) - 1))
def test_a_cut_package_is_refused(length: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_package(PACKAGE[:length], PASSPHRASE)

    assert refused.value.code in {"package-damaged", "package-altered"}


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(PACKAGE) - 1), st.integers(1, 255))
def test_a_package_with_one_byte_changed_is_refused_or_says_the_same(at: int, by: int) -> None:
    altered = bytearray(PACKAGE)
    altered[at] ^= by

    outcome = outcome_of(bytes(altered))

    # A byte of the zip's own headers, such as a date, may differ without any effect on what is inside.
    assert outcome in {
        "package-damaged",
        "package-altered",
        "passphrase-wrong",
        "package-too-large",
        WHOLE.digest,
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"steps_csv": b"x"},
        {"steps_csv": None},
        {"extra_csv": b"x"},
        {"manifest_json": None},
        {"manifest_json": b"[]"},
        {"manifest_json": b'{"format": 1, "files": {}}'},
    ],
    ids=["altered", "missing", "added", "no manifest", "no such manifest", "poor manifest"],
)
def test_files_that_are_not_those_of_the_manifest_are_refused(changed: dict[str, bytes | None]) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_package(repack(**changed), PASSPHRASE)

    assert refused.value.code == "package-altered"


@pytest.mark.parametrize(
    ("passphrase", "code"),
    [("short", "passphrase-too-short"), ("沙坪七号院的石榴四月开花", "passphrase-unusable")],
)
def test_a_passphrase_that_is_short_or_that_tools_read_differently_is_refused(
    passphrase: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        seal_package(content(), passphrase)

    assert refused.value.code == code


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_tells_old_new_and_the_order(name: str) -> None:
    fields = {field for _, field in read_profile(name).columns}

    assert {"step_no", "row_no", "old_text", "new_text", "household_no", "seq", "stay"} <= fields
    assert set(read_profile(name).required_codes) <= fields


def test_an_unknown_profile_is_not_found() -> None:
    with pytest.raises(NotFound):
        read_profile("../secrets")


def test_a_row_without_its_police_codes_is_held_and_the_other_half_of_the_swap_with_it() -> None:
    police = read_profile("police")
    full = dict.fromkeys(police.required_codes, "430626000000")

    found = hold_uncoded(changes(), police, {UUID(int=1): {**full, "zrq": ""}, UUID(int=2): full})
    files = write_content(HEAD, found, police, {}, TextEncoding.UTF8_BOM)
    held = list(csv.DictReader(StringIO(files["held.csv"].decode("utf-8-sig"))))

    assert found.moves == ()
    assert {(row["原地址"], row["原因"], row["说明"]) for row in held} == {
        ("沙坪村1号", "缺少对方代码", "zrq"),
        ("沙坪村2号", "新地址的原住户尚未迁出", "沙坪村1号"),
    }
    assert json.loads(files["manifest.json"])["counts"] == {
        "moves": 0,
        "steps": 0,
        "ranges": 0,
        "held": 2,
        "aliases": 0,
    }


def test_the_command_verifies_without_database_and_refuses_an_altered_file(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.zip", tmp_path / "cut.zip"
    whole.write_bytes(PACKAGE)
    cut.write_bytes(PACKAGE[:-40])

    good = CliRunner().invoke(build(), ["mapping", "verify", str(whole), "--passphrase", PASSPHRASE])
    bad = CliRunner().invoke(build(), ["mapping", "verify", str(cut), "--passphrase", PASSPHRASE])

    assert good.exit_code == 0
    assert "第 3 号，完整无改动" in good.output
    assert isinstance(bad.exception, InvalidInput)
    assert "整包不予导入" in bad.exception.message
