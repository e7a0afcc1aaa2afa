"""Which column of a file is which field: by the mapping file, by known names, by names cut to 10 bytes."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from address_service.errors import InvalidInput
from address_service.gis.field_mapping import FieldMapping
from address_service.gis.layers import HOLDER, FieldSpec, LayerSpec
from address_service.gis.vocabulary import IGNORED_NAMES, PERSONAL_NAMES

LON_NAMES = ("经度", "LON", "LONGITUDE", "LNG", "JD", "东经", "WGS84经度", "CGCS2000经度")
LAT_NAMES = ("纬度", "LAT", "LATITUDE", "WD", "北纬", "WGS84纬度", "CGCS2000纬度")
X_NAMES = ("X", "X坐标", "横坐标", "POINT_X", "XZB", "东坐标")
Y_NAMES = ("Y", "Y坐标", "纵坐标", "POINT_Y", "YZB", "北坐标")
WKT_NAMES = ("WKT", "GEOMETRY", "GEOM", "几何", "图形")
COORDINATE_FIELDS = {"lon": LON_NAMES, "lat": LAT_NAMES, "x": X_NAMES, "y": Y_NAMES, "wkt": WKT_NAMES}
HEADER_SEARCH_ROWS = 20

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NOISE = re.compile(r"[\s*:_　]+")
_DBF_NAME_BYTES = 10
_TELLING_NAMES = 2  # one known word may stand in any row, such as an X


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """Canonical field → the file's column, and what became of the other columns (Chinese notes).

    ``further`` holds more columns of a gathered field, which fill the cells that the first leaves empty.
    """

    columns: dict[str, str]
    further: dict[str, list[str]]
    notes: list[str]


def name_key(name: str) -> str:
    """A column name without case, spaces, stars, underscores and full-width variants."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).upper()


def bare_key(name: str) -> str:
    """The same without a remark in brackets."""
    return _ASIDE.sub("", name_key(name))


def wanted_fields(spec: LayerSpec, mapping: FieldMapping) -> tuple[FieldSpec, ...]:
    """The layer's fields, with the holder where the mapping file asks for it."""
    holds = spec.name in ("parcels", "buildings") and mapping.keep_holder
    return (*spec.fields, HOLDER) if holds else spec.fields


def match_columns(names: Sequence[str], spec: LayerSpec, mapping: FieldMapping) -> ColumnMatch:
    """Find the columns of a layer.

    Raises `InvalidInput`: ``columns-missing`` names the missing ones and what was found; ``mapping-malformed``
    where the mapping file names a field or column that does not exist.
    """
    fields = wanted_fields(spec, mapping)
    _check_mapping(names, fields, mapping)
    columns = {name: column for name, column in mapping.columns.items() if name not in COORDINATE_FIELDS}
    taken = set(mapping.columns.values())
    for find in (_by_name, _by_cut_name):
        for field in fields:
            if field.name in columns or field.name in mapping.constants:
                continue
            column = find([name for name in names if name not in taken], field)
            if column is not None:
                columns[field.name] = column
                taken.add(column)
    _require(spec, fields, {*columns, *mapping.constants}, names)
    further = {
        field.name: more
        for field in fields
        if field.gathered and field.name not in mapping.columns and (more := _further(names, field, taken))
    }
    taken |= {name for more in further.values() for name in more}
    return ColumnMatch(columns, further, _leftovers(names, taken))


def coordinate_columns(names: Sequence[str], mapping: FieldMapping) -> dict[str, str]:
    """Columns that hold a table's geometry: {"wkt": …}, {"lon": …, "lat": …}, {"x": …, "y": …} or nothing."""
    found = {field: mapping.columns[field] for field in COORDINATE_FIELDS if field in mapping.columns}
    keys = {name_key(name): name for name in reversed(names)}
    for field, known in COORDINATE_FIELDS.items():
        column = next((keys[name_key(name)] for name in known if name_key(name) in keys), None)
        if field not in found and column is not None:
            found[field] = column
    for group in (("wkt",), ("lon", "lat"), ("x", "y")):
        if all(field in found for field in group):
            return {field: found[field] for field in group}
    return {}


