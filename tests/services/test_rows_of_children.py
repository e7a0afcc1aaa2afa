"""Of a child in a population extract no more is shown than the masked name."""

from address_service.api.schemas.reconciliation import RowItem
from address_service.services.read_extract_rows import row_cards
from tests.services.people import CHILD_ID, WIFE_ID
from tests.services.test_reconcile import Station, station

__all__ = ["station"]


def test_the_number_of_somebody_under_fourteen_is_not_shown_in_part(station: Station) -> None:
    text = next(iter(station.texts.values()))
    found = station.send(("H1", "示例丙", CHILD_ID, text, ""), ("H1", "示例乙", WIFE_ID, text, ""))

    cards = row_cards(station.work, station.own(found)[:2])
    child, grown = (RowItem.of(card, station.work.today) for card in cards)

    assert (child.under_14, child.name, child.id_no) == (True, "示**", None)
    assert (grown.under_14, grown.id_no) == (False, "430626********4327")
