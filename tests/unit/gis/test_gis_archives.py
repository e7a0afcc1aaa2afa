"""Zip archives from strangers: bombs, paths that lead outside, links, archives in archives."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from address_service.errors import InvalidInput, ServiceError, TooLarge
from address_service.gis.layer_read import CountyFrame, ReadLimits
from address_service.gis.layers import LAYERS
from address_service.gis.read import read_layer

CSV = "区划代码,名称\n430626113208,烟舟村\n".encode()
DIVISIONS = LAYERS["divisions"]


def _archive(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def _refusal(path: Path, frame: CountyFrame, limits: ReadLimits) -> ServiceError:
    with pytest.raises(ServiceError) as refused:
        read_layer(path, DIVISIONS, frame, limits)
    assert list(limits.work_dir.iterdir()) == []
    return refused.value


def test_a_sound_archive_is_read_and_leaves_nothing_behind(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = _archive(
        tmp_path / "a.zip", {"数据/区划.csv": CSV, "__MACOSX/._区划.csv": b"x", "说明.docx": b"y"}
    )

    layer = read_layer(path, DIVISIONS, frame, limits)

    assert list(layer.fields["name"]) == ["烟舟村"]
    assert list(limits.work_dir.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["../../outside.csv", "/etc/outside.csv", "a/../../outside.csv", "..\\outside.csv", "C:\\outside.csv"],
)
def test_a_path_that_leads_outside_is_refused(
    name: str, tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = _archive(tmp_path / "a.zip", {"区划.csv": CSV, name: CSV})

    assert _refusal(path, frame, limits).code == "archive-path"
    assert not list(tmp_path.rglob("outside.csv"))


def test_a_symbolic_link_is_refused(tmp_path: Path, frame: CountyFrame, limits: ReadLimits) -> None:
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("区划.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    assert _refusal(path, frame, limits).code == "archive-link"


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = _archive(tmp_path / "a.zip", {"区划.csv": b"0" * 50_000_000})
    assert path.stat().st_size < 100_000

    refusal = _refusal(path, frame, limits)

    assert refusal.code == "archive-bomb"
    assert "倍" in refusal.message


def test_a_bomb_that_understates_its_size_is_refused(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = _archive(tmp_path / "a.zip", {"区划.csv": b"0" * 50_000_000})
    data = bytearray(path.read_bytes())
    real, small = struct.pack("<I", 50_000_000), struct.pack("<I", 1000)
    assert data.count(real) == 2
    path.write_bytes(bytes(data).replace(real, small))

    refusal = _refusal(path, frame, limits)

    assert refusal.code in ("file-unreadable", "archive-bomb")


def test_a_workbook_is_an_archive_too(tmp_path: Path, frame: CountyFrame, limits: ReadLimits) -> None:
    path = _archive(tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": b" " * 50_000_000})

    assert _refusal(path, frame, limits).code == "archive-bomb"


def test_an_honest_but_too_large_archive_is_refused(tmp_path: Path, frame: CountyFrame) -> None:
    path = _archive(tmp_path / "a.zip", {"区划.csv": CSV * 100}, zipfile.ZIP_STORED)
    small = ReadLimits(tmp_path, max_unpacked_bytes=1000)

    with pytest.raises(TooLarge) as refused:
        read_layer(path, DIVISIONS, frame, small)

    assert refused.value.code == "archive-too-large"


def test_an_archive_inside_an_archive_is_refused(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("区划.csv", CSV)
    path = _archive(tmp_path / "a.zip", {"内.zip": inner.getvalue()})

    assert _refusal(path, frame, limits).code == "archive-nested"


def test_a_broken_archive_is_unreadable(tmp_path: Path, frame: CountyFrame, limits: ReadLimits) -> None:
    path = _archive(tmp_path / "a.zip", {"区划.csv": CSV * 100})
    path.write_bytes(path.read_bytes()[:-30])

    assert _refusal(path, frame, limits).code == "file-unreadable"


def test_several_tables_in_an_archive_are_named(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = _archive(tmp_path / "a.zip", {"2009.csv": CSV, "2016.csv": CSV})

    refusal = _refusal(path, frame, limits)

    assert isinstance(refusal, InvalidInput)
    assert refusal.code == "layer-ambiguous"
    assert "2009.csv、2016.csv" in refusal.message
