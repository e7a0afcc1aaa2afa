"""An import in the middle of its work, and somebody who changes what it has read: one waits, neither is lost."""

import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from address_service.errors import ServiceError
from address_service.gis.layer_read import ReadLimits
from address_service.model.accounts import Actor
from address_service.model.divisions import NameState
from address_service.model.places import PlaceKind
from address_service.services.approve_name import approve_name
from address_service.services.commit_division_act import commit_division_act
from address_service.services.import_layer import ImportReport, Source, import_file, import_layer
from address_service.services.import_task import Progress, silent
from address_service.services.queue_import import ImportLayer, ImportOptions
from address_service.store.work import Work
from tests.services.imports.conftest import line
from tests.services.imports.test_import_streets_and_lanes import streets
from tests.services.test_division_acts_at_once import VILLAGE_CODE, drawn, office
from tests.services.test_two_at_once import DECREE, Office

__all__ = ["office"]

WAITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


class Meanwhile:
    """Somebody who begins while an import writes, and who is then either done or waits for it."""

    def __init__(self, office: Office, actor: Actor, act: Callable[[Work], object]) -> None:
        self.office, self.actor, self.outcome = office, actor, ""
        self.thread = threading.Thread(target=self._run, args=(act,))

    def progress(self, at: str) -> Progress:
        """Begins the act when the import comes to a phase."""

        def tell(phase: str, _done: int, _total: int) -> None:
            if phase == at and self.thread.ident is None:
                self.thread.start()
                while self.thread.is_alive() and not self.office.count(WAITS):
                    time.sleep(0.01)

        return tell

    def _run(self, act: Callable[[Work], object]) -> None:
        try:
            with self.office.work(self.actor) as work:
                act(work)
            self.outcome = "done"
        except ServiceError as error:
            self.outcome = error.code


def test_a_list_that_completes_a_village_goes_through_while_it_is_renamed(
    office: Office, tmp_path: Path
) -> None:
    act_id = drawn(office, VILLAGE_CODE, "rename", name="烟洲村")
    path = tmp_path / "2026年统计用区划代码.csv"
    lines = ["统计用区划代码,城乡分类代码,名称", "430626113000,,童市镇", "430626113208,220,烟舟村"]
    path.write_text("\n".join(lines), encoding="utf-8")
    other = Meanwhile(office, office.approver, lambda work: commit_division_act(work, act_id, DECREE))
    limits = ReadLimits(tmp_path, max_unpacked_bytes=1 << 20)

    with office.work() as work:
        options = ImportOptions(year=2026, valid_from=date(2026, 2, 1))
        progress = other.progress("写入行政区划")
        report = import_file(work, path, ImportLayer.DIVISIONS, options, limits, progress=progress)
    other.thread.join()

    assert report.counts.rejected == 0
    assert other.outcome == "division-act-outdated"
    with office.work() as work:
        kept = work.divisions.find_by_code(VILLAGE_CODE, work.today)
    assert kept is not None
    assert (kept.name, kept.urban_rural_class) == ("烟舟村", "220")


def drawn_street(office: Office, to: float, progress: Progress = silent) -> ImportReport:
    with office.work() as work:
        return import_layer(
            work,
            streets(line((100, 100), (to, 120)), state="proposed", decree=None),
            ImportLayer.STREETS,
            ImportOptions(),
            Source("示例.gpkg", b"\0" * 32),
            progress=progress,
        )


def test_a_layer_that_redraws_a_street_goes_through_while_its_name_is_approved(office: Office) -> None:
    drawn_street(office, 600)
    with office.work() as work:
        (street,) = work.places.list_on([PlaceKind.STREET], work.today)
    other = Meanwhile(
        office, office.approver, lambda work: approve_name(work, street.id, NameState.APPROVED, DECREE)
    )

    report = drawn_street(office, 650, other.progress("写入地名"))
    other.thread.join()

    assert (report.counts.accepted, other.outcome) == (1, "done")
    with office.work() as work:
        (kept,) = work.places.list_on([PlaceKind.STREET], work.today)
    assert (kept.id, kept.facts.name_state) == (street.id, NameState.APPROVED)
    assert kept.facts.geometry != street.facts.geometry
