"""The numbering policy (编号规则): every choice on which local rules differ, as data."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import pairwise
from typing import Any, Self

from address_service.coding.full_text import SubStyle, TextStyle
from address_service.errors import FieldError, InvalidInput
from address_service.model.numbers import MAX_MAIN, Side


class RuralUnit(StrEnum):
    """Within what rural numbers are counted: 村民小组, 自然村 or the whole village."""

    GROUP = "group"
    HAMLET = "hamlet"
    VILLAGE = "village"


class Subject(StrEnum):
    """What gets one number: a courtyard (院落), a building, or a household (户)."""

    COURTYARD = "courtyard"
    BUILDING = "building"
    HOUSEHOLD = "household"


class Mode(StrEnum):
    """Sequential: one after another; distance: by metres from the origin.

    ``CELLS`` is the way of Korea's road name addresses: the street is cut into cells of 20 m, each with a base number
    on the left and on the right even where nothing stands; a second door of a cell takes a sub-number.
    """

    SEQUENTIAL = "sequential"
    DISTANCE = "distance"
    CELLS = "cells"


class Origin(StrEnum):
    """Which end of a street numbers start from.

    ``BEARING`` is GB/T 35639-2017 Annex B: E→W, N→S, NE→SW, NW→SE; ``START`` and ``END`` are ends of the line
    as digitised; ``FROM_CENTRE`` (seen in 永安) is the end nearer to the policy's centre, so that numbers run outward;
    the rest name the end.
    """

    BEARING = "bearing"
    START = "start"
    END = "end"
    FROM_CENTRE = "from_centre"
    FROM_EAST = "from_east"
    FROM_SOUTHEAST = "from_southeast"
    FROM_SOUTH = "from_south"
    FROM_SOUTHWEST = "from_southwest"
    FROM_WEST = "from_west"
    FROM_NORTHWEST = "from_northwest"
    FROM_NORTH = "from_north"
    FROM_NORTHEAST = "from_northeast"


class DeadEnd(StrEnum):
    """Whether a dead end is numbered from its entrance inward (Annex B) or by ``origin`` like any street."""

    ENTRANCE = "entrance"
    ORIGIN = "origin"


class OneSided(StrEnum):
    """A street with doors on one side only: keep the parity of the side, or run on 1, 2, 3 (Annex B)."""

    PARITY = "parity"
    RUN_ON = "run_on"


@dataclass(frozen=True, slots=True)
class Section:
    """A named section (路段) of a street: from so many metres after the origin, numbers from ``start`` on."""

    name: str
    from_m: float
    start: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One set of choices; the defaults follow GB/T 35639-2017 Annex B (informative).

    ``metres_per_number``: frontage per number of one side, distance mode only. ``start``: the least number
    given. ``step``: from one number to the next; None is 2 along a side of a street and 1 in areas.
    ``gap_reserve_m``: a gap between neighbouring gates of one side wider than this reserves numbers, one per
    ``frontage_m``; None never. ``skipped_digits``: a main number whose digits contain one of these is passed
    over; sequential mode only. ``cell_m``: length of a cell, cells mode only. ``centre``: x east, y north in metres of
    the county's zone, for the origin from the centre. ``sections``: along the trunk, ascending in metres and start;
    what comes before the first one begins at ``start``; sequential mode only. ``zero_pad``: least digits shown.
    """

    rural_unit: RuralUnit = RuralUnit.GROUP
    subject: Subject = Subject.COURTYARD
    mode: Mode = Mode.SEQUENTIAL
    metres_per_number: float = 10.0
    odd_side: Side = Side.RIGHT
    origin: Origin = Origin.BEARING
    dead_end: DeadEnd = DeadEnd.ENTRANCE
    one_sided: OneSided = OneSided.PARITY
    start: int = 1
    step: int | None = None
    gap_reserve_m: float | None = 60.0
    frontage_m: float = 15.0
    sub_style: SubStyle = SubStyle.ATTACHED
    skipped_digits: tuple[str, ...] = ()
    cell_m: float = 20.0
    centre: tuple[float, float] | None = None
    sections: tuple[Section, ...] = ()
    zero_pad: int = 0

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Read a policy as stored or posted; what is absent takes its default.

        Raises `InvalidInput` (``policy-invalid``) with one Chinese `FieldError` per wrong or unknown key.
        """
        errors = [
            FieldError("unknown-key", f"编号规则没有参数“{key}”", str(key))
            for key in parameters
            if key not in _READERS
        ]
        values: dict[str, Any] = {}
        for key, read in _READERS.items():
            if key not in parameters:
                continue
            try:
                values[key] = read(parameters[key])
            except ValueError as problem:
                errors.append(FieldError("invalid-value", f"{key}：{problem}", key))
        errors.extend(_contradictions(values))
        if errors:
            raise InvalidInput("编号规则有误", code="policy-invalid", errors=errors)
        return cls(**values)

    def parameters(self) -> dict[str, Any]:
        """The policy as JSON-ready data, every key present; `from_parameters` reads it back."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @property
    def slot_m(self) -> float | None:
        """Metres of one side that make one number where the place decides, None where numbers just follow."""
        return {Mode.SEQUENTIAL: None, Mode.DISTANCE: self.metres_per_number, Mode.CELLS: self.cell_m}[
            self.mode
        ]

    @property
    def text_style(self) -> TextStyle:
        """How this policy writes its numbers out."""
        return TextStyle(sub_style=self.sub_style, zero_pad=self.zero_pad)

    def section(self, path: int, metres: float) -> Section | None:
        """The section of a place on the trunk (path 0), None before the first one and on branches."""
        behind = [one for one in self.sections if one.from_m <= metres] if path == 0 else []
        return behind[-1] if behind else None

    def skips(self, main: int) -> bool:
        """Whether a main number is passed over for its digits."""
        return any(digits in str(main) for digits in self.skipped_digits)


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Section):
        return {"name": value.name, "from_m": value.from_m, "start": value.start}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _choice(kind: type[StrEnum]) -> Callable[[Any], StrEnum]:
    def read(value: Any) -> StrEnum:
        try:
            return kind(value)
        except ValueError:
            allowed = "、".join(member.value for member in kind)
            raise ValueError(f"应为{allowed}之一，收到“{value}”") from None

    return read


