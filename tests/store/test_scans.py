"""What a scan is: told by content, the whole file there, kept once under its digest."""

import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from address_service.errors import InvalidInput, NotFound, TooLarge
from address_service.store.files import FileStore
from address_service.store.scans import media_type_of


def picture(kind: str) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (8, 8), "white").save(drawn, kind)
    return drawn.getvalue()


def pdf() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (8, 8), "white").save(drawn, "PDF")
    return drawn.getvalue()


def archive(name: str = "OFD.xml", text: str = '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>') -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr(name, text)
    return packed.getvalue()


SCANS: dict[str, Callable[[], bytes]] = {
    "application/pdf": pdf,
    "image/jpeg": lambda: picture("JPEG"),
    "image/png": lambda: picture("PNG"),
    "application/ofd": archive,
}
OTHERS: dict[str, bytes] = {
    "nothing": b"",
    "a page": b"<html><script>alert(1)</script></html>",
    "a program": b"MZ" + b"\0" * 500,
    "a name alone": b"decree.pdf",
    "a zip of something else": archive("word/document.xml"),
    "a zip with an OFD.xml of something else": archive(text="<html/>"),
    "a zip that unpacks without end": archive(text="0" * (3 << 20)),
    "a broken zip": archive()[:40],
    "a pdf cut off": pdf()[:-200],
    "a jpeg cut off": picture("JPEG")[:-20],
    "a png cut off": picture("PNG")[:-20],
}


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path)


@pytest.mark.parametrize("media_type", SCANS)
def test_a_scan_is_known_by_its_content(files: FileStore, media_type: str) -> None:
    content = SCANS[media_type]()

    scan = files.take_scan(BytesIO(content), 1 << 20)

    assert (scan.media_type, scan.size_bytes) == (media_type, len(content))
    assert scan.digest == sha256(content).digest()
    assert files.scan(scan.digest).read_bytes() == content


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_no_scan_is_refused_and_not_kept(files: FileStore, tmp_path: Path, what: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        files.take_scan(BytesIO(OTHERS[what]), 8 << 20)

    assert refused.value.code == "attachment-type"
    assert list((tmp_path / "attachments").iterdir()) == []


def test_one_content_is_one_file_however_often_it_comes(files: FileStore, tmp_path: Path) -> None:
    scans = {files.take_scan(BytesIO(SCANS["image/png"]()), 1 << 20) for _ in range(2)}

    assert len(scans) == 1
    assert [path.name for path in (tmp_path / "attachments").iterdir()] == [scans.pop().digest.hex()]


def test_a_scan_that_is_too_large_is_refused_and_not_kept(files: FileStore, tmp_path: Path) -> None:
    with pytest.raises(TooLarge) as refused:
        files.take_scan(BytesIO(pdf()), 100)

    assert refused.value.code == "upload-too-large"
    assert list((tmp_path / "attachments").iterdir()) == []


def test_a_scan_that_is_not_there_any_more_is_said_so(files: FileStore) -> None:
    with pytest.raises(NotFound) as refused:
        files.scan(b"\0" * 32)

    assert refused.value.code == "attachment-gone"


def test_a_scan_may_carry_any_name(tmp_path: Path) -> None:
    path = tmp_path / "批文.txt"
    path.write_bytes(picture("PNG"))

    assert media_type_of(path) == "image/png"
