"""Parcels (宗地), buildings (建筑物) and construction plans (建设计划)."""

from enum import StrEnum


class BuildingUse(StrEnum):
    """What a building is used for; an outbuilding never gets an address of its own."""

    ORGAN = "organ"
    ENTERPRISE = "enterprise"
    SHOP = "shop"
    DWELLING = "dwelling"
    MIXED = "mixed"
    OUTBUILDING = "outbuilding"
    OTHER = "other"


class PlanKind(StrEnum):
    """Shape of a construction plan: an area or a stretch of a street."""

    AREA = "area"
    SEGMENT = "segment"


class PlateState(StrEnum):
    """State of a plate found on the wall by the survey of existing addresses."""

    GOOD = "good"
    DAMAGED = "damaged"
    NONE = "none"
    UNREADABLE = "unreadable"
