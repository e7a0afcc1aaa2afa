"""A population system keyed by its own spellings: after its extract was decided on, a package finds everybody there."""

from pathlib import Path
from typing import Any

import pytest

from address_service.errors import Conflict
from address_service.model.accounts import Role
from address_service.model.reconciliation import RowDecision
from address_service.services.decide_extract_row import decide_row
from address_service.store.files import FileStore
from address_service.store.work import Work
from tests.population_system import PopulationSystem
from tests.services.lived_county import LivedCounty, as_a_set, lived_county, row_by_row, rows_of
from tests.services.people import Register
from tests.services.test_mapping_packages import Gap
from tests.services.test_reconcile import Station

SHARED = "童市乡烟舟大屋"


@pytest.fixture
def county(work: Work, approver: Work, town: Any) -> LivedCounty:
    return lived_county(work, approver, town)


def spellings(county: LivedCounty) -> dict[str, str]:
    """How the police spell addresses: mostly without the head, two houses alike, and one as its neighbour."""
    homes = county.where()
    own = {name: text.removeprefix("湖南省岳阳市") for name, text in homes.items()}
    first, other, neighbour = sorted(text for text in set(homes.values()) if "21组" in text)[:3]
    for name, text in homes.items():
        if text in (first, other):
            own[name] = SHARED
        elif text == neighbour:
            own[name] = first
    return own


def reconcile(county: LivedCounty, own: dict[str, str], tmp_path: Path) -> None:
    """The police send their lines; a reviewer ties each to the house where it belongs."""
    station = Station(Register(county.villages), FileStore(tmp_path))
    station.work = station.register.as_("430626113", Role.POLICE)
    station.keys = county.work.keys
    books = {name: book for book, (_, called) in county.households.items() for name in called}
    lines = sorted(own)
    extract = station.send(*((books[name], "示例", "", own[name], "") for name in lines))
    codes = {text: code for code, text in county.villages.texts().items()}
    homes = county.where()
    for name, row in zip(lines, station.own(extract), strict=True):
        code = codes[homes[name]]
        decide_row(station.fresh(), row.id, row.revision, RowDecision.CHOOSE, address_code=code)


def population(county: LivedCounty, own: dict[str, str]) -> PopulationSystem:
    system = PopulationSystem()
    for book_no, (_, called) in county.households.items():
        for name in called:
            system.add(own[name], name, book_no)
    return system


@pytest.mark.parametrize(
    "from_now", [True, False], ids=["told by a list before", "told by the first package"]
)
def test_the_first_package_after_an_extract_moves_everybody_by_the_spellings_of_the_police(
    county: LivedCounty, tmp_path: Path, from_now: bool
) -> None:
    own = spellings(county)
    gap = Gap(county, from_now=from_now)
    reconcile(county, own, tmp_path)
    systems = [(population(county, own), row_by_row), (population(county, own), as_a_set)]
    county.swap_and_cycle()

    package = gap.issue()
    files = gap.files(package)
    for system, by in [*systems, *systems]:
        by(system, "1", files)
    gap.acknowledge(package)
    county.days += 1
    county.merge_villages()
    later = gap.files(gap.issue())
    for system, by in systems:
        by(system, "2", later)

    aliases = rows_of(files, "aliases")
    assert {bool(row["户号"]) for row in aliases if row["贵方地址"] == SHARED} == {True}
    assert rows_of(files, "held") == []
    assert rows_of(later, "aliases") == []
    for system, _ in systems:
        assert system.where() == county.where()


def test_decisions_alone_are_worth_a_package_and_are_told_once(county: LivedCounty, tmp_path: Path) -> None:
    own = {name: text.removeprefix("湖南省") for name, text in county.where().items()}
    gap = Gap(county)
    reconcile(county, own, tmp_path)
    system = population(county, own)
    county.days += 1

    package = gap.carry(system, row_by_row)

    with pytest.raises(Conflict, match="没有新的地址变更"):
        gap.issue()
    assert package.counts["moves"] == 0
    assert system.where() == county.where()
