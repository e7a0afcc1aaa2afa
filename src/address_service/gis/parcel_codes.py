"""Parcel and real-estate unit codes of a row completed from each other (GB/T 37346-2019: 19 head 28)."""

from dataclasses import dataclass

from address_service.gis.layer_read import ObjectArray


@dataclass(frozen=True, slots=True)
class CodeConflict:
    """A row whose two codes contradict each other."""

    row: int
    field: str
    code: str
    message: str
    value: str


def complete_codes(fields: dict[str, ObjectArray]) -> list[CodeConflict]:
    """Fill a missing parcel code from the unit code, in place; a 19-character unit code is a parcel code only.

    Conflicts carry code ``codes-disagree``: the first 19 characters of the unit are another parcel.
    """
    if "real_estate_unit_code" not in fields or "parcel_code" not in fields:
        return []
    units, parcels = fields["real_estate_unit_code"], fields["parcel_code"]
    conflicts = []
    for row, (unit, parcel) in enumerate(zip(units, parcels, strict=True)):
        if unit is None:
            continue
        if parcel is None:
            parcels[row] = unit[:19]
        elif unit[:19] != parcel:
            message = f"不动产单元号的前19位与宗地代码{parcel}不一致"
            conflicts.append(CodeConflict(row, "real_estate_unit_code", "codes-disagree", message, unit))
        if len(unit) == 19:
            units[row] = None
    return conflicts
