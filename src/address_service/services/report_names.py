"""Use-case: report homonyms and homophones of villages in the county, streets in a town, groups in a village."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum

from address_service.coding.divisions.name_report import NameClash, Named, clashes
from address_service.store.name_circles import group_names, street_names, village_names
from address_service.store.work import Work


class NameCircle(StrEnum):
    """Whose names are compared."""

    VILLAGES = "villages"
    STREETS = "streets"
    GROUPS = "groups"


_READ: Mapping[NameCircle, Callable[..., list[Named]]] = {
    NameCircle.VILLAGES: village_names,
    NameCircle.STREETS: street_names,
    NameCircle.GROUPS: group_names,
}


def report_names(
    work: Work, circle: NameCircle, scope: str | None = None, on: date | None = None
) -> list[NameClash]:
    """Names that are taken for one another on a day, of which one at least lies in the scope."""
    found = clashes(_READ[circle](work.conn, work.county_code, on or work.today))
    return [one for one in found if scope is None or any(name.id.startswith(scope) for name in one.names)]
