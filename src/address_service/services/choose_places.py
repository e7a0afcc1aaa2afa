"""Use-case: which places of a village are numbered, by the rural unit of its policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from address_service.coding.numbering.policy import Policy, RuralUnit
from address_service.errors import InvalidInput
from address_service.model.places import PlaceKind
from address_service.services.scope import require_scope
from address_service.store.numberable_places import NumberablePlace, list_numberable
from address_service.store.work import Work

_UNIT_KIND = {
    RuralUnit.GROUP: PlaceKind.GROUP,
    RuralUnit.HAMLET: PlaceKind.HAMLET,
    RuralUnit.VILLAGE: PlaceKind.VILLAGE,
}


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """A default policy and what single villages change in it, as an office keeps it in one file."""

    default: Mapping[str, Any]
    villages: Mapping[str, Mapping[str, Any]]

    @classmethod
    def from_document(cls, document: object) -> Self:
        """Read ``{default: {...}, villages: {code: {...}}}``; raises InvalidInput for anything else."""
        if not isinstance(document, Mapping) or set(document) - {"default", "villages"}:
            raise InvalidInput("编号规则文件应含 default 与 villages 两节", code="policy-file-invalid")
        default, villages = document.get("default") or {}, document.get("villages") or {}
        if not isinstance(default, Mapping) or not isinstance(villages, Mapping):
            raise InvalidInput("编号规则文件的 default 与 villages 应为键值", code="policy-file-invalid")
        book = cls(dict(default), {str(code): dict(changes or {}) for code, changes in villages.items()})
        for code in ("", *book.villages):
            Policy.from_parameters(book.parameters(code))
        return book

    def parameters(self, village_code: str) -> dict[str, Any]:
        """The parameters for one village."""
        return {**self.default, **self.villages.get(village_code, {})}

    def name(self, village_code: str) -> str:
        """The name under which a village's policy is kept."""
        return f"village-{village_code}" if village_code in self.villages else "default"


def choose_places(work: Work, village_code: str, parameters: Mapping[str, Any]) -> list[NumberablePlace]:
    """The streets of a village, and its groups or hamlets, or the village as a whole, that have houses."""
    require_scope(work.actor, village_code)
    unit = Policy.from_parameters(parameters).rural_unit
    if unit is RuralUnit.VILLAGE:
        division_id = work.divisions.id_of_code(village_code, work.today)
        work.places.whole_village_place(division_id, work.actor.account_id, work.today, work.now)
    kinds = (PlaceKind.STREET, _UNIT_KIND[unit])
    return list_numberable(work.conn, work.county_code, village_code, kinds, work.today)
