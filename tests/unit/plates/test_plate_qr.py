"""QR codes as rectangles."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from address_service.plates.qr import MAX_URL_LENGTH, QUIET_ZONE, QrCode, make_qr


def raster(code: QrCode, pixels_per_module: int = 4) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Paint the rectangles; the origin of the code is its lower left corner."""
    image = np.full((code.side, code.side), 255, dtype=np.uint8)
    for run in code.runs:
        top = code.side - run.y - run.height
        area = image[top : top + run.height, run.x : run.x + run.width]
        assert (area == 255).all(), "rectangles overlap"
        area[:] = 0
    return np.kron(image, np.ones((pixels_per_module, pixels_per_module), dtype=np.uint8))


@settings(deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789/.-", min_size=1, max_size=MAX_URL_LENGTH - 8))
def test_a_code_reads_back_as_its_url(tail: str) -> None:
    url = "https://" + tail
    found = zxingcpp.read_barcodes(raster(make_qr(url)))

    assert [code.text for code in found] == [url]


def test_a_code_is_of_level_q() -> None:
    found = zxingcpp.read_barcodes(raster(make_qr("https://mp.example.cn/p/0123456789abcdef")))

    assert found[0].ec_level == "Q"


def test_the_longest_url_keeps_modules_near_one_millimetre_in_40_mm() -> None:
    code = make_qr("x" * MAX_URL_LENGTH)

    assert code.module_mm(40) == pytest.approx(0.976, abs=0.001)


def test_the_quiet_zone_of_four_modules_is_empty() -> None:
    code = make_qr("https://mp.example.cn/p/0123456789abcdef")

    assert min(min(run.x, run.y) for run in code.runs) == QUIET_ZONE == 4
    assert max(max(run.x + run.width, run.y + run.height) for run in code.runs) == code.side - QUIET_ZONE


def test_modules_are_merged_into_runs() -> None:
    code = make_qr("https://mp.example.cn/p/0123456789abcdef")
    dark = sum(run.width * run.height for run in code.runs)

    assert len(code.runs) < dark / 2
