"""Where everything stands on a face: boxes in mm from the lower left corner, texts fitted; numbers only."""

import re
from dataclasses import dataclass
from typing import Protocol

from address_service.plates.profile import WHITE, Colour, PlateProfile, Region, Role

HAN_TOP = 0.84
HAN_BOTTOM = -0.13
"""Ink of Han characters above and below the baseline, in em: the usual box of a Hei typeface."""

_LEADING_DIGITS = re.compile(r"^([0-9]+)(.*)$", re.DOTALL)
_BREAK_AFTER = "区镇乡村街路巷弄会"
_MAX_QR_GAP_MM = 12.0


class Measure(Protocol):
    """What layout needs to know of the fonts."""

    def width(self, text: str) -> float:
        """Sum of advances in em."""

    def digit_height(self) -> float:
        """Height of the digits above the baseline in em."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in mm, (x, y) its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge in mm."""
        return self.x + self.width

    @property
    def top(self) -> float:
        """Upper edge in mm."""
        return self.y + self.height

    def inset(self, by_mm: float) -> "Box":
        """This box without a frame of ``by_mm``."""
        return Box(self.x + by_mm, self.y + by_mm, self.width - 2 * by_mm, self.height - 2 * by_mm)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one size on a line; ``x`` where it starts and ``size`` its em, in mm."""

    text: str
    x: float
    size: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: pieces on a common baseline, narrowed by ``condense`` (1 = natural width),
    strokes thickened by ``weight`` em.

    ``box`` holds the ink that the line may take, in mm.
    """

    role: Role
    pieces: tuple[Piece, ...]
    baseline: float
    condense: float
    box: Box
    ink: Colour
    weight: float

    @property
    def text(self) -> str:
        """The line as one string."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Panel:
    """A filled rectangle of the ground."""

    box: Box
    colour: Colour


@dataclass(frozen=True, slots=True)
class Keyline:
    """The thin rounded frame inside the edge."""

    box: Box
    radius: float
    stroke: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class PlateLayout:
    """One face, ready to draw; ``too_long`` names the roles whose text does not fit at its smallest size."""

    face: Box
    panels: tuple[Panel, ...]
    keyline: Keyline
    lines: tuple[Line, ...]
    qr: Box | None
    too_long: tuple[Role, ...]


def lay_out(texts: dict[Role, str], profile: PlateProfile, measure: Measure) -> PlateLayout:
    """Place the texts of one plate on the face of ``profile``.

    Never fails: a text that does not fit is left out and its role reported in ``too_long``.
    """
    qr = qr_box(profile)
    lines: list[Line] = []
    too_long: list[Role] = []
    for region in profile.regions:
        fitted = _fit(texts.get(region.role, ""), region, text_box(profile, region), measure)
        if fitted is None:
            too_long.append(region.role)
        else:
            lines.extend(fitted)
    face = Box(0, 0, profile.width_mm, profile.height_mm)
    return PlateLayout(face, _panels(profile), _keyline(profile), tuple(lines), qr, tuple(too_long))


def inner_box(profile: PlateProfile) -> Box:
    """The face without its edge."""
    return Box(0, 0, profile.width_mm, profile.height_mm).inset(profile.edge_mm)


def region_box(profile: PlateProfile, region: Region) -> Box:
    """A region on the face, the QR field not yet taken out."""
    inner = inner_box(profile)
    return Box(
        inner.x + region.left * inner.width,
        inner.y + region.bottom * inner.height,
        region.width * inner.width,
        region.height * inner.height,
    )


def qr_box(profile: PlateProfile) -> Box | None:
    """The QR field with its quiet zone: at the right of the number's band, half-way up."""
    if profile.qr_mm is None:
        return None
    band = next(region_box(profile, region) for region in profile.regions if region.role is Role.NUMBER)
    return Box(
        band.right - profile.qr_mm, band.y + (band.height - profile.qr_mm) / 2, profile.qr_mm, profile.qr_mm
    )


def text_box(profile: PlateProfile, region: Region) -> Box:
    """Where a region's text may stand: left of the QR field when that lies in the same band."""
    box = region_box(profile, region)
    qr = qr_box(profile)
    if qr is None or qr.top <= box.y or qr.y >= box.top:
        return box
    gap = min(_MAX_QR_GAP_MM, profile.edge_mm * 0.4)
    return Box(box.x, box.y, qr.x - gap - box.x, box.height)


def _panels(profile: PlateProfile) -> tuple[Panel, ...]:
    face = Box(0, 0, profile.width_mm, profile.height_mm)
    ground = Panel(face, profile.ground)
    if profile.panel_from is None:
        return (ground,)
    inner = inner_box(profile)
    start = inner.x + profile.panel_from * inner.width
    return (ground, Panel(Box(start, 0, face.width - start, face.height), WHITE))


