"""The import layers (导入图层): canonical fields, how each is read, and the names offices give the columns."""

from dataclasses import dataclass
from enum import StrEnum

from address_service.gis import values
from address_service.gis.values import Convert
from address_service.gis.vocabulary import (
    CHANGE_KINDS,
    HOLDER_NAMES,
    NAME_STATES,
    PLACE_KINDS,
    PLAN_KINDS,
    PLATE_STATES,
    SIDES,
    STREET_KINDS,
    USES,
)


class Shape(StrEnum):
    """Geometry of a layer as it is handed on."""

    POLYGON = "polygon"
    """MultiPolygon."""

    LINE = "line"
    """MultiLineString."""

    LINE_PARTS = "line-parts"
    """LineString; a multi-part line gives one row for each part."""

    AREA_OR_LINE = "area-or-line"
    """MultiPolygon or MultiLineString."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One canonical field.

    ``label`` is the column name of the published template, ``synonyms`` further names it is known by (full
    names, pinyin initials of the cadastral standards, names cut to the 10 bytes of a .dbf). A required field
    needs its column and a value in each row; another one takes ``default`` where it is missing. A ``gathered``
    field may stand in several columns (组名 in one, 街路名称 in another), of which a row fills one.
    """

    name: str
    label: str
    convert: Convert = values.to_text
    synonyms: tuple[str, ...] = ()
    required: bool = False
    default: object = None
    gathered: bool = False

    @property
    def known_names(self) -> tuple[str, ...]:
        """All names that the column may have, the template's first."""
        return (self.label, self.name, *self.synonyms)


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One import layer.

    ``one_of`` lists groups of fields of which at least one must be there, in the file and in each row.
    ``key`` may stand only once in a file. ``point_side_m`` allows points: each becomes a square of that side,
    and its own gate.
    """

    name: str
    label: str
    fields: tuple[FieldSpec, ...]
    shape: Shape | None = None
    one_of: tuple[tuple[str, ...], ...] = ()
    key: str | None = None
    point_side_m: float = 0.0

    def field(self, name: str) -> FieldSpec:
        """The field of that canonical name."""
        return next(spec for spec in self.fields if spec.name == name)


HOLDER = FieldSpec("holder", HOLDER_NAMES[0], synonyms=HOLDER_NAMES[1:])
"""Personal data: dropped from parcels and buildings unless the mapping file says `keep_holder: true`."""

_VILLAGE_NAMES = (
    "村（居）代码", "村(居)代码", "行政村代码", "村居代码", "村级代码", "所属村代码", "CDM", "CUNDM", "XZCDM", "XZQDM",
    "ZLDWDM", "行政区代码", "行政区划代码", "坐落单位代码", "统计用区划代码",
)  # fmt: skip
_VILLAGE = FieldSpec("village_code", "村代码", values.to_village_code, _VILLAGE_NAMES, required=True)
_VILLAGE_OPTIONAL = FieldSpec("village_code", "村代码", values.to_village_code, _VILLAGE_NAMES)
_NAME = FieldSpec("name", "名称", synonyms=("MC",), required=True)
_DECREE = FieldSpec("decree_no", "批准文号", synonyms=("批复文号", "文号", "PZWH", "批文号", "备案文号"))
_VALID_FROM = FieldSpec("valid_from", "生效日期", values.to_date, ("启用日期", "起始日期", "SXRQ", "QYRQ"))
_PARCEL = FieldSpec(
    "parcel_code", "宗地代码", values.to_parcel_code, ("ZDDM", "宗地编码", "宗地号", "地籍号", "ZDH")
)
_REAL_ESTATE = FieldSpec(
    "real_estate_unit_code",
    "不动产单元号",
    values.to_real_estate_code,
    ("不动产单元", "不动产单元代码", "不动产单元编号", "BDCDYH", "BDCDYDM"),
)
_BUILDING_NAMES = (
    "建筑物编号",
    "房屋编号",
    "房屋编码",
    "建筑物代码",
    "幢编号",
    "JZBH",
    "JZWBH",
    "FWBH",
    "FWBM",
)

LAYERS: dict[str, LayerSpec] = {
    spec.name: spec
    for spec in (
        LayerSpec(
            "divisions",
            "行政区划",
            (
                FieldSpec(
                    "code_nbs",
                    "统计用区划代码",
                    values.to_division_code,
                    ("区划代码", "行政区划代码", "代码", "XZQDM", "TJDM"),
                    True,
                ),
                FieldSpec("code_mca", "民政区划代码", values.to_division_code, ("民政代码", "MZDM")),
                FieldSpec(
                    "name", "名称", synonyms=("区划名称", "行政区划名称", "XZQMC", "MC"), required=True
                ),
                FieldSpec(
                    "urban_rural_class", "城乡分类代码", values.to_urban_rural_class, ("城乡分类", "CXFLDM")
                ),
                _VALID_FROM,
            ),
        ),
        LayerSpec(
            "division-changes",
            "区划变更",
            (
                FieldSpec("old_code", "旧代码", values.to_division_code, ("原代码", "变更前代码")),
                FieldSpec("old_name", "旧名称", synonyms=("原名称", "变更前名称")),
                FieldSpec("new_code", "新代码", values.to_division_code, ("现代码", "变更后代码")),
                FieldSpec("new_name", "新名称", synonyms=("现名称", "变更后名称")),
                FieldSpec("kind", "变更类型", values.one_of(CHANGE_KINDS), ("类型", "变更方式"), True),
                FieldSpec("effective_on", "生效日期", values.to_date, ("变更日期", "SXRQ"), True),
                _DECREE,
                FieldSpec("note", "说明", synonyms=("备注", "BZ")),
            ),
            one_of=(("old_code", "new_code"),),
        ),
        LayerSpec(
            "boundaries",
            "村界",
            (
                _VILLAGE,
                FieldSpec(
                    "name", "村名称", synonyms=("名称", "村名", "行政村名称", "XZQMC", "ZLDWMC", "CMC", "MC")
                ),
            ),
            Shape.POLYGON,
        ),
        LayerSpec(
            "streets",
            "街路",
            (
                FieldSpec(
                    "name",
                    "街路名称",
                    synonyms=("名称", "道路名称", "街路巷名称", "DLMC", "JLXMC", "MC"),
                    required=True,
                ),
                FieldSpec(
                    "street_kind", "类别", values.one_of(STREET_KINDS), ("街路类别", "道路类别", "类型", "LB")
                ),
                _VILLAGE,
                FieldSpec(
                    "name_state",
                    "地名状态",
                    values.one_of(NAME_STATES),
                    ("名称状态", "DMZT"),
                    default="proposed",
                ),
                _DECREE,
                FieldSpec("origin", "起点", synonyms=("起点说明", "QD"), default=""),
            ),
            Shape.LINE,
        ),
        LayerSpec(
            "lanes",
            "便道",
            (FieldSpec("name", "名称", synonyms=("道路名称", "DLMC", "MC"), default=""), _VILLAGE_OPTIONAL),
            Shape.LINE_PARTS,
        ),
        LayerSpec(
            "groups",
            "村民小组和自然村",
            (
                _VILLAGE,
                FieldSpec(
                    "name",
                    "组名",
                    synonyms=("组名称", "小组名称", "村民小组", "自然村名称", "名称", "ZMC", "MC"),
                    required=True,
                ),
                FieldSpec("place_kind", "类别", values.one_of(PLACE_KINDS), ("类型", "LB"), default="group"),
            ),
            Shape.POLYGON,
        ),
        LayerSpec(
            "group-members",
            "宗地归组名单",
            (
                FieldSpec("parcel_code", "宗地代码", values.to_parcel_code, _PARCEL.synonyms, True),
                _VILLAGE,
                FieldSpec(
                    "place_name",
                    "组名",
                    synonyms=("组名称", "小组名称", "村民小组", "自然村", "ZMC"),
                    required=True,
                ),
                _VALID_FROM,
            ),
        ),
        LayerSpec(
            "parcels",
            "宗地",
            (
                _PARCEL,
                _REAL_ESTATE,
                FieldSpec(
                    "location_text", "坐落", synonyms=("土地坐落", "宗地坐落", "ZL", "TDZL"), default=""
                ),
                FieldSpec("use", "用途", synonyms=("土地用途", "宗地用途", "YT", "TDYT", "PZYT"), default=""),
            ),
            Shape.POLYGON,
            one_of=(("parcel_code", "real_estate_unit_code"),),
            key="parcel_code",
        ),
        LayerSpec(
            "buildings",
            "建筑物",
            (
                FieldSpec("building_code", "建筑编号", values.to_code, _BUILDING_NAMES, True),
                _REAL_ESTATE,
                _PARCEL,
                _VILLAGE_OPTIONAL,
                FieldSpec(
                    "use",
                    "用途",
                    values.one_of(USES),
                    ("房屋用途", "建筑用途", "规划用途", "FWYT", "GHYT", "YT", "FWYT1"),
                    True,
                ),
                FieldSpec(
                    "floors",
                    "层数",
                    values.integer_between(1, 99),
                    ("总层数", "房屋层数", "ZCS", "CS", "FWCS", "地上层数", "DSCS"),
                    default=1,
                ),
                FieldSpec("units", "单元数", values.integer_between(0, 99), ("DYS",), default=0),
                FieldSpec(
                    "rooms_per_floor",
                    "每层户数",
                    values.integer_between(0, 99),
                    ("每层房数", "每层套数", "每单元每层户数", "MCHS"),
                    default=0,
                ),
                FieldSpec(
                    "name",
                    "建筑名称",
                    synonyms=("建筑物名称", "房屋名称", "楼名", "JZMC", "JZWMC"),
                    default="",
                ),
                FieldSpec("street_name", "街路名称", synonyms=("所在街路", "街路", "道路名称", "JLXMC")),
                FieldSpec(
                    "group_name", "村民小组", synonyms=("组名", "组名称", "小组", "自然村", "CMXZ", "ZMC")
                ),
                FieldSpec("gate_lon", "大门经度", values.to_number, ("门经度", "出入口经度", "DMJD")),
                FieldSpec("gate_lat", "大门纬度", values.to_number, ("门纬度", "出入口纬度", "DMWD")),
            ),
            Shape.POLYGON,
            key="building_code",
            point_side_m=8.0,
        ),
        LayerSpec(
            "plans",
            "建设计划",
            (
                FieldSpec(
                    "plan_no", "计划编号", values.to_code, ("项目编号", "规划编号", "JHBH", "XMBH"), True
                ),
                FieldSpec("name", "名称", synonyms=("计划名称", "项目名称", "MC", "XMMC"), required=True),
                FieldSpec("plan_kind", "类型", values.one_of(PLAN_KINDS), ("计划类型", "LX"), True),
                _VILLAGE,
                FieldSpec(
                    "place_name",
                    "组名或街路名称",
                    synonyms=(
                        "组名|街路名称",
                        "组名",
                        "街路名称",
                        "组或街路",
                        "地名",
                        "组名/街路名称",
                        "所在地名",
                    ),
                    required=True,
                    gathered=True,
                ),
                FieldSpec(
                    "planned_doors",
                    "计划户数",
                    values.integer_between(1, 9999),
                    ("规划户数", "计划门牌数", "户数", "JHHS"),
                    True,
                ),
                FieldSpec(
                    "holder",
                    "建设单位",
                    synonyms=("建设单位/申请人", "项目单位", "申请单位", "申请人", "JSDW"),
                    required=True,
                ),
                FieldSpec("purpose", "用途", synonyms=("规划用途", "YT", "GHYT"), default=""),
                FieldSpec("decree_no", "批准文号", synonyms=_DECREE.synonyms, required=True),
                FieldSpec(
                    "expires_on",
                    "到期日期",
                    values.to_date,
                    ("有效期至", "失效日期", "DQRQ", "截止日期"),
                    True,
                ),
                FieldSpec("side", "侧别", values.one_of(SIDES), ("街侧", "CB")),
            ),
            Shape.AREA_OR_LINE,
            key="plan_no",
        ),
        LayerSpec(
            "addresses",
            "已有门牌",
            (
                FieldSpec("building_code", "建筑编号", values.to_code, _BUILDING_NAMES),
                _PARCEL,
                FieldSpec("village_name", "村名称", synonyms=("村名", "行政村", "村（居）名称", "村", "CMC")),
                _VILLAGE_OPTIONAL,
                FieldSpec(
                    "place_name",
                    "组或街路",
                    synonyms=(
                        "组名或街路名称",
                        "组名|街路名称",
                        "组名",
                        "街路名称",
                        "地名",
                        "村民小组",
                        "自然村",
                    ),
                    gathered=True,
                ),
                FieldSpec(
                    "number", "门牌号", values.to_door_number, ("门牌号码", "号码", "门牌", "MPH"), True
                ),
                FieldSpec(
                    "old_text",
                    "原地址",
                    synonyms=("原门牌地址", "旧地址", "现地址", "地址", "YDZ"),
                    default="",
                ),
                FieldSpec("valid_from", "启用日期", values.to_date, ("生效日期", "编制日期", "QYRQ")),
                FieldSpec("plate_state", "门牌状态", values.one_of(PLATE_STATES), ("门牌现状", "MPZT"), True),
            ),
            one_of=(("building_code", "parcel_code"), ("village_code", "village_name")),
        ),
    )
}
"""The layers by the names of the command line, plus ``group-members`` for groups that come as a list."""
