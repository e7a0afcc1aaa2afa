"""Fonts, sample plates and readers of the printed result."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from address_service.plates.content import PlateContent
from address_service.plates.fonts import Font, FontSet

FONT_FOLDER = Path("/usr/share/fonts/truetype")
RARE = "\U0002c497"  # 𬒗: in HanaMinA and B, not in WenQuanYi Zen Hei


@pytest.fixture(scope="session")
def fonts() -> FontSet:
    """WenQuanYi Zen Hei with Hanazono Mincho as fallback."""
    return FontSet(
        Font("文泉驿正黑", (FONT_FOLDER / "wqy/wqy-zenhei.ttc").read_bytes()),
        (
            Font("花园明朝A", (FONT_FOLDER / "hanazono/HanaMinA.ttf").read_bytes()),
            Font("花园明朝B", (FONT_FOLDER / "hanazono/HanaMinB.ttf").read_bytes()),
        ),
    )


@pytest.fixture(scope="session")
def plate() -> Callable[..., PlateContent]:
    """Make one plate; the token follows from ``serial``."""

    def make(name: str = "烟舟村12组", number: str = "18号", serial: int = 1) -> PlateContent:
        url = f"https://mp.example.cn/p/{serial:016d}"
        return PlateContent(name, number, "414500", url, f"430626113208401200018{serial:05d}")

    return make


@pytest.fixture
def text_of_pages(tmp_path: Path) -> Callable[[bytes], list[str]]:
    """What pdftotext finds, page by page."""

    def read(pdf: bytes) -> list[str]:
        source = tmp_path / "plates.pdf"
        source.write_bytes(pdf)
        command = ["pdftotext", "-enc", "UTF-8", str(source), "-"]
        done = subprocess.run(command, check=True, capture_output=True, timeout=60)
        return done.stdout.decode().split("\f")[:-1]

    return read
