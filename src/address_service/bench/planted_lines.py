"""Lines written by hand over a small planted county, and the facts of that county for whoever writes them."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from address_service.bench.planted import PlantedRow
from address_service.bench.planted_maker import make_world
from address_service.bench.planted_names import MERGERS, NEIGHBOURS, TOWNS, VILLAGES, Named
from address_service.bench.planted_world import Stretch, World, external_id
from address_service.errors import InvalidInput

SMALL_SEED, SMALL_SCALE = 300, 0.01
COLUMNS = ("text", "day", "truth", "why")


def small_world() -> World:
    """The county that hand-written lines speak of; the same for ever."""
    return make_world(SMALL_SEED, SMALL_SCALE)


def read_lines(path: Path) -> list[PlantedRow]:
    """Rows of a CSV (``.csv``) or TSV in UTF-8 with the columns of ``COLUMNS`` in its first line.

    ``day`` is ISO or empty; ``truth`` is an address id of the small county, empty where nobody can tell an address.
    Refused with its line: a day that is none, a truth that is no address in force.
    """
    known = {one.address for one in small_world().current()}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter="," if path.suffix == ".csv" else "\t")
        if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
            raise InvalidInput(f"缺少列：{'、'.join(missing)}", code="bench-lines-columns")
        return [_row(reader.line_num, facts, known) for facts in reader]


def _row(line: int, facts: dict[str, str | None], known: set[str]) -> PlantedRow:
    text, day, truth, why = ((facts[name] or "").strip() for name in COLUMNS)
    try:
        on = date.fromisoformat(day) if day else None
    except ValueError:
        raise InvalidInput(f"第 {line} 行的日期“{day}”不是 年-月-日", code="bench-lines-day") from None
    if truth and truth not in known:
        raise InvalidInput(f"第 {line} 行的答案“{truth}”不是现行地址", code="bench-lines-truth")
    return PlantedRow("by_hand", text, on, None, (), truth or None, why=why)


def facts() -> dict[str, list[Sequence[object]]]:
    """Name of a CSV → its lines: divisions, addresses in force, and history, all that a writer needs."""
    world = small_world()
    return {
        "divisions.csv": list(_divisions()),
        "addresses.csv": list(_addresses(world)),
        "history.csv": list(_history(world)),
    }


def write_facts(folder: Path) -> None:
    """Write the facts as CSV files into a folder."""
    for name, lines in facts().items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(lines)


def _divisions() -> Iterator[Sequence[object]]:
    yield ("level", "key", "name", "parent", "code", "start", "end")
    for level, listed in (("town", TOWNS), ("village", VILLAGES)):
        for one in listed:
            yield (level, one.key, one.name, _town(one), one.code, one.start or "", one.end or "")
    for name in NEIGHBOURS:
        yield ("neighbour", "", name, "平江县", "", "", "")


def _town(one: Named) -> str:
    return next((town.name for town in reversed(TOWNS) if town.key == one.parent), "平江县")


def _addresses(world: World) -> Iterator[Sequence[object]]:
    yield ("address", "text", "since", "external_id")
    for one in sorted(world.current(), key=lambda one: one.address):
        yield (one.address, one.spot.text(), one.start, external_id(one.address) or "")


def _history(world: World) -> Iterator[Sequence[object]]:
    """Mergers, texts of before, ends of addresses, recorded other names."""
    yield ("what", "subject", "text", "start", "end", "became")
    for merger in MERGERS:
        groups = "groups {} to {}".format(*merger.groups) if merger.groups else "whole"
        yield ("merger", merger.before, f"{groups}, {merger.how}", "", merger.on, merger.after)
    for one in _before(world.stretches):
        what = "text" if one.recorded else "text carried by its village, not on record"
        yield (what, one.address, one.spot.text(), one.start, one.end or "", "")
    for address, after in sorted(world.successors.items()):
        yield ("address ended", address, "", "", "", " ".join(after))
    for alias in world.aliases:
        yield ("other name", alias.address, alias.text, alias.start or "", alias.end or "", "")


def _before(stretches: Iterable[Stretch]) -> list[Stretch]:
    return sorted((one for one in stretches if one.end), key=lambda one: (one.address, one.start))


if __name__ == "__main__":
    write_facts(Path(sys.argv[1]))
