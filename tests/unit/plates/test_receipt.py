"""The slips of the counter, read back from the PDF."""

from dataclasses import replace
from io import BytesIO

import pdfplumber
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from address_service.plates.fonts import FontMeasure, FontSet
from address_service.plates.receipt import HEIGHT_MM, WIDTH_MM, Slip, render_slip, wrapped

SLIP = Slip(
    title="受理回执",
    office="童市镇地名地址受理窗口",
    number="2026112400001",
    rows=(
        ("申请类别", "新建房屋"),
        ("房屋地址", "烟舟村12组，建筑编号 208-050"),
        ("提交材料", "建房批准文件 乡字第4306262026001号；身份证件（已查验）"),
        ("办理期限", "2026年12月9日前"),
    ),
    hint="凭本单编号查询办理情况。",
    signed="经办（盖章）：",
    dated="2026年11月24日",
)
POINTS_PER_MM = 72 / 25.4


def read(pdf: bytes) -> str:
    with pdfplumber.open(BytesIO(pdf)) as document:
        (page,) = document.pages
        return page.extract_text()


def test_a_slip_says_everything_on_one_half_sheet(fonts: FontSet) -> None:
    pdf = render_slip(SLIP, fonts).content

    found = read(pdf)
    for text in (SLIP.title, SLIP.office, SLIP.number, SLIP.hint, SLIP.signed, SLIP.dated):
        assert text in found
    for row in SLIP.rows:
        assert all(text in found for text in row)
    with pdfplumber.open(BytesIO(pdf)) as document:
        page = document.pages[0]
        assert float(page.width) == pytest.approx(WIDTH_MM * POINTS_PER_MM, abs=0.1)
        assert float(page.height) == pytest.approx(HEIGHT_MM * POINTS_PER_MM, abs=0.1)
        names = {char["fontname"] for char in page.chars}
        assert all("+" in name for name in names), "fonts are embedded as subsets"


def test_its_code_is_the_number(fonts: FontSet) -> None:
    with pdfplumber.open(BytesIO(render_slip(SLIP, fonts).content)) as document:
        picture = document.pages[0].to_image(resolution=200).original.convert("L")

    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [SLIP.number]


def test_only_a_sample_says_that_it_is_one(fonts: FontSet) -> None:
    assert "示例数据" not in read(render_slip(SLIP, fonts).content)
    assert "示例数据，不作凭证" in read(render_slip(replace(SLIP, synthetic=True), fonts).content)


def test_the_same_slip_gives_the_same_bytes(fonts: FontSet) -> None:
    assert render_slip(SLIP, fonts) == render_slip(SLIP, fonts)


def asking(request: str) -> Slip:
    return replace(SLIP, rows=(("申请事项", request), ("办理期限", "2026年12月9日前")))


def test_a_stand_in_is_printed_for_a_character_that_no_font_has_and_the_slip_says_so(fonts: FontSet) -> None:
    printed = render_slip(asking("\U00031abc家老屋翻建，门前\U00031abc树"), fonts)

    found = read(printed.content)
    assert printed.missing == ("\U00031abc",)
    assert "〓家老屋翻建，门前〓树" in found
    assert "〓 处为字库所缺的字，请经办人手写补正并盖章。" in found


@pytest.mark.parametrize(
    "char",
    [
        "\u200b",
        "\ufeff",
        "\u200f",
        "\u202e",
        "\u2066",
        "\u00ad",
        "\x00",
        "\x1b",
        "\ufe0f",
        "\U000e0100",
        "\u3164",
    ],
    ids=lambda char: f"U+{ord(char):04X}",
)
def test_an_invisible_character_leaves_no_trace_on_a_slip(fonts: FontSet, char: str) -> None:
    hidden = replace(asking(f"{char}新建{char}房屋{char}{char}"), office=f"童市镇{char}窗口")

    printed = render_slip(hidden, fonts)

    assert printed == render_slip(replace(asking("新建房屋"), office="童市镇窗口"), fonts)
    assert printed.missing == ()
    assert "新建房屋" in read(printed.content)


def test_line_ends_and_wide_blanks_part_words_as_single_blanks(fonts: FontSet) -> None:
    found = read(render_slip(asking("新建房屋\r\n\u2028\u00a0\u3000 旧房\t已拆"), fonts).content)

    assert "新建房屋 旧房 已拆" in found
    assert "〓" not in found


def test_no_text_keeps_a_slip_from_the_printer(fonts: FontSet) -> None:
    @given(st.text(max_size=60))
    @settings(max_examples=40)
    def check(text: str) -> None:
        printed = render_slip(replace(asking(text), signed=text), fonts)

        assert set(printed.missing) <= set(text)
        assert "办理期限" in read(printed.content)

    check()


def test_long_texts_stay_on_the_page_and_within_the_margins(fonts: FontSet) -> None:
    long = "因原房屋拆除重建，申请重新核定门牌号" * 30
    rows = tuple((f"事项{n}", long) for n in range(1, 9))

    with pdfplumber.open(BytesIO(render_slip(replace(SLIP, rows=rows), fonts).content)) as document:
        page = document.pages[0]
        assert min(char["x0"] for char in page.chars) >= 13 * POINTS_PER_MM
        assert max(char["x1"] for char in page.chars) <= (WIDTH_MM - 13) * POINTS_PER_MM
        words = page.extract_words()
    foot = next(word["top"] for word in words if word["text"].startswith(SLIP.hint[:4]))
    body = [word["bottom"] for word in words if "申请重新核定" in word["text"]]
    assert max(body) < foot
    assert all(f"事项{n}" in " ".join(w["text"] for w in words) for n in range(1, 9))


def test_wrapping_keeps_every_character_until_it_cuts(fonts: FontSet) -> None:
    measure = FontMeasure(fonts)

    whole = wrapped("烟舟村12组 因分户\n申请", 6, measure)
    cut = wrapped("烟" * 50, 6, measure, 2)

    assert "".join(whole) == "烟舟村12组 因分户 申请"
    assert all(measure.width(line) <= 6 for line in (*whole, *cut))
    assert (len(cut), cut[-1][-1]) == (2, "…")
