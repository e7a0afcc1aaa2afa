"""Shapefiles as offices send them: no .cpg, a wrong .cpg, names cut to 10 bytes, zips with GBK names."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from address_service.errors import InvalidInput
from address_service.gis.layer_read import CountyFrame, ReadLimits
from address_service.gis.layers import LAYERS
from address_service.gis.read import read_layer

BUILDINGS = LAYERS["buildings"]


@pytest.fixture
def three(house_columns: Callable[[int], dict[str, list[Any]]]) -> dict[str, list[Any]]:
    return house_columns(3)


@pytest.mark.parametrize(("encoding", "said"), [("GBK", "GB18030"), ("UTF-8", "UTF-8")])
def test_a_dbf_without_cpg_is_decoded_by_what_it_holds(
    encoding: str,
    said: str,
    write_vector: Any,
    houses: Any,
    three: Any,
    frame: CountyFrame,
    limits: ReadLimits,
) -> None:
    path = write_vector("房屋.shp", houses(3), three, encoding=encoding)

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert list(layer.fields["name"]) == ["烟舟1栋", "烟舟2栋", "烟舟3栋"]
    assert any(said in note for note in layer.notes)


def test_ascii_at_the_head_does_not_mislead_the_encoding(
    write_vector: Any, houses: Any, house_columns: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    columns = house_columns(3000)
    columns["建筑名称"] = ["No.1"] * 2999 + ["联通"]  # the one GBK text that passes for UTF-8
    path = write_vector("a.shp", houses(3000), columns, encoding="GBK")

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert layer.rejects == []
    assert layer.fields["name"][-1] == "联通"


def test_a_cpg_that_lies_is_overruled_and_said(
    write_vector: Any, houses: Any, three: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = write_vector("a.shp", houses(3), three, encoding="GBK")
    path.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert layer.fields["name"][0] == "烟舟1栋"
    assert any("声明的编码是UTF-8" in note for note in layer.notes)


@pytest.mark.parametrize("cpg", ["ISO-8859-1", "GBK", "OEM", ""])
def test_utf8_is_known_under_any_cpg(
    cpg: str, write_vector: Any, houses: Any, three: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = write_vector("a.shp", houses(3), three, encoding="UTF-8")
    path.with_suffix(".cpg").write_text(cpg, encoding="ascii")

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert layer.fields["name"][2] == "烟舟3栋"


def test_column_names_cut_to_ten_bytes_are_known(
    write_vector: Any, houses: Any, three: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    three["不动产单元号"] = [f"430626113208JC0000{i}F00010001" for i in range(3)]
    path = write_vector("a.shp", houses(3), three, encoding="UTF-8")  # 不动产, 建筑编, 建筑名

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert layer.fields["parcel_code"][2] == "430626113208JC00002"
    assert layer.fields["name"][0] == "烟舟1栋"


def test_a_broken_name_in_a_sound_file_costs_one_row(
    write_vector: Any, houses: Any, house_columns: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    columns = house_columns(50)
    columns["建筑名称"][16] = "烟\ufffd楼"
    path = write_vector("a.shp", houses(50), columns, encoding="UTF-8")

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert [(r.row_no, r.field, r.code) for r in layer.rejects] == [(17, "建筑名", "text-destroyed")]
    assert len(layer) == 49


@pytest.mark.parametrize("cpg", ["", "ISO-8859-1"])
def test_bytes_that_fit_no_encoding_cost_their_row_only(
    cpg: str, write_vector: Any, houses: Any, house_columns: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = write_vector("a.shp", houses(50), house_columns(50), encoding="UTF-8")
    path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace("烟舟17".encode(), b"\xe7\x83\xff\xe8\x88\x9f17"))

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert [(r.row_no, r.code) for r in layer.rejects] == [(17, "text-destroyed")]
    assert layer.fields["name"][0] == "烟舟1栋"


def test_a_text_cut_by_the_column_width_keeps_its_whole_characters(
    write_vector: Any, houses: Any, three: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    three["建筑名称"] = ["童" * 26] * 3  # 78 bytes of UTF-8 in a column of 80
    path = write_vector("a.shp", houses(3), three, encoding="UTF-8")
    dbf = path.with_suffix(".dbf")
    torn = dbf.read_bytes()
    whole = ("童" * 26).encode()
    assert whole in torn
    dbf.write_bytes(torn.replace(whole + b"  ", whole + "童".encode()[:2]))

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert layer.fields["name"][0] == "童" * 26
    assert any("截断" in note for note in layer.notes)


def test_numbers_of_the_dbf_keep_all_digits(
    write_vector: Any, houses: Any, three: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    three["建筑编号"] = [430626113208000001, 430626113208000002, 430626113208000003]
    path = write_vector("a.shp", houses(3), three, encoding="GBK")

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert layer.fields["building_code"][0] == "430626113208000001"


def test_deleted_records_stay_deleted(
    write_vector: Any, houses: Any, three: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = write_vector("a.shp", houses(3), three, encoding="GBK")
    dbf = path.with_suffix(".dbf")
    data = bytearray(dbf.read_bytes())
    header, record = int.from_bytes(data[8:10], "little"), int.from_bytes(data[10:12], "little")
    data[header + record] = ord("*")
    dbf.write_bytes(bytes(data))

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert list(layer.fields["building_code"]) == ["B00001", "B00003"]
    assert layer.geometry is not None
    assert layer.geometry[1].bounds[0] > layer.geometry[0].bounds[0] + 0.0003  # 40 m east, not 20


def test_a_folder_with_one_shapefile_is_read(
    write_vector: Any, houses: Any, three: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = write_vector("folder/房屋.shp", houses(3), three, encoding="GBK")

    assert len(read_layer(path.parent, BUILDINGS, frame, limits)) == 3


def test_a_zip_with_gbk_names_and_two_layers_finds_the_fitting_one(
    write_vector: Any, houses: Any, three: Any, tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    write_vector("in/房屋.shp", houses(3), three, encoding="GBK")
    write_vector("in/杂项.shp", houses(3), {"备注": ["甲", "乙", "丙"]}, encoding="GBK")
    path = _zip_with_gbk_names(tmp_path / "in", tmp_path / "数据.zip")

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert layer.fields["name"][0] == "烟舟1栋"
    assert list(limits.work_dir.iterdir()) == []


def test_two_fitting_layers_ask_for_the_name(
    write_vector: Any, houses: Any, three: Any, tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    write_vector("in/房屋.shp", houses(3), three, encoding="GBK")
    write_vector("in/房屋旧.shp", houses(3), three, encoding="GBK")
    path = _zip_with_gbk_names(tmp_path / "in", tmp_path / "数据.zip")

    with pytest.raises(InvalidInput) as refused:
        read_layer(path, BUILDINGS, frame, limits)

    assert refused.value.code == "layer-ambiguous"
    assert "房屋.shp" in refused.value.message
    assert "房屋旧.shp" in refused.value.message


def test_a_shapefile_without_its_index_says_what_is_missing(
    write_vector: Any, houses: Any, three: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = write_vector("a.shp", houses(3), three, encoding="GBK")
    path.with_suffix(".shx").unlink()

    with pytest.raises(InvalidInput, match=r"缺少\.shx"):
        read_layer(path, BUILDINGS, frame, limits)


class _GbkName(zipfile.ZipInfo):
    """As Chinese Windows packs: the name in GBK, without the UTF-8 flag."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def _zip_with_gbk_names(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for part in sorted(folder.iterdir()):
            archive.writestr(_GbkName(part.name), part.read_bytes())
    assert "房屋.shp".encode("gbk") in target.read_bytes()
    return target
