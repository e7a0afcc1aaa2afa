"""Fonts of the plates: coverage, metrics and the runs a text is set in; fonts come in as bytes."""

import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont as FontFile
from fontTools.ttLib import TTLibError

from address_service.errors import InvalidInput

_BLANK = " \u3000"
_OPENING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Font:
    """A TrueType font (glyf outlines) as bytes; ``index`` picks one out of a collection (.ttc).

    ``name`` is what people call it and stands in error messages.
    """

    name: str
    data: bytes = field(repr=False)
    index: int = 0


@dataclass(frozen=True, slots=True)
class FontSet:
    """The font of the plates and, in order, those that step in for characters it lacks."""

    primary: Font
    fallbacks: tuple[Font, ...] = ()

    def __iter__(self) -> Iterator[Font]:
        yield self.primary
        yield from self.fallbacks


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring characters set in one font."""

    font: Font
    text: str


class Face:
    """Coverage and advance widths of one font, in em; glyphs are looked at only when asked for."""

    def __init__(self, font: Font) -> None:
        """Raises InvalidInput ``font-unreadable`` or, for PostScript outlines, ``font-not-truetype``."""
        self.font = font
        file = _open(font)
        self._glyphs: dict[int, str] = file.getBestCmap() or {}
        self._metrics: Any = file["hmtx"].metrics
        self._outlines: Any = file["glyf"]
        self._glyph_set: Any = file.getGlyphSet()
        self._em: int = file["head"].unitsPerEm
        self._known: dict[str, float | None] = {}

    def advance(self, character: str) -> float | None:
        """Advance in em, or None when the font has no visible glyph for the character.

        A glyph that is mapped but has no contour would print blank without an error, so it counts as missing.
        """
        if character not in self._known:
            self._known[character] = self._look_up(character)
        return self._known[character]

    def height(self, character: str) -> float:
        """Height of the glyph above the baseline in em."""
        with _OPENING:
            return float(self._outlines[self._glyphs[ord(character)]].yMax) / self._em

    def outline(self, character: str) -> str:
        """The glyph as PDF path operators in em, y upwards; empty for a blank."""
        pen = _PathPen(self._glyph_set, 1 / self._em)
        with _OPENING:
            self._glyph_set[self._glyphs[ord(character)]].draw(pen)
        return " ".join(pen.operators)

    def _look_up(self, character: str) -> float | None:
        name = self._glyphs.get(ord(character))
        if name is None or name == ".notdef":
            return None
        with _OPENING:  # outlines are read from one shared file object
            if character not in _BLANK and self._outlines[name].numberOfContours == 0:
                return None
        return float(self._metrics[name][0]) / self._em


class _PathPen(BasePen):  # type: ignore[misc]
    """Collects a glyph as PDF path operators; BasePen turns quadratic curves into cubic ones."""

    def __init__(self, glyph_set: Any, scale: float) -> None:
        super().__init__(glyph_set)
        self.operators: list[str] = []
        self._scale = scale

    def _moveTo(self, point: tuple[float, float]) -> None:
        self._add("m", point)

    def _lineTo(self, point: tuple[float, float]) -> None:
        self._add("l", point)

    def _curveToOne(
        self, first: tuple[float, float], second: tuple[float, float], point: tuple[float, float]
    ) -> None:
        self._add("c", first, second, point)

    def _closePath(self) -> None:
        self._add("h")

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        numbers = [f"{value * self._scale:.5f}" for point in points for value in point]
        self.operators.append(" ".join([*numbers, operator]))


@lru_cache(maxsize=16)
def face_of(font: Font) -> Face:
    """The face of a font, read once."""
    return Face(font)


def _open(font: Font) -> FontFile:
    try:
        file = FontFile(BytesIO(font.data), fontNumber=font.index, lazy=True)
        tables = set(file.keys())
    except (TTLibError, OSError, ValueError, KeyError, IndexError, AssertionError) as error:
        raise InvalidInput(f"字体“{font.name}”读不出来，文件可能已损坏", code="font-unreadable") from error
    if "glyf" not in tables:
        raise InvalidInput(
            f"字体“{font.name}”不是 TrueType 轮廓（glyf），而是 CFF/PostScript 轮廓，无法嵌入门牌；"
            "请改用 TrueType 轮廓的字体，例如文泉驿正黑（fonts-wqy-zenhei）",
            code="font-not-truetype",
        )
    if not {"cmap", "hmtx", "head", "loca"} <= tables:
        raise InvalidInput(f"字体“{font.name}”缺少必要的表，文件可能已损坏", code="font-unreadable")
    return file


def font_for(character: str, fonts: FontSet) -> Font | None:
    """The first font of the set that shows the character, or None when no font does."""
    return next((font for font in fonts if face_of(font).advance(character) is not None), None)


def missing_characters(text: str, fonts: FontSet) -> tuple[str, ...]:
    """Characters of ``text`` that no font shows, each once, in order of appearance."""
    return tuple(char for char in dict.fromkeys(text) if font_for(char, fonts) is None)


def name_character(character: str) -> str:
    """How a message calls a character: “𬒗”U+2C497, or U+200B for what has no shape of its own."""
    code = f"U+{ord(character):04X}"
    visible = character.isprintable() and unicodedata.category(character)[0] not in "CMZ"
    if unicodedata.bidirectional(character) in ("R", "AL", "AN"):
        visible = False  # it would turn the rest of the message round
    return f"“{character}”{code}" if visible else code


def split_runs(text: str, fonts: FontSet) -> tuple[Run, ...]:
    """The text as runs of one font each, the primary font wherever it has the character.

    Raises InvalidInput ``glyph-missing`` naming what no font shows.
    """
    missing = missing_characters(text, fonts)
    if missing:
        raise InvalidInput("缺字" + "、".join(map(name_character, missing)), code="glyph-missing")
    chosen = ((font_for(char, fonts), char) for char in text)
    return tuple(
        Run(font, "".join(char for _, char in group))
        for font, group in groupby(chosen, key=lambda pair: pair[0])
        if font is not None
    )


@dataclass(frozen=True, slots=True)
class FontMeasure:
    """Text widths in em of a font set; a character that no font shows counts one em."""

    fonts: FontSet

    def width(self, text: str) -> float:
        """Sum of advances in em."""
        return sum(self._advance(char) for char in text)

    def digit_height(self) -> float:
        """Height of the digits above the baseline in em."""
        font = font_for("0", self.fonts)
        return face_of(font).height("0") if font else 0.7

    def _advance(self, char: str) -> float:
        for font in self.fonts:
            advance = face_of(font).advance(char)
            if advance is not None:
                return advance
        return 1.0
