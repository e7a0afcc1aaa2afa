"""Which columns a system on the other side takes, read from YAML profiles beside this module."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from uuid import UUID

import yaml

from address_service.errors import NotFound
from address_service.reconcile.aliases import AliasDoubt
from address_service.reconcile.change_set import ChangeSet, HeldMove, HeldReason, Move, MoveKind, hold_back
from address_service.reconcile.ranges import RangeKind

Codes = Mapping[UUID, Mapping[str, str]]
"""The other side's codes (jlx, pcs, …) and our `address_code`, by the address that people come to."""

KIND_LABELS = {
    MoveKind.CREATE: "新增",
    MoveKind.RENAME: "更名",
    MoveKind.RENUMBER: "重新编号",
    MoveKind.CORRECT: "更正",
    MoveKind.REPLACE: "换码",
    MoveKind.MERGE: "合并",
    MoveKind.SPLIT: "分立",
    MoveKind.RETIRE: "注销",
}
HELD_LABELS = {
    HeldReason.SPLIT_UNDIVIDED: "分立后各户去向未定",
    HeldReason.STILL_INHABITED: "地址已注销，仍有住户登记在此，去向未定",
    HeldReason.CODES_MISSING: "缺少对方代码",
    HeldReason.TARGET_OCCUPIED: "新地址的原住户尚未迁出",
}
ALIAS_LABELS = {
    AliasDoubt.UNDECIDED: "贵方地址写法相同的各行尚未全部核定",
    AliasDoubt.NAMELESS: "贵方此地址写法涉及几处地址，有的行没有户号或一户两处",
    AliasDoubt.NOT_TOLD: "核定的地址尚未下发或已不再现行",
    AliasDoubt.PERSONAL: "贵方地址中含有个人号码",
}
RANGE_LABELS = {
    RangeKind.SINGLE: "单个号码",
    RangeKind.ALL: "全部号码",
    RangeKind.EVEN: "双号段",
    RangeKind.ODD: "单号段",
    RangeKind.FULL: "连续号段",
}
STAYS, TO_DECIDE = "不变", "由受理机关核定"


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """``columns`` as (title, field), and the codes without which no row goes out."""

    name: str
    title: str
    columns: tuple[tuple[str, str], ...]
    required_codes: tuple[str, ...]


def profile_names() -> list[str]:
    """Names of the profiles there are, sorted."""
    folder = resources.files("address_service.reconcile") / "profiles"
    return sorted(one.name.removesuffix(".yaml") for one in folder.iterdir() if one.name.endswith(".yaml"))


def read_profile(name: str) -> ColumnProfile:
    """The profile ``name``; NotFound `profile-unknown`."""
    if name not in profile_names():
        raise NotFound(f"没有列配置“{name[:40]}”，可用：{'、'.join(profile_names())}", code="profile-unknown")
    file = resources.files("address_service.reconcile") / "profiles" / f"{name}.yaml"
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    columns = tuple((one["title"], one["field"]) for one in raw["columns"])
    return ColumnProfile(name, raw["title"], columns, tuple(raw["required_codes"]))


def hold_uncoded(found: ChangeSet, profile: ColumnProfile, codes: Codes) -> ChangeSet:
    """Hold back each move whose new address lacks a required code, and whoever would move in after it."""
    missing = [
        HeldMove(move, HeldReason.CODES_MISSING, "、".join(lacking))
        for move in found.moves
        if move.new_text is not None and (lacking := _lacking(move, profile, codes))
    ]
    return hold_back(found.moves, [*found.held, *missing])


def _lacking(move: Move, profile: ColumnProfile, codes: Codes) -> list[str]:
    known = codes.get(move.heir_id, {})
    return [field for field in profile.required_codes if not known.get(field)]


def fields_of(move: Move, codes: Codes) -> dict[str, str]:
    """All that a column may show of a move, as text."""
    return {
        **codes.get(move.heir_id, {}),
        "row_no": "",
        "old_text": move.old_text or "",
        "new_text": move.new_text or "",
        "household_no": move.household_no or "",
        "kind": "、".join(dict.fromkeys(KIND_LABELS[kind] for kind in move.kinds)),
        "decree": "、".join(move.decrees),
        "effective_on": move.effective_on.isoformat(),
        "seq": str(move.seq),
        "stay": STAYS if move.is_pure_renaming else TO_DECIDE,
    }


def table_of(profile: ColumnProfile, rows: Iterable[Mapping[str, str]]) -> list[list[str]]:
    """Titles, then one line for each row; a field that a row lacks is empty."""
    titles = [title for title, _ in profile.columns]
    return [titles, *([row.get(field, "") for _, field in profile.columns] for row in rows)]
