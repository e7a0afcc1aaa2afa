"""The fonts of everything printed, read once from where Debian puts them."""

from functools import cache
from pathlib import Path

from address_service.errors import NotReady
from address_service.plates.fonts import Font, FontSet

_FOLDER = Path("/usr/share/fonts/truetype")
_PRIMARY = _FOLDER / "wqy" / "wqy-zenhei.ttc"
_FALLBACKS = (_FOLDER / "hanazono" / "HanaMinA.ttf", _FOLDER / "hanazono" / "HanaMinB.ttf")


class FontsMissing(NotReady):
    """A font file is not installed; trying again does not bring it."""

    default_code = "font-missing"


@cache
def load_fonts() -> FontSet:
    """黑体 for what it has, 花园明朝 for the rare characters; raises FontsMissing naming the package."""
    for path, package in ((_PRIMARY, "fonts-wqy-zenhei"), *((f, "fonts-hanazono") for f in _FALLBACKS)):
        if not path.is_file():
            raise FontsMissing(f"缺少字体文件 {path.name}，请安装 {package}")
    fallbacks = tuple(Font(path.stem, path.read_bytes(), 0) for path in _FALLBACKS)
    return FontSet(Font("WenQuanYiZenHei", _PRIMARY.read_bytes(), 0), fallbacks)
