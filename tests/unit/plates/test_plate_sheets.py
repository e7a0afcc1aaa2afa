"""Printed sheets read back: sizes, codes, texts, fonts."""

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from address_service.errors import InvalidInput
from address_service.plates.content import PlateContent
from address_service.plates.fonts import FontSet
from address_service.plates.layout import Box
from address_service.plates.profile import PROFILES, Role
from address_service.plates.sheet import proof_box, proof_scale, render_plates, render_proof
from address_service.plates.text import face_texts

MM_PER_POINT = 25.4 / 72
RARE = "\U0002c497"
Make = Callable[..., PlateContent]
Texts = Callable[[bytes], list[str]]


def batch_of(plate: Make, count: int) -> list[PlateContent]:
    """A village in walking order: groups of ten, every fifth house with a sub-number."""
    return [
        plate(f"烟舟村{n // 10 + 1}组", f"{n % 10 + 1}号" + ("附1" if n % 5 == 4 else ""), n + 1)
        for n in range(count)
    ]


def pages(pdf: bytes) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(pdf))


def picture(page: pypdfium2.PdfPage, dots_per_inch: float) -> Image.Image:
    image: Image.Image = page.render(scale=dots_per_inch / 72).to_pil()
    return image.convert("RGB")


def codes_in(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(np.asarray(image.convert("L")))]


def ink_share(image: Image.Image, region: Box, face_height: float, dots_per_mm: float) -> float:
    """Share of white pixels in a box given in mm from the lower left corner."""
    left, right = region.x * dots_per_mm, region.right * dots_per_mm
    top, bottom = (face_height - region.top) * dots_per_mm, (face_height - region.y) * dots_per_mm
    cut = np.asarray(image.crop((round(left), round(top), round(right), round(bottom))))
    return float((cut.min(axis=2) > 200).mean())


@pytest.mark.parametrize("key", sorted(PROFILES))
def test_page_and_trim_box_are_the_face(key: str, plate: Make, fonts: FontSet) -> None:
    profile = PROFILES[key]
    batch = [plate(number=f"{serial}", serial=serial) for serial in (1, 2, 3)]

    boxes = [
        (page.get_mediabox(), page.get_trimbox(fallback_ok=False), page.get_cropbox())
        for page in pages(render_plates(batch, profile, fonts))
    ]

    assert len(boxes) == 3
    for box in (box for kinds in boxes for box in kinds):
        assert [edge * MM_PER_POINT for edge in box] == pytest.approx(
            [0, 0, profile.width_mm, profile.height_mm], abs=0.05
        )


@pytest.mark.parametrize("key", ["large", "medium", "small"])
def test_every_code_of_sixty_plates_reads_back_as_its_url(key: str, plate: Make, fonts: FontSet) -> None:
    profile = PROFILES[key]
    assert profile.qr_mm is not None
    batch = batch_of(plate, 60)
    dots_per_inch = 200 * 40 / profile.qr_mm  # as fine as 200 dpi on the small plate

    read = [codes_in(picture(page, dots_per_inch)) for page in pages(render_plates(batch, profile, fonts))]

    assert read == [[content.url] for content in batch]


def test_profiles_without_a_code_print_none(plate: Make, fonts: FontSet) -> None:
    for key in ("building", "unit", "room"):
        (page,) = pages(render_plates([plate(number="3")], PROFILES[key], fonts))

        assert codes_in(picture(page, 72)) == []


def test_a_code_is_40_mm_wide_with_its_quiet_zone(plate: Make, fonts: FontSet) -> None:
    (page,) = pages(render_plates([plate()], PROFILES["small"], fonts))
    dots_per_mm = 20
    image = picture(page, dots_per_mm * 25.4)
    (found,) = zxingcpp.read_barcodes(np.asarray(image.convert("L")))

    modules_mm = (found.position.top_right.x - found.position.top_left.x) / dots_per_mm

    assert modules_mm == pytest.approx(40 * 33 / 41, abs=0.3)