def _keyline(profile: PlateProfile) -> Keyline:
    """A thin frame near the rim of the coloured ground."""
    edge = profile.edge_mm
    ground = Box(0, 0, profile.width_mm, profile.height_mm)
    if profile.panel_from is not None:
        inner = inner_box(profile)
        ground = Box(0, 0, inner.x + profile.panel_from * inner.width, profile.height_mm)
    return Keyline(ground.inset(edge * 0.36), edge * 0.5, edge * 0.09, WHITE)


def _fit(text: str, region: Region, box: Box, measure: Measure) -> tuple[Line, ...] | None:
    """Lines of ``text`` in ``box``, as large as they go; None when the smallest size is still too wide."""
    if not text:
        return ()
    best = _one_line(text, region, box, measure)
    if region.max_lines > 1 and (best is None or best.pieces[0].size < 0.7 * box.height * region.fill):
        two = _two_lines(text, region, box, measure)
        if two and (best is None or two[0].pieces[0].size > best.pieces[0].size):
            return two
    return (best,) if best else None


def _two_lines(text: str, region: Region, box: Box, measure: Measure) -> tuple[Line, ...] | None:
    cut = _best_cut(text, measure)
    if cut is None:
        return None
    half = box.height / 2
    parts = (
        (text[:cut], Box(box.x, box.y + half, box.width, half)),
        (text[cut:], Box(box.x, box.y, box.width, half)),
    )
    sizes = [_largest_size(part, region, part_box, measure) for part, part_box in parts]
    fitting = [size for size in sizes if size is not None]
    if len(fitting) < len(parts):
        return None
    return tuple(_set_line(part, region, part_box, measure, min(fitting)) for part, part_box in parts)


def _best_cut(text: str, measure: Measure) -> int | None:
    """Where to break a name: after 镇, 村, 街 … or near the middle; never inside a number."""
    cuts = [i for i in range(2, len(text) - 1) if not (text[i - 1].isascii() and text[i].isascii())]
    if not cuts:
        return None
    total = measure.width(text)

    def longer_part(cut: int) -> float:
        first = measure.width(text[:cut])
        penalty = 0.0 if text[cut - 1] in _BREAK_AFTER else 1.5
        return max(first, total - first) + penalty

    return min(cuts, key=longer_part)


def _one_line(text: str, region: Region, box: Box, measure: Measure) -> Line | None:
    size = _largest_size(text, region, box, measure)
    return None if size is None else _set_line(text, region, box, measure, size)


def _largest_size(text: str, region: Region, box: Box, measure: Measure) -> float | None:
    """The em in mm: as high as the region allows, narrowed to ``min_condense`` first and shrunk only then."""
    low, high = _ink(text, region, measure)
    by_height = box.height * region.fill / (high - low)
    by_width = box.width / (_natural_width(text, region, measure) * region.min_condense)
    size = min(by_height, by_width)
    smallest = max(region.min_size_mm, region.min_digit_mm / measure.digit_height() if _number(text) else 0.0)
    return size if size >= smallest - 1e-9 else None


def _set_line(text: str, region: Region, box: Box, measure: Measure, size: float) -> Line:
    natural = _natural_width(text, region, measure) * size
    condense = min(1.0, box.width / natural)
    low, high = _ink(text, region, measure)
    x = box.x + (box.width - natural * condense) / 2
    pieces = []
    for part, scale in _parts(text, region):
        pieces.append(Piece(part, x, size * scale))
        x += measure.width(part) * size * scale * condense
    baseline = box.y + box.height / 2 - size * (low + high) / 2
    return Line(region.role, tuple(pieces), baseline, condense, box, region.ink, region.weight)


def _natural_width(text: str, region: Region, measure: Measure) -> float:
    """Width at size 1."""
    return sum(measure.width(part) * scale for part, scale in _parts(text, region))


def _ink(text: str, region: Region, measure: Measure) -> tuple[float, float]:
    """Lowest and highest ink at size 1, by kind of character: so baselines agree between plates."""
    lows, highs = [], []
    for part, scale in _parts(text, region):
        plain = part.isascii()
        descends = plain and not part.replace(" ", "").isdecimal()
        lows.append(scale * ((-0.2 if descends else 0.0) if plain else HAN_BOTTOM))
        highs.append(scale * (measure.digit_height() if plain else HAN_TOP))
    return min(lows), max(highs)


def _parts(text: str, region: Region) -> tuple[tuple[str, float], ...]:
    """The text as (part, relative size): leading digits full size, what follows them smaller."""
    found = _number(text) if region.suffix_scale != 1.0 else None
    if not found or not found[2]:
        return ((text, 1.0),)
    return ((found[1], 1.0), (found[2], region.suffix_scale))


def _number(text: str) -> re.Match[str] | None:
    return _LEADING_DIGITS.match(text)
