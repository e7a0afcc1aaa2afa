"""A cell names a door by code, by what a plate's QR code says, or by text; slips of writing do not matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from address_service.coding.door_reference import DoorReference, read_door_reference
from address_service.errors import InvalidInput
from address_service.model.residents import LinkWay

CODE, TOKEN = "43062611320840120001800006", "7m3k9t2v8x4q1c6z"


@pytest.mark.parametrize(
    ("cell", "way", "value"),
    [
        (CODE, LinkWay.CODE, CODE),
        ("430626 113 208 4012 00018 0000 6", LinkWay.CODE, CODE),
        ("４３０６２６-113208-4012-00018-0000-6 ", LinkWay.CODE, CODE),
        (TOKEN, LinkWay.PLATE, TOKEN),
        (" 7M3K 9T2V 8X4Q 1C6Z ", LinkWay.PLATE, TOKEN),
        ("7m3k9t2v8x4qlc6z", LinkWay.PLATE, TOKEN),
        (f"http://127.0.0.1:8000/p/{TOKEN}", LinkWay.PLATE, TOKEN),
        (f"HTTPS://DZ.EXAMPLE.CN/P/{TOKEN.upper()}", LinkWay.PLATE, TOKEN),
        (f"https://dz.example.cn/map/p/{TOKEN}/?from=scan#x", LinkWay.PLATE, TOKEN),
        (f"dz.example.cn/p/ {TOKEN}", LinkWay.PLATE, TOKEN),
        ("烟舟村12组18号", LinkWay.TEXT, "烟舟村12组18号"),
        ("湖南省平江县童市镇烟舟村 12组 18-1号", LinkWay.TEXT, "湖南省平江县童市镇烟舟村 12组 18-1号"),
    ],
)
def test_any_column_may_hold_a_code_or_what_a_plate_says(cell: str, way: LinkWay, value: str) -> None:
    columns = [LinkWay.TEXT] if way is LinkWay.TEXT else list(LinkWay)

    found = {read_door_reference(cell, column) for column in columns}

    assert found == {DoorReference(way, value)}


@pytest.mark.parametrize(
    ("cell", "column", "code"),
    [
        (CODE[:-1] + "7", LinkWay.CODE, "address-code-check"),
        (CODE[:10] + "9" + CODE[11:], LinkWay.TEXT, "address-code-check"),
        (CODE[:-1], LinkWay.TEXT, "code-malformed"),
        ("430626198003021230", LinkWay.CODE, "code-malformed"),
        ("烟舟村12组18号", LinkWay.CODE, "code-malformed"),
        ("烟舟村12组18号", LinkWay.PLATE, "plate-token-malformed"),
        ("http://127.0.0.1:8000/p/7m3k9t2v8x4q1c6", LinkWay.TEXT, "plate-token-malformed"),
        ("http://127.0.0.1:8000/p/", LinkWay.TEXT, "plate-token-malformed"),
        ("7m3k9t2v8x4q1c6u", LinkWay.PLATE, "plate-token-malformed"),
    ],
)
def test_what_is_none_is_refused_with_a_code_and_without_the_cell(
    cell: str, column: LinkWay, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_door_reference(cell, column)

    assert refused.value.code == code
    assert cell not in refused.value.message


@given(st.text(max_size=80), st.sampled_from(LinkWay))
def test_no_cell_breaks_the_reading(cell: str, column: LinkWay) -> None:
    try:
        code = read_door_reference(cell, column).way.value
    except InvalidInput as refused:
        code = refused.code

    assert code in {
        *LinkWay, "code-malformed", "address-code-check", "address-code-segment", "plate-token-malformed",
    }  # fmt: skip
