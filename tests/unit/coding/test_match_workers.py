"""Several processes answer as one does."""

from address_service.coding.matching import MatchAsk
from address_service.services.match_rows import PARTITION, match_rows
from tests.unit.coding.test_matching import BOOK


def test_two_workers_answer_as_one_does() -> None:
    texts = ["烟舟村12组18号", "瓮江镇芭蕉村3组5号", "烟舟村横山组120号", "童市镇烟州村12组18号", "（" * 500]
    rows = [MatchAsk(texts[n % len(texts)] + ("" if n % 2 else " ")) for n in range(2 * PARTITION + 7)]

    apart = match_rows(rows, BOOK, workers=2)

    assert apart == match_rows(rows, BOOK)
    assert len(apart) == len(rows)
