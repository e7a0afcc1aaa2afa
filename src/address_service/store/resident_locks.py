"""Who waits for whom among writers of residents: single acts go side by side, an import and a merger alone.

Everybody takes the villages before the lists, and then the rows of persons before those of households, each by id, so
that nobody waits in a circle.
"""

from sqlalchemy import Connection

from address_service.store.locks import hold, hold_with_others

_VILLAGES, _LISTS = "residents of villages", "residents import"


def hold_for_act(conn: Connection, county_code: str) -> None:
    """Before anything is read: until commit no village's residents are carried to another, and no list is imported."""
    hold_with_others(conn, county_code, _VILLAGES)
    hold_with_others(conn, county_code, _LISTS)


def hold_for_import(conn: Connection, county_code: str) -> None:
    """The same, and nobody else writes residents until commit."""
    hold_with_others(conn, county_code, _VILLAGES)
    hold(conn, county_code, _LISTS)


def hold_for_carrying(conn: Connection, county_code: str) -> None:
    """Wait for who writes residents of the villages as they were; whoever comes later reads them as they will be."""
    hold(conn, county_code, _VILLAGES)