def find_header(rows: Sequence[Sequence[object]], spec: LayerSpec, mapping: FieldMapping) -> int:
    """Index of the header among the first rows: the one with most known names, else the first with any cell."""
    known = known_keys(spec, mapping)
    scores = [
        sum(name_key(str(cell)) in known for cell in row if cell is not None)
        for row in rows[:HEADER_SEARCH_ROWS]
    ]
    if max(scores, default=0) >= _TELLING_NAMES:
        at = scores.index(max(scores))
        while at + 1 < len(rows) and list(rows[at + 1]) == list(rows[at]):  # cells merged downwards, spread
            at += 1
        return at
    return next((i for i, row in enumerate(rows) if any(cell not in (None, "") for cell in row)), 0)


def known_keys(spec: LayerSpec, mapping: FieldMapping) -> set[str]:
    """Keys of all names that a column of this layer may have."""
    fields = wanted_fields(spec, mapping)
    names = [name for field in fields for name in field.known_names]
    coordinates = [name for group in COORDINATE_FIELDS.values() for name in group]
    return {name_key(name) for name in (*names, *coordinates, *mapping.columns.values())}


def fit(names: Sequence[str], spec: LayerSpec, mapping: FieldMapping) -> bool:
    """Whether a file's columns could be this layer."""
    try:
        match_columns(names, spec, mapping)
    except InvalidInput:
        return False
    return True


def _by_name(names: Sequence[str], field: FieldSpec) -> str | None:
    keys = {name_key(name): name for name in reversed(names)}
    bare = {_ASIDE.sub("", key): name for key, name in keys.items()}
    for known in field.known_names:
        column = keys.get(name_key(known)) or bare.get(name_key(known))
        if column is not None:
            return column
    return None


def _further(names: Sequence[str], field: FieldSpec, taken: Collection[str]) -> list[str]:
    keys = {name_key(known) for known in field.known_names}
    return [name for name in names if name not in taken and name_key(name) in keys]


def _by_cut_name(names: Sequence[str], field: FieldSpec) -> str | None:
    cut = [name for name in names if _looks_cut(name)]
    for known in field.known_names:
        for name in cut:
            if len(name_key(name)) < len(name_key(known)) and name_key(known).startswith(name_key(name)):
                return name
    return None


def _looks_cut(name: str) -> bool:
    # A name cut in the middle of a character loses up to two more bytes in UTF-8, one in GBK.
    lengths = (len(name.encode("utf-8")), len(name.encode("gb18030")))
    return any(_DBF_NAME_BYTES - 2 <= length <= _DBF_NAME_BYTES for length in lengths)


def _check_mapping(names: Sequence[str], fields: Iterable[FieldSpec], mapping: FieldMapping) -> None:
    known = {field.name for field in fields} | set(COORDINATE_FIELDS)
    for name in (*mapping.columns, *mapping.constants, *mapping.values):
        if name not in known:
            raise InvalidInput(
                f"列对应文件里的字段{name}不属于本图层（可用：{'、'.join(sorted(known))}）",
                code="mapping-malformed",
            )
    for column in mapping.columns.values():
        if column not in names:
            raise InvalidInput(
                f"列对应文件指定的列“{column}”不在文件中；文件里有：{_listed(names)}",
                code="mapping-malformed",
            )


def _require(
    spec: LayerSpec, fields: Iterable[FieldSpec], found: Collection[str], names: Sequence[str]
) -> None:
    missing = [field.label for field in fields if field.required and field.name not in found]
    missing += [
        "或".join(spec.field(name).label for name in group)
        for group in spec.one_of
        if not any(name in found for name in group)
    ]
    if missing:
        raise InvalidInput(
            f"{spec.label}缺少列：{'、'.join(missing)}；文件里有：{_listed(names)}", code="columns-missing"
        )


def _leftovers(names: Sequence[str], taken: Collection[str]) -> list[str]:
    personal_keys = {name_key(name) for name in PERSONAL_NAMES}
    quiet_keys = {name_key(name) for name in IGNORED_NAMES}
    quiet_keys |= {name_key(name) for group in COORDINATE_FIELDS.values() for name in group}
    rest = [name for name in names if name not in taken and name_key(name) not in quiet_keys]
    personal = [name for name in rest if name_key(name) in personal_keys]
    other = [name for name in rest if name_key(name) not in personal_keys]
    notes = []
    if personal:
        notes.append(f"含个人信息的列未导入：{_listed(personal)}")
    if other:
        notes.append(f"未用到的列：{_listed(other)}")
    return notes


def _listed(names: Sequence[str], limit: int = 40) -> str:
    text = "、".join(names[:limit])
    return text + ("等" if len(names) > limit else "") if names else "（无）"
