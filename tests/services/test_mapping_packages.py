"""Mapping packages through the real register: on the other side everybody stands at the right address, either way."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from address_service.errors import Conflict, Forbidden, InvalidInput, ServiceError, Stale
from address_service.model.accounts import Actor, Role
from address_service.model.mapping import MappingConsumer, MappingPackage, PackageStage, RowState
from address_service.reconcile.package import open_package
from address_service.reconcile.package_content import TextEncoding
from address_service.services import mapping_draft
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.issue_mapping_package import (
    acknowledge_package,
    archive_of,
    issue_mapping_package,
    register_consumer,
)
from address_service.services.plan_numbering import plan_numbering
from address_service.settings import CryptoSuite
from address_service.store.keys import KeyRing, KeySource, Purpose, keep_key, make_key
from address_service.store.mapping_packages import MappingPackages
from address_service.store.mapping_rotation import MappingRotation
from address_service.store.seal import Seal
from address_service.store.work import Work
from tests.population_system import PopulationSystem
from tests.services.lived_county import (
    CAME,
    SECOND,
    Import,
    LivedCounty,
    as_a_set,
    lived_county,
    row_by_row,
    rows_of,
)

PASSPHRASE = "invented, for tests only"


@pytest.fixture
def county(work: Work, approver: Work, town: Any) -> LivedCounty:
    return lived_county(work, approver, town)


class Gap:
    """A consumer, and what is carried to it."""

    def __init__(self, county: LivedCounty, *, from_now: bool = True, profile: str = "generic") -> None:
        self.county = county
        self.consumer: MappingConsumer = register_consumer(
            county.work, "示例县公安局", "430626", profile, TextEncoding.GB18030, from_now=from_now
        )

    def issue(self) -> MappingPackage:
        return issue_mapping_package(self.county.work, self.consumer.id)

    def files(self, package: MappingPackage) -> dict[str, bytes]:
        return dict(open_package(archive_of(self.county.work, package.id, PASSPHRASE), PASSPHRASE).files)

    def acknowledge(self, package: MappingPackage) -> MappingPackage:
        return acknowledge_package(self.county.work, package.id, package.revision, package.digest)

    def carry(self, system: PopulationSystem, by: Import) -> MappingPackage:
        """Issue, import twice, acknowledge."""
        package = self.issue()
        for _ in range(2):
            by(system, str(package.sequence), self.files(package))
        return self.acknowledge(package)

    def carry_all(self, system: PopulationSystem, by: Import) -> None:
        """Packages until there is none to issue, which raises."""
        for _ in range(50):
            self.carry(system, by)

    def consumer_now(self) -> MappingConsumer:
        return MappingPackages(self.county.work.conn, "430626").consumer(self.consumer.id)

    def held(self, package: MappingPackage) -> list[tuple[str | None, str]]:
        rows = MappingPackages(self.county.work.conn, "430626").rows(package.id, RowState.HELD)
        return [(row.old_text, row.reason) for row in rows]


def live_all(county: LivedCounty, between: Callable[[], object]) -> None:
    county.swap_and_cycle()
    between()
    county.merge_villages()
    between()
    county.renumber_after_merger()
    between()
    first = county.split_door()
    between()
    county.place_households(first)
    between()
    county.merge_and_reuse()
    between()


def since(system: PopulationSystem) -> set[str]:
    return {person.since for people in system.doors.values() for person in people}


@pytest.mark.parametrize("by", [row_by_row, as_a_set])
@pytest.mark.parametrize("often", [True, False], ids=["a package after each act", "one package for all"])
def test_everybody_stands_at_the_right_address_after_all_that_happened(
    county: LivedCounty, by: Import, often: bool
) -> None:
    gap, system = Gap(county), county.population()
    before = county.where()

    def between() -> None:
        if often:
            package = gap.carry(system, by)
            if not gap.held(package):
                assert system.where() == county.where()

    live_all(county, between)
    if not often:
        gap.carry(system, by)

    assert system.where() == county.where()
    assert sum(county.where()[name] != text for name, text in before.items()) > 20
    assert since(system) == {CAME}
    assert not any(address.startswith("临时-") for address in system.doors)


def test_who_only_got_another_name_or_number_keeps_the_day_of_arrival_and_nobody_is_asked(
    county: LivedCounty,
) -> None:
    gap, system = Gap(county), county.population()
    county.swap_and_cycle()
    county.merge_villages()
    county.renumber_after_merger()

    package = gap.issue()
    files = gap.files(package)
    row_by_row(system, "1", files)

    assert system.questions == []
    assert {row["何时来本址"] for row in rows_of(files, "moves")} == {"不变"}
    assert {row["变更类型"] for row in rows_of(files, "moves")} == {"重新编号", "更名", "更名、重新编号"}
    assert {row["范围类型"] for row in rows_of(files, "ranges")} == {"全部号码"}


def test_a_divided_address_waits_with_its_name_until_its_households_are_placed(county: LivedCounty) -> None:
    gap, system = Gap(county), county.population()
    first = county.split_door()
    at_first = gap.carry(system, row_by_row)
    held = gap.held(at_first)
    with pytest.raises(Conflict) as nothing:
        gap.issue()

    county.place_households(first)
    later = gap.issue()
    files = gap.files(later)

    assert [reason for _, reason in held] == ["split-undivided"]
    assert nothing.value.code == "mapping-nothing-new"
    assert gap.held(later) == []
    assert {(row["户号"], row["新地址"][-3:]) for row in rows_of(files, "moves")} == {
        (first, "组8号"),
        (SECOND, "组9号"),
        ("", ""),
    }


def test_until_a_package_is_acknowledged_the_same_one_comes_again_and_then_the_next_number(
    county: LivedCounty,
) -> None:
    gap = Gap(county)
    county.swap_and_cycle()
    first = gap.issue()
    county.merge_villages()

    again = gap.issue()
    done = gap.acknowledge(first)
    following = gap.issue()

    assert (again.id, again.digest) == (first.id, first.digest)
    assert gap.files(again) == gap.files(first)
    assert done.stage is PackageStage.ACKNOWLEDGED
    assert (first.sequence, following.sequence) == (1, 2)
    assert (following.from_cursor, following.previous_digest) == (first.to_cursor, first.digest)
    assert gap.acknowledge(done).revision == done.revision


def test_an_acknowledgement_of_another_package_or_of_another_revision_is_refused(county: LivedCounty) -> None:
    gap = Gap(county)
    county.swap_and_cycle()
    package = gap.issue()

    with pytest.raises(Conflict) as other:
        acknowledge_package(county.work, package.id, package.revision, "0" * 64)
    with pytest.raises(Stale):
        acknowledge_package(county.work, package.id, package.revision + 1)

    assert other.value.code == "mapping-digest-differs"
    assert gap.issue().stage is PackageStage.ISSUED


def test_a_consumer_that_knows_nothing_is_told_of_every_address(county: LivedCounty) -> None:
    gap = Gap(county, from_now=False)

    rows = rows_of(gap.files(gap.issue()), "moves")

    assert {row["新地址"] for row in rows} == set(county.villages.texts().values())
    assert {(row["原地址"], row["变更类型"]) for row in rows} == {("", "新增")}
    assert {row["地址编码"] for row in rows} == set(county.villages.texts())


def test_drafts_go_to_nobody(county: LivedCounty) -> None:
    gap = Gap(county)
    county.villages.town.house("2120", 200, 300, county.yard)
    commit_numbering_plan(county.work, plan_numbering(county.work, county.yard).id)

    with pytest.raises(Conflict) as refused:
        gap.issue()

    assert refused.value.code == "mapping-nothing-new"


def test_a_long_delta_is_parted_between_acts_and_comes_out_right(
    county: LivedCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping_draft, "MOST_CHANGES", 4)
    gap, system = Gap(county), county.population()
    county.swap_and_cycle()
    county.merge_villages()
    county.renumber_after_merger()

    with pytest.raises(Conflict) as done:
        gap.carry_all(system, row_by_row)

    assert done.value.code == "mapping-nothing-new"
    assert gap.consumer_now().acknowledged_sequence > 2
    assert system.where() == county.where()


def test_the_rows_of_a_package_stand_under_the_numbers_of_its_files(county: LivedCounty) -> None:
    gap = Gap(county)
    county.swap_and_cycle()
    package = gap.issue()

    rows = MappingPackages(county.work.conn, "430626").rows(package.id)

    told = {row["对照号"]: (row["原地址"], row["新地址"]) for row in rows_of(gap.files(package), "moves")}
    assert {str(row.row_no): (row.old_text, row.new_text) for row in rows} == told
    assert {row.state for row in rows} == {RowState.ISSUED}
    assert package.counts == {"moves": 5, "held": 0}


def test_the_police_profile_needs_no_codes_before_a_dictionary_was_imported(county: LivedCounty) -> None:
    gap = Gap(county, profile="police")
    county.swap_and_cycle()

    rows = rows_of(gap.files(gap.issue()), "moves")

    assert {(row["ssxq"], row["xzjd"], row["jlx"]) for row in rows} == {("430626", "430626113", "")}
    assert all(row["mlph"] and row["新地址"].endswith(row["mlph"]) for row in rows)


def test_a_village_neither_registers_a_consumer_of_the_county_nor_opens_its_packages(
    county: LivedCounty,
) -> None:
    gap = Gap(county)
    county.swap_and_cycle()
    package = gap.issue()
    account = county.work.accounts.create("示例所", Role.POLICE, "430626113210")
    actor = Actor(account.account_id, account.name, Role.POLICE, "430626", "430626113210")
    stranger = Work(county.work.conn, actor, county.work.now, county.work.keys)

    acts: list[Callable[[], object]] = [
        lambda: register_consumer(stranger, "示例", "430626", "generic", TextEncoding.GB18030, from_now=True),
        lambda: issue_mapping_package(stranger, gap.consumer.id),
        lambda: archive_of(stranger, package.id, PASSPHRASE),
        lambda: acknowledge_package(stranger, package.id, 1),
    ]

    for act in acts:
        with pytest.raises(Forbidden):
            act()


@pytest.mark.parametrize(
    ("name", "code"), [(" ", "value-missing"), ("示例县公安局", "mapping-consumer-exists")]
)
def test_a_consumer_has_a_name_of_its_own(county: LivedCounty, name: str, code: str) -> None:
    Gap(county)

    with pytest.raises(ServiceError) as refused:
        register_consumer(county.work, name, "430626", "generic", TextEncoding.GB18030, from_now=True)

    assert refused.value.code == code


def test_a_short_passphrase_opens_nothing(county: LivedCounty) -> None:
    gap = Gap(county)
    county.swap_and_cycle()

    with pytest.raises(InvalidInput) as refused:
        archive_of(county.work, gap.issue().id, "short")

    assert refused.value.code == "passphrase-too-short"


def test_a_package_is_carried_over_to_a_newer_key_and_reads_the_same(
    county: LivedCounty, key_folder: Path, tmp_path: Path
) -> None:
    gap = Gap(county)
    county.swap_and_cycle()
    package = gap.issue()
    before = gap.files(package)
    newer = Path(shutil.copytree(key_folder, tmp_path / "keys"))
    keep_key(newer, make_key(Purpose.SEAL, CryptoSuite.SM))
    ring = KeyRing(KeySource(newer))
    rotation = MappingRotation(county.work.conn, "430626", Seal(ring, "430626"))

    left = rotation.left()
    done = [rotation.carry(), rotation.carry()]

    work = Work(county.work.conn, county.work.actor, county.work.now, ring)
    assert (left, done, rotation.left()) == (1, [1, 0], 0)
    assert open_package(archive_of(work, package.id, PASSPHRASE), PASSPHRASE).files == before
