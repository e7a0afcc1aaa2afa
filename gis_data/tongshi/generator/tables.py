"""The lists without geometry, in the encodings in which offices send them."""

import csv
import io
import zipfile
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from gis_data.tongshi.generator.divisions import (
    INVENTED_ABSORBER,
    NAMES_2009,
    NAMES_2016,
    RESPELLED,
    URBAN_RURAL,
    full_name,
)
from gis_data.tongshi.generator.model import NOTE, TOWN, Town

Rows = list[list[str]]
FIXED_TIME = (2026, 1, 1, 0, 0, 0)
DIVISION_HEADER = ["统计用区划代码", "民政区划代码", "名称", "城乡分类代码", "生效日期", "数据说明"]
LIST_NOTE = "示例文件，名称与代码据公开名录"
MERGER_HEADER = ["旧代码", "旧名称", "新代码", "新名称", "变更类型", "生效日期", "批准文号", "说明"]

POLICIES = """\
# 童市镇门牌编制规则（合成示例数据）
# 未列出的村（居）按 default 执行；villages 以 12 位统计用区划代码为键，只写与 default 不同的项。
default:
  rural_unit: group        # group 村民小组 | hamlet 自然村 | village 整村
  mode: sequential         # sequential 顺序编号 | distance 按距离编号
  odd_side: right          # 沿编号方向行走，右侧为单号（参照 GB/T 35639-2017 附录 B）
  subject: courtyard       # courtyard 一院一号 | building 一栋一号 | household 一户一号
  gap_reserve_m: 40        # 街路同侧相邻院落间距超过 40 米时预留号码

villages:
  "430626113220":          # 东源村：按自然村编号
    rural_unit: hamlet
  "430626113226":          # 优良村：整村统一编号
    rural_unit: village
"""


def write(town: Town, folder: Path) -> None:
    _csv(folder / "divisions_2009.csv", DIVISION_HEADER, _divisions(NAMES_2009, "2009-01-01"), "gb18030")
    title = "平江县童市镇区划名录（2016年）"
    _xlsx(folder / "divisions_2016.xlsx", DIVISION_HEADER, _divisions(NAMES_2016, "2016-01-01"), title)
    _csv(folder / "merger_2016.csv", MERGER_HEADER, _mergers(), "utf-8-sig")
    header = ["宗地代码", "村代码", "组名", "生效日期", "数据说明"]
    _csv(folder / "parcel_groups.csv", header, _memberships(town), "gb18030")
    header = ["建筑编号", "村名称", "组或街路", "门牌号", "原地址", "启用日期", "门牌状态", "数据说明"]
    _xlsx(folder / "existing_addresses.xlsx", header, _existing(town))
    (folder / "policies.yaml").write_text(POLICIES, encoding="utf-8")


def _divisions(names: dict[str, str], since: str) -> Rows:
    rows = [
        ["430626000000", "430626", "平江县", "", since, LIST_NOTE],
        [f"{TOWN}000", TOWN, "童市镇", "", since, LIST_NOTE],
    ]
    for suffix, name in names.items():
        kind = URBAN_RURAL.get(suffix, "220")
        rows.append([TOWN + suffix, TOWN + suffix, full_name(suffix, name), kind, since, LIST_NOTE])
    return rows


def _mergers() -> Rows:
    rows = [
        [
            "",
            "",
            f"{TOWN}227",
            "合旺村",
            "新设",
            "2016-01-01",
            "示例批〔2016〕1号",
            "合成示例数据：批准文号为虚构",
        ]
    ]
    for old, new in INVENTED_ABSORBER.items():
        rows.append([TOWN + old, f"{NAMES_2009[old]}村", TOWN + new, f"{NAMES_2016[new]}村", "合并", "2016-01-01",
                     "示例批〔2016〕1号", "示例虚构：并入关系非公开资料"])  # fmt: skip
    for code, since in RESPELLED.items():
        rows.append([TOWN + code, f"{NAMES_2009[code]}村", TOWN + code, f"{NAMES_2016[code]}村", "更名", since,
                     f"示例批〔{since[:4]}〕2号", "合成示例数据：用字变更见公开名录，批准文号为虚构"])  # fmt: skip
    return rows


def _memberships(town: Town) -> Rows:
    return [
        [p.code, p.village.code, p.group.name, "2016-01-01", NOTE]
        for p in town.parcels
        if p.village.suffix == "210" and p.group
    ]


def _existing(town: Town) -> Rows:
    return [
        [e.parcel.main.code, e.parcel.village.name, e.place, e.shown, e.old_text, e.since, e.state, NOTE]
        for e in town.existing
    ]


def _csv(path: Path, header: list[str], rows: Rows, encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)


def _xlsx(path: Path, header: list[str], rows: Rows, title: str = "") -> None:
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise ValueError("a new workbook has a sheet")
    if title:
        sheet.append([title])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(header))
    for row in [header, *rows]:
        sheet.append([value or None for value in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.number_format = "@"
    for i in range(len(header)):
        sheet.column_dimensions["ABCDEFGH"[i]].width = 20
    buffer = io.BytesIO()
    book.save(buffer)
    _repack(buffer, path)


def _repack(buffer: io.BytesIO, path: Path) -> None:
    """The workbook with the times of its making replaced, so that two runs give the same bytes."""
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _core_properties()
            target.writestr(zipfile.ZipInfo(name, FIXED_TIME), data, zipfile.ZIP_DEFLATED)


def _core_properties() -> bytes:
    when = datetime(*FIXED_TIME).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:description>{NOTE}</dc:description>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{when}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{when}</dcterms:modified></cp:coreProperties>'
    ).encode()
