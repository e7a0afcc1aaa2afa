"""What an audit of existing numbers may find, and how bad that is."""

from enum import StrEnum


class Severity(StrEnum):
    """``ERROR`` misleads whoever looks for the house, ``WARNING`` may, ``NOTICE`` is for the next campaign."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class FindingCode(StrEnum):
    """What is wrong with a number (重号、跳号 and the like), or with all numbers of a place."""

    DUPLICATE = "duplicate"
    WRONG_SIDE = "wrong-side"
    OUTSIDE_VILLAGE = "outside-village"
    ORDER_INVERSION = "order-inversion"
    FAR_FROM_NUMBER = "far-from-number"
    SHARED_NUMBER = "shared-number"
    WITHOUT_ORDER = "without-order"
    WIDE_GAP = "wide-gap"
    NO_PARCEL = "no-parcel"
    SIDES_SWAPPED = "sides-swapped"
    DIRECTION_REVERSED = "direction-reversed"
    STREET_WITHOUT_LINE = "street-without-line"
