"""What is asked for when villages merge or one is split, as it is kept with the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NewVillage:
    """A village that comes into being: code of 12 digits, name, and kind unless the name tells it."""

    code: str
    name: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class DivisionChange:
    """Villages that end in an absorber, or places that leave one village for a new one.

    A merger names ``ends`` and either ``absorber`` or ``new``; a split names ``source``, ``new`` and ``place_ids``,
    with ``boundary`` (GeoJSON, EPSG:4490) where somebody drew it. ``restores`` is the village whose things a split
    gives back, as the merger ``undoes`` took them.
    """

    kind: Literal["merge", "split"]
    effective_on: date
    title: str = ""
    ends: tuple[UUID, ...] = ()
    absorber: UUID | None = None
    new: NewVillage | None = None
    source: UUID | None = None
    place_ids: tuple[UUID, ...] = ()
    boundary: str | None = None
    undoes: UUID | None = None
    restores: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        """For the plan's record."""
        new = self.new
        return {
            "ends": [str(key) for key in self.ends],
            "absorber": _text(self.absorber),
            "new": {"code": new.code, "name": new.name, "kind": new.kind} if new else None,
            "source": _text(self.source),
            "place_ids": [str(key) for key in self.place_ids],
            "boundary": self.boundary,
            "restores": _text(self.restores),
        }

    @classmethod
    def kept(
        cls,
        kind: Any,
        title: str,
        effective_on: date,
        asked: Mapping[str, Any],
        undoes: UUID | None,
    ) -> "DivisionChange":
        """From the plan's record."""
        return cls(
            kind,
            effective_on,
            title,
            tuple(UUID(key) for key in asked["ends"]),
            _uuid(asked["absorber"]),
            NewVillage(**asked["new"]) if asked["new"] else None,
            _uuid(asked["source"]),
            tuple(UUID(key) for key in asked["place_ids"]),
            asked["boundary"],
            undoes,
            _uuid(asked["restores"]),
        )


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None