@pytest.mark.parametrize("key", sorted(PROFILES))
def test_every_name_and_number_is_found_on_its_page(
    key: str, plate: Make, fonts: FontSet, text_of_pages: Texts
) -> None:
    profile = PROFILES[key]
    number = "{}" if key == "building" else "{}号附1"
    batch = [plate(f"烟舟村{n}组", number.format(n), n) for n in range(8, 14)]

    found = text_of_pages(render_plates(batch, profile, fonts))

    assert len(found) == len(batch)
    for content, text in zip(batch, found, strict=True):
        for shown in face_texts(content, profile).values():
            assert shown in text.splitlines()


def test_a_name_on_two_lines_is_found_line_by_line(plate: Make, fonts: FontSet, text_of_pages: Texts) -> None:
    pdf = render_plates([plate("童市居委会新市街幸福里老屋场一巷")], PROFILES["small"], fonts)

    assert text_of_pages(pdf)[0].splitlines()[:2] == ["童市居委会新市街", "幸福里老屋场一巷"]


@pytest.mark.parametrize("key", ["small", "building"])
def test_a_fallback_character_is_visible_and_found(
    key: str, plate: Make, fonts: FontSet, text_of_pages: Texts
) -> None:
    profile = PROFILES[key]
    content = replace(plate(f"烟{RARE}", "18"), pinyin="Yanlan")
    pdf = render_plates([content], profile, fonts)
    blank = render_plates([replace(content, name_text="烟　")], profile, fonts)

    right_half = Box(
        profile.width_mm / 2, profile.height_mm * 0.62, profile.width_mm / 4, profile.height_mm * 0.25
    )
    if key == "building":
        right_half = Box(280, 250, 240, 200)
    shares = [
        ink_share(picture(pages(each)[0], 50), right_half, profile.height_mm, 50 / 25.4)
        for each in (pdf, blank)
    ]

    assert shares[0] > shares[1] + 0.03
    assert f"烟{RARE}" in text_of_pages(pdf)[0]


@pytest.mark.parametrize("renderer", ["pdfium", "poppler"])
def test_the_largest_digits_are_drawn_by_every_renderer(
    renderer: str, plate: Make, fonts: FontSet, tmp_path: Path
) -> None:
    pdf = render_plates([plate("新市街", "8")], PROFILES["building"], fonts)
    image = picture(pages(pdf)[0], 15)
    if renderer == "poppler":
        (tmp_path / "building.pdf").write_bytes(pdf)
        command = ["pdftoppm", "-r", "15", "-png", "-singlefile", "building.pdf", "building"]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
        image = Image.open(tmp_path / "building.png").convert("RGB")

    pixels = np.asarray(image).astype(int)
    rows = np.flatnonzero(((pixels[:, :, 0] > 150) & (pixels[:, :, 1] < 90)).any(axis=1))

    assert (rows[-1] - rows[0] + 1) * 25.4 / 15 >= 350


def test_white_on_blue_with_a_black_and_white_code(plate: Make, fonts: FontSet) -> None:
    (page,) = pages(render_plates([plate()], PROFILES["small"], fonts))
    colours = picture(page, 50).getcolors(100_000)

    assert colours is not None
    common = [colour for _, colour in sorted(colours, reverse=True)[:3]]
    assert common == [(0, 72, 153), (255, 255, 255), (0, 0, 0)]


def test_fonts_are_embedded_as_subsets(plate: Make, fonts: FontSet, tmp_path: Path) -> None:
    source = tmp_path / "plates.pdf"
    source.write_bytes(render_plates([plate(f"烟舟村{RARE}组")], PROFILES["small"], fonts))

    done = subprocess.run(["pdffonts", str(source)], check=True, capture_output=True, text=True, timeout=60)
    listed = done.stdout.splitlines()[2:]

    assert len(listed) == 2
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in listed)  # emb, sub, uni
    assert source.stat().st_size < 60_000