def _metres(low: float, high: float) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ValueError(f"应为米数，收到“{value}”")
        if not low <= value <= high:
            raise ValueError(f"应在{low:g}到{high:g}米之间，收到{value:g}")
        return float(value)

    return read


def _integer(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"应为整数，收到“{value}”")
        if not low <= value <= high:
            raise ValueError(f"应在{low}到{high}之间，收到{value}")
        return value

    return read


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _skipped(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, (list, tuple)):
        raise ValueError(f"应为数字串的列表，收到“{value}”")
    if not all(isinstance(item, str) and item.isascii() and item.isdecimal() for item in value):
        raise ValueError("列表的每一项应为数字串，例如“4”")
    if len(set("".join(value))) > 4:
        raise ValueError("跳过的数字不超过4种")
    return tuple(value)


def _centre(value: Any) -> tuple[float, float]:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ValueError(f"应为横、纵坐标（米）两个数，收到“{value}”")
    x, y = (_metres(-1e8, 1e8)(item) for item in value)
    return x, y


def _sections(value: Any) -> tuple[Section, ...]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"应为路段的列表，收到“{value}”")
    sections = [_section(item) for item in value]
    for before, after in pairwise(sections):
        if not (before.from_m < after.from_m and before.start < after.start):
            raise ValueError(f"路段“{after.name}”的起点与起号应大于前一路段")
    return tuple(sections)


def _section(item: Any) -> Section:
    if not isinstance(item, Mapping) or set(item) != {"name", "from_m", "start"}:
        raise ValueError("每个路段应有 name、from_m、start 三项")
    if not isinstance(item["name"], str) or not item["name"].strip():
        raise ValueError("路段应有名称")
    from_m, start = _metres(0, 1_000_000)(item["from_m"]), _integer(1, MAX_MAIN)(item["start"])
    return Section(item["name"].strip(), from_m, start)


_READERS: dict[str, Callable[[Any], Any]] = {
    "rural_unit": _choice(RuralUnit),
    "subject": _choice(Subject),
    "mode": _choice(Mode),
    "metres_per_number": _metres(1, 200),
    "odd_side": _choice(Side),
    "origin": _choice(Origin),
    "dead_end": _choice(DeadEnd),
    "one_sided": _choice(OneSided),
    "start": _integer(1, MAX_MAIN),
    "step": _or_none(_integer(1, 100)),
    "gap_reserve_m": _or_none(_metres(5, 10_000)),
    "frontage_m": _metres(2, 500),
    "sub_style": _choice(SubStyle),
    "skipped_digits": _skipped,
    "cell_m": _metres(1, 200),
    "centre": _or_none(_centre),
    "sections": _sections,
    "zero_pad": _integer(0, 5),
}


def _contradictions(values: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    if values.get("mode", Mode.SEQUENTIAL) is not Mode.SEQUENTIAL:
        if values.get("skipped_digits"):
            errors.append(FieldError("contradiction", "按距离编号时不能跳号", "skipped_digits"))
        if values.get("sections"):
            errors.append(FieldError("contradiction", "按距离编号时不能分段起号", "sections"))
    if values.get("origin") is Origin.FROM_CENTRE and values.get("centre") is None:
        errors.append(FieldError("contradiction", "自中心向外编号须给出中心的坐标", "centre"))
    if (sections := values.get("sections")) and sections[0].start <= values.get("start", 1):
        errors.append(FieldError("contradiction", "首个路段的起号应大于街道起号", "sections"))
    return errors
