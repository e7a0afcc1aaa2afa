"""Writing a merger or split that was found good: villages, places, addresses, features, in one order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from address_service.coding.merger.collisions import Fate
from address_service.model.addresses import EventKind, Subject
from address_service.model.divisions import DivisionLevel, NameState
from address_service.model.places import PlaceKind
from address_service.services.merger_lines import MergerDraft, part_of
from address_service.services.merger_standing import MergerStanding
from address_service.store.divisions import NewDivision
from address_service.store.events import NewEvent, Successor, add_successors, record_event
from address_service.store.merger_joins import PlaceJoiner
from address_service.store.merger_plans import DivisionChangeHead
from address_service.store.merger_writer import Act, Item, MergerWriter, PlaceMove
from address_service.store.places import PlaceFacts
from address_service.store.renumbering import Reading, RenumberingWriter, Terms
from address_service.store.search_index import index_addresses
from address_service.store.work import Work

_UNKNOWN = UUID(int=0)


@dataclass(slots=True)
class MergerWriting:
    """One commit under way."""

    work: Work
    plan: DivisionChangeHead
    draft: MergerDraft
    decree_no: str
    event_id: UUID = _UNKNOWN
    to: UUID = _UNKNOWN
    place_event: UUID = _UNKNOWN
    made: list[Item] = field(default_factory=list)
    along: frozenset[UUID] = field(init=False)

    def __post_init__(self) -> None:
        """Places that go along as themselves, so that a 片区 among them goes on being one."""
        going = {one.place.id for one in self.draft.fates.values() if one.into is None}
        self.along = frozenset(going - {revival.place.id for revival in self._standing.revivals})

    @property
    def _standing(self) -> MergerStanding:
        return self.draft.standing

    @property
    def _kind(self) -> EventKind:
        return EventKind.MERGE if self.plan.kind == "merge" else EventKind.SPLIT

    def run(self) -> None:
        """Write everything, in an order in which references exist."""
        self.event_id = self._event(Subject.DIVISION, self._kind, self._division_details())
        self.to = self._standing.target.id or self._create()
        self._succeed()
        self._end_and_bound()
        self.place_event = self._event(Subject.PLACE, self._kind, {})
        act = Act(
            self.plan.id, self.place_event, self.work.actor.account_id, self.plan.effective_on, self.work.now
        )
        writer = MergerWriter(self.work.conn, self.work.county_code, act)
        joiner = PlaceJoiner(self.work.conn, self.work.county_code, act)
        districts = self._districts()
        revived = self._revive(writer, joiner, districts)
        self._rewrite(writer, revived)
        self._join(joiner)
        self._keep_houses(joiner)
        writer.move_places(list(self._moves(districts)))
        self._move_features(writer)
        writer.replace_plates([(plate.address_id, plate.profile) for plate in self.draft.plates])
        writer.record_items(self._items(revived), self.to)

    def _event(self, subject: Subject, kind: EventKind, details: Mapping[str, Any]) -> UUID:
        fact = NewEvent(
            subject,
            kind,
            self.plan.effective_on,
            self.work.actor.account_id,
            self.work.now,
            self.decree_no,
            self.plan.title,
            {"division_change_id": str(self.plan.id), **details},
        )
        return record_event(self.work.conn, self.work.county_code, fact)

    def _division_details(self) -> dict[str, Any]:
        invariants = self._standing.invariants
        details: dict[str, Any] = {
            "areas_before_m2": dict(invariants.areas_before),
            "areas_after_m2": dict(invariants.areas_after),
            "places": [str(place.id) for place in self._standing.moving],
        }
        if self.plan.undoes:
            details["undoes"] = str(self.plan.undoes)
        return details

    def _create(self) -> UUID:
        target = self._standing.target
        facts = NewDivision(
            DivisionLevel.VILLAGE, target.kind, target.name, target.code, None, target.town_id,
            decree_no=self.decree_no,
        )  # fmt: skip
        # The code may be that of a village that ends on this very day.
        for key in self._standing.asked.ends:
            if self._standing.villages[key].code == target.code:
                self.work.divisions.close(key, self.plan.effective_on, self.event_id, self.work.now)
        return self.work.divisions.create(facts, self.plan.effective_on, self.event_id, self.work.now)

    def _succeed(self) -> None:
        asked, villages = self._standing.asked, self._standing.villages
        if asked.kind == "merge":
            lines = [Successor(key, self.to, "whole", self.plan.title) for key in asked.ends]
        else:
            names = "、".join(f"{p.outer}{p.own}" or p.village for p in self._standing.moving)
            lines = [
                Successor(key, self.to, "part", names, self._standing.leaving, self._part())
                for key in villages
            ]
        add_successors(self.work.conn, self.work.county_code, self.event_id, Subject.DIVISION, lines)

    def _part(self) -> Decimal | None:
        """How much of the land of a village that is split leaves it, where both were measured."""
        found = self._standing.invariants
        before, after = next(iter(found.areas_before.values())), [*found.areas_after.values()][-1]
        if not before or not after:
            return None
        return min(Decimal(after / before).quantize(Decimal("0.000001")), Decimal(1)) or None

    def _end_and_bound(self) -> None:
        asked, divisions = self._standing.asked, self.work.divisions
        on, now = self.plan.effective_on, self.work.now
        for key in asked.ends:
            history = divisions.history(key)
            if any(old.valid_to is None for old in history):
                divisions.close(key, on, self.event_id, now)
        bounded = {self._standing.target.name: self.to}
        if asked.source:
            source = self._standing.villages[asked.source]
            names = list(self._standing.invariants.after)
            bounded = {names[0]: source.id, names[-1]: self.to}
            if any(shape is None for shape in self._standing.invariants.after.values()):
                return  # what is left cannot be told where one of the two is not known
        for name, key in bounded.items():
            self._bound(name, key)

    def _bound(self, name: str, division_id: UUID) -> None:
        """Write a boundary from the day on, in every stretch of time that is left."""
        shape = self._standing.invariants.after.get(name)
        if shape is None:
            return
        act = Act(
            self.plan.id, self.event_id, self.work.actor.account_id, self.plan.effective_on, self.work.now
        )
        writer = MergerWriter(self.work.conn, self.work.county_code, act)
        changes = {"boundary": writer.registered(shape, self._standing.county.srid)}
        on = self.plan.effective_on
        for old in self.work.divisions.history(division_id):
            if old.valid_to is None or old.valid_to > on:
                day = max(on, old.valid_from)
                self.work.divisions.change(division_id, day, changes, self.event_id, self.work.now)

    def _districts(self) -> dict[str, UUID]:
        """The places that stand for old villages kept as 片区, by name; one that is there already is taken."""
        found: dict[str, UUID] = {}
        for fate in self.draft.affected:
            name = fate.outer
            if name in found or not self._wants_district(fate):
                continue
            known = self.work.places.find(self.to, name, [PlaceKind.HAMLET], self.plan.effective_on)
            facts = PlaceFacts(self.to, PlaceKind.HAMLET, name, NameState.APPROVED, self.decree_no)
            found[name] = known[0].id if known else self._new_place(facts)
            if not known:
                self.made.append(
                    Item("place", found[name], fate.place.division_id, {"name": name}, {"created": True})
                )
        return found

    def _new_place(self, facts: PlaceFacts) -> UUID:
        code, on = self._standing.target.code, self.plan.effective_on
        return self.work.places.create(facts, code, on, self.place_event, self.work.now)

    def _parent(self, fate: Fate, districts: Mapping[str, UUID]) -> UUID | None:
        return districts[fate.outer] if self._wants_district(fate) else fate.place.parent_id

    def _wants_district(self, fate: Fate) -> bool:
        """Whether the 片区 is another one, or stays behind in the village that the place leaves."""
        stays_behind = fate.place.parent_id not in self.along
        return bool(fate.outer) and (fate.outer != fate.place.outer or stays_behind)

    def _revive(
        self, writer: MergerWriter, joiner: PlaceJoiner, districts: Mapping[str, UUID]
    ) -> dict[UUID, UUID]:
        """Places that were joined to others are places of their own again, by their old place; new identities."""
        found: dict[UUID, UUID] = {}
        for revival in self._standing.revivals:
            fate = self.draft.fates[revival.place.id]
            name = fate.own or self._standing.target.name
            facts = PlaceFacts(self.to, fate.place.kind, name, NameState.APPROVED, self.decree_no)
            place_id = self._new_place(facts)
            if parent := self._parent(fate, districts):
                writer.move_places([PlaceMove(place_id, self.to, parent, name)])
            why = f"{self.plan.title}，文号{self.decree_no}"
            joiner.revive_numbers(place_id, revival.joined_to, revival.numbers, why)
            line = Successor(revival.joined_to, place_id, "part", self.plan.title)
            add_successors(self.work.conn, self.work.county_code, self.place_event, Subject.PLACE, [line])
            found[revival.place.id] = place_id
        return found

    def _rewrite(self, writer: MergerWriter, revived: Mapping[UUID, UUID]) -> None:
        work = self.work
        renumbered = sum(line.is_renumbered for line in self.draft.lines)
        event_id = self._event(
            Subject.ADDRESS, self._kind, {"addresses": len(self.draft.lines), "renumbered": renumbered}
        )
        terms = Terms(
            self.decree_no,
            self.plan.effective_on,
            self.plan.actor_id,
            work.actor.account_id,
            event_id,
            work.today,
        )
        readings = [
            Reading(
                line.address.id,
                line.number,
                line.new_text,
                self.to,
                revived.get(line.place_id, line.place_id),
            )
            for line in self.draft.lines
        ]
        in_force = RenumberingWriter(work.conn, work.county_code).rewrite(readings, terms, work.now)
        index_addresses(work.conn, work.county_code, work.addresses.search_texts(in_force))

    def _join(self, joiner: PlaceJoiner) -> None:
        for fate in self._joined():
            into = self.draft.fates[fate.into].place if fate.into else fate.place
            why = f"{fate.place.village}{fate.place.name}并入{into.village}{into.name}，文号{self.decree_no}"
            joiner.join_place(fate.place.id, into.id, fate.offset, why)
            line = Successor(fate.place.id, into.id, "whole", why)
            add_successors(self.work.conn, self.work.county_code, self.place_event, Subject.PLACE, [line])

    def _keep_houses(self, joiner: PlaceJoiner) -> None:
        """A village numbered as a whole is one place among others now, so its houses are said to be its own."""
        if self._standing.asked.kind != "merge":
            return
        for fate in self.draft.affected:
            place = fate.place
            if place.kind is PlaceKind.VILLAGE and place.moves and not fate.into and not place.outer:
                joiner.keep_houses(place.id, place.division_id)

    def _joined(self) -> Iterable[Fate]:
        return sorted((fate for fate in self.draft.affected if fate.into), key=lambda fate: fate.offset)

    def _moves(self, districts: Mapping[str, UUID]) -> Iterable[PlaceMove]:
        revived = {revival.place.id for revival in self._standing.revivals}
        for fate in self.draft.affected:
            if fate.place.id in revived:
                continue
            if fate.into:
                yield PlaceMove(fate.place.id, None)
                continue
            name = fate.own if fate.place.kind is not PlaceKind.VILLAGE else self._standing.target.name
            yield PlaceMove(fate.place.id, self.to, self._parent(fate, districts), name)
        for key in self._standing.empty_districts:
            yield PlaceMove(key, None)

    def _move_features(self, writer: MergerWriter) -> None:
        asked = self._standing.asked
        places = self.draft.affected_place_ids
        if asked.kind == "merge":
            writer.move_features(asked.ends, self.to)
            writer.move_applications(asked.ends, places, self.to)
            return
        writer.move_part(part_of(self.draft), self.to)
        writer.move_applications([], places, self.to)

    def _items(self, revived: Mapping[UUID, UUID]) -> Iterable[Item]:
        yield from self.made
        for fate in self.draft.affected:
            place = fate.place
            before = {
                "kind": place.kind,
                "name": place.name,
                "outer": place.outer,
                "parent_id": str(place.parent_id) if place.parent_id else None,
            }
            after = {"name": fate.own, "outer": fate.outer, "into": str(fate.into) if fate.into else None}
            if place.id in revived:
                after["revived"] = str(revived[place.id])
            yield Item("place", place.id, place.division_id, before, after)
        for line in self.draft.lines:
            one, place_id = line.address, revived.get(line.place_id, line.place_id)
            was = {
                "text": one.full_text,
                "main": one.number.main,
                "sub": one.number.sub,
                "place_id": str(one.place_id),
            }
            now = {
                "text": line.new_text, "main": line.number.main, "sub": line.number.sub, "place_id": str(place_id),
            }  # fmt: skip
            yield Item("address", one.id, one.division_id, {**was, "code": one.code}, now)