def test_the_same_batch_gives_the_same_bytes(plate: Make, fonts: FontSet) -> None:
    batch = batch_of(plate, 12)

    assert render_plates(batch, PROFILES["small"], fonts) == render_plates(batch, PROFILES["small"], fonts)
    assert render_proof(batch, PROFILES["small"], fonts) == render_proof(batch, PROFILES["small"], fonts)


@pytest.mark.parametrize("render", [render_plates, render_proof])
def test_a_batch_with_problems_is_refused_with_all_of_them(
    render: Callable[..., bytes], plate: Make, fonts: FontSet
) -> None:
    batch = [plate("烟舟村\U000323af组"), plate("", serial=2), plate("新市街", serial=3)]

    with pytest.raises(InvalidInput, match=r"U\+323AF") as caught:
        render(batch, PROFILES["small"], fonts)

    assert caught.value.code == "plates-not-printable"
    assert [(error.code, error.row) for error in caught.value.errors] == [
        ("glyph-missing", 1),
        ("field-empty", 2),
    ]


def test_the_proof_has_eight_plates_a_page_with_scale_page_and_address_code(
    plate: Make, fonts: FontSet, text_of_pages: Texts
) -> None:
    batch = batch_of(plate, 17)
    found = text_of_pages(render_proof(batch, PROFILES["small"], fonts))

    assert len(found) == 3
    assert all("缩小至 60%，非成品尺寸" in text and "小门牌 150×90 毫米" in text for text in found)
    for position, content in enumerate(batch, start=1):
        text = found[(position - 1) // 8]
        assert content.address_code in text
        assert content.number_text in text
        assert f"第 {position} 张" in text or f"第{position}张" in text


def test_the_codes_of_a_proof_can_be_read(plate: Make, fonts: FontSet) -> None:
    batch = batch_of(plate, 8)
    (page,) = pages(render_proof(batch, PROFILES["small"], fonts))

    assert sorted(codes_in(picture(page, 300))) == sorted(content.url for content in batch)


def test_the_proof_is_a4(plate: Make, fonts: FontSet) -> None:
    (page,) = pages(render_proof([plate()], PROFILES["medium"], fonts))

    assert [edge * MM_PER_POINT for edge in page.get_mediabox()] == pytest.approx([0, 0, 210, 297], abs=0.05)


@pytest.mark.parametrize("key", sorted(PROFILES))
def test_reduced_faces_stay_on_the_sheet_and_apart(key: str) -> None:
    profile = PROFILES[key]
    scale = proof_scale(profile)
    boxes = [proof_box(profile, scale, place) for place in range(8)]

    assert 0 < scale <= 1
    assert all(box.x > 3 and box.y > 8 and box.right < 207 and box.top < 290 for box in boxes)
    for place, box in enumerate(boxes):
        for other in boxes[place + 1 :]:
            assert box.right < other.x or other.right < box.x or box.top < other.y or other.top < box.y


def test_number_regions_come_after_names_in_every_profile() -> None:
    for profile in PROFILES.values():
        assert [region.role for region in profile.regions].count(Role.NUMBER) == 1


def test_more_characters_than_one_subset_holds_are_all_found(
    plate: Make, fonts: FontSet, text_of_pages: Texts
) -> None:
    characters = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 600))
    names = [characters[start : start + 6] for start in range(0, 600, 6)]
    batch = [plate(name, serial=serial) for serial, name in enumerate(names, start=1)]

    found = text_of_pages(render_plates(batch, PROFILES["small"], fonts))

    assert [text.splitlines()[0] for text in found] == names


def test_sheets_drawn_by_several_threads_at_once_come_out_right(plate: Make, fonts: FontSet) -> None:
    batch = batch_of(plate, 12)
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda _: render_plates(batch, PROFILES["small"], fonts), range(8)))

    assert set(drawn) == {render_plates(batch, PROFILES["small"], fonts)}
