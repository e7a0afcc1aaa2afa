"""The crosswalk: pairs of a police code and something of the register, proposed, accepted, refused, ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.errors import NotFound
from address_service.model.police_dictionaries import (
    CrosswalkGround,
    CrosswalkState,
    CrosswalkVerdict,
    DictionaryKind,
)
from address_service.reconcile.crosswalk import Pair
from address_service.store.bulk import json_text
from address_service.store.locks import hold


@dataclass(frozen=True, slots=True)
class KnownPair:
    """A pair on record; ``name`` is what the code was called when it was proposed, ``target`` what it is today.

    ``office_code`` is the NBS code of the village or town whose matter it is; ``since`` and ``until`` the days for
    which it was accepted.
    """

    id: UUID
    kind: DictionaryKind
    code: str
    name: str
    target_id: UUID
    target: str
    office_code: str
    ground: CrosswalkGround
    evidence: str
    rivals: int
    state: CrosswalkState
    proposed_by: UUID
    proposer: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    since: date | None
    until: date | None
    revision: int


@dataclass(frozen=True, slots=True)
class PairFilter:
    """Which pairs: of a scope (NBS code or its beginning), and of what is named."""

    scope: str
    kind: DictionaryKind | None = None
    state: CrosswalkState | None = None
    ground: CrosswalkGround | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """What `_FILTER` asks for."""
        return {"scope": self.scope, "kind": self.kind, "state": self.state, "ground": self.ground}


class Crosswalk:
    """Pairs of one county."""

    def __init__(self, conn: Connection, county_code: str, actor_id: UUID, now: datetime) -> None:
        """Bind to a transaction, a tenant and an account."""
        self._conn = conn
        self._args: dict[str, Any] = {"county": county_code, "actor": actor_id, "now": now}

    def propose(self, pairs: Iterable[Pair]) -> int:
        """Keep pairs that nobody has proposed before, of codes that have none accepted; says how many."""
        rows = [
            {
                "kind": one.entry.kind, "code": one.entry.code, "name": one.entry.name, "target": str(one.target.id),
                "target_kind": one.target.kind, "office": one.target.codes[0], "ground": one.target.ground,
                "evidence": one.evidence, "rivals": one.rivals,
            }
            for one in pairs
        ]  # fmt: skip
        return self._run(_PROPOSE, rows=json_text(rows)).rowcount if rows else 0

    def propose_again(self, pair_id: UUID, evidence: str) -> None:
        """Take a refused pair up again, by the account."""
        self._run(_PROPOSE_AGAIN, id=pair_id, evidence=evidence)

    def find(self, kind: DictionaryKind, code: str, name: str, target_id: UUID) -> KnownPair | None:
        """The pair of an entry and a target that has not ended."""
        args = {"kind": kind, "code": code, "name": name, "target": target_id}
        row = self._run(f"{_SELECT} {_OF_PAIR}", **args).mappings().first()
        return _known(row) if row else None

    def hold(self) -> None:
        """Let one account at a time decide, until commit: what is accepted hangs on what else is."""
        hold(self._conn, self._args["county"], "crosswalk")

    def get(self, pair_id: UUID) -> KnownPair:
        """A pair; raises NotFound `crosswalk-not-found`."""
        row = self._run(f"{_SELECT} AND c.id = :id", id=pair_id).mappings().first()
        if row is None:
            raise NotFound("没有这条代码对照", code="crosswalk-not-found")
        return _known(row)

    def page(self, wanted: PairFilter, after: UUID | None, limit: int) -> list[KnownPair]:
        """Pairs in order of making."""
        where = (
            f"AND {_FILTER} AND (CAST(:after AS uuid) IS NULL OR c.id > :after) ORDER BY c.id LIMIT :limit"
        )
        rows = self._run(f"{_SELECT} {where}", **wanted.arguments, after=after, limit=limit).mappings()
        return [_known(row) for row in rows]

    def counts(self, scope: str) -> list[dict[str, Any]]:
        """How many pairs of a scope stand where, by kind and state."""
        return [dict(row) for row in self._run(_COUNTS, scope=scope).mappings()]

    def first_day(self, kind: DictionaryKind, code: str, name: str) -> date | None:
        """Since when a code has had a name; None where it is not believed to have had it ever."""
        day: date | None = self._run(_FIRST_DAY, kind=kind, code=code, name=name).scalar()
        return day

    def taken(self, pair: KnownPair, since: date) -> str | None:
        """The code that the target of a pair has from a day on by another pair; None where it has none."""
        args = {"target": pair.target_id, "kind": pair.kind, "id": pair.id, "since": since}
        found: str | None = self._run(_TAKEN, **args).scalar()
        return found

    def decide(self, pair: KnownPair, verdict: CrosswalkVerdict, day: date | None, note: str) -> None:
        """Write a decision on a pair that is held: accepted since a day, or ended on it."""
        args = {"id": pair.id, "verdict": verdict, "state": _STATES[verdict], "day": day, "note": note}
        self._run(_DECIDE, **args)

    def accept_sure(self, wanted: PairFilter) -> int:
        """Accept all proposals of a filter that have one target and no rival; says how many."""
        return int(self._run(_ACCEPT_SURE, **wanted.arguments).rowcount)

    def count_sure(self, wanted: PairFilter) -> int:
        """How many pairs `accept_sure` would accept."""
        return int(self._run(_COUNT_SURE, **wanted.arguments).scalar_one())

    def decisions(self, pair_id: UUID) -> list[dict[str, Any]]:
        """What was decided on a pair, the first first."""
        return [dict(row) for row in self._run(_DECISIONS, id=pair_id).mappings()]

    def target_of(self, target_id: UUID, on: date) -> tuple[str, str] | None:
        """Kind and office code of a division or place in force on a day."""
        row = self._run(_TARGET, target=target_id, on=on).first()
        return (row.kind, row.code) if row else None

    def _run(self, statement: str, **args: Any) -> Any:
        return self._conn.execute(text(statement), {**self._args, **args})


_STATES = {
    CrosswalkVerdict.ACCEPT: CrosswalkState.ACCEPTED,
    CrosswalkVerdict.REFUSE: CrosswalkState.REFUSED,
    CrosswalkVerdict.END: CrosswalkState.ENDED,
}


def _known(row: Mapping[Any, Any]) -> KnownPair:
    kinds = {
        "kind": DictionaryKind(row["kind"]),
        "ground": CrosswalkGround(row["ground"]),
        "state": CrosswalkState(row["state"]),
    }
    return KnownPair(**{**row, **kinds})


_SELECT = """
SELECT c.id, c.kind, c.code, c.name, c.target_id, coalesce((
    SELECT coalesce(v.name || o.name, o.name) FROM (
        SELECT d.name, CAST(NULL AS uuid) AS village_id, upper(d.valid) AS until FROM division_version d
        WHERE d.county_code = c.county_code AND d.division_id = c.division_id AND upper_inf(d.recorded)
        UNION ALL
        SELECT p.name, p.division_id, upper(p.valid) FROM place_version p
        WHERE p.county_code = c.county_code AND p.place_id = c.place_id AND upper_inf(p.recorded)
        ORDER BY until DESC NULLS FIRST LIMIT 1) o
    LEFT JOIN division_version v ON v.county_code = c.county_code AND v.division_id = o.village_id
        AND upper_inf(v.recorded) AND upper_inf(v.valid)), '') AS target,
    c.office_code, c.ground, c.evidence, c.rivals, c.state, c.proposed_by, p.name AS proposer, c.proposed_at,
    d.name AS decided_by, c.decided_at, lower(c.valid) AS since, upper(c.valid) AS until, c.revision
FROM crosswalk c
JOIN account p ON p.county_code = c.county_code AND p.id = c.proposed_by
LEFT JOIN account d ON d.county_code = c.county_code AND d.id = c.decided_by
WHERE c.county_code = :county
"""

_OF_PAIR = "AND c.kind = :kind AND c.code = :code AND c.name = :name AND c.target_id = :target AND c.state <> 'ended'"

_FILTER = """starts_with(c.office_code, :scope)
    AND (CAST(:kind AS text) IS NULL OR c.kind = :kind) AND (CAST(:state AS text) IS NULL OR c.state = :state)
    AND (CAST(:ground AS text) IS NULL OR c.ground = :ground)"""

_LOG = """
INSERT INTO crosswalk_decision (county_code, id, crosswalk_id, revision, kind, effective_on, note, is_bulk, actor_id,
    decided_at)
SELECT county_code, gen_random_uuid(), id, revision, {kind}, {day}, {note}, {is_bulk}, CAST(:actor AS uuid),
    CAST(:now AS timestamptz)
FROM done
"""

_PROPOSE = f"""
WITH asked AS (
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS r (kind text, code text, name text, target uuid,
        target_kind text, office text, ground text, evidence text, rivals integer)
), done AS (
    INSERT INTO crosswalk (county_code, id, kind, code, name, division_id, place_id, office_code, ground, evidence,
        rivals, state, proposed_by, proposed_at)
    SELECT :county, gen_random_uuid(), r.kind, r.code, r.name, CASE r.target_kind WHEN 'division' THEN r.target END,
        CASE r.target_kind WHEN 'place' THEN r.target END, r.office, r.ground, r.evidence, r.rivals, 'proposed', :actor,
        :now
    FROM asked r
    WHERE NOT EXISTS (SELECT FROM crosswalk c WHERE c.county_code = :county AND c.kind = r.kind AND c.code = r.code
        AND c.name = r.name AND CASE r.ground WHEN 'person' THEN c.state <> 'ended' AND c.target_id = r.target
            ELSE c.state = 'accepted' OR c.target_id = r.target END)
    ON CONFLICT DO NOTHING
    RETURNING county_code, id, revision, evidence, ground
)
{_LOG.format(kind="'propose'", day="NULL", note="evidence", is_bulk="ground <> 'person'")}
"""  # noqa: S608

_PROPOSE_AGAIN = f"""
WITH done AS (
    UPDATE crosswalk SET state = 'proposed', ground = 'person', evidence = :evidence, proposed_by = :actor,
        proposed_at = :now, decided_by = NULL, decided_at = NULL, revision = revision + 1
    WHERE county_code = :county AND id = :id AND state = 'refused' RETURNING county_code, id, revision, evidence
)
{_LOG.format(kind="'propose'", day="NULL", note="evidence", is_bulk="false")}
"""  # noqa: S608

_FIRST_DAY = """
SELECT min(lower(valid)) FROM police_entry
WHERE county_code = :county AND kind = :kind AND code = :code AND name = :name AND upper_inf(recorded)
"""

_TAKEN = """
SELECT code FROM crosswalk WHERE county_code = :county AND target_id = :target AND kind = :kind AND id <> :id
  AND state IN ('accepted', 'ended') AND valid && daterange(CAST(:since AS date), NULL) ORDER BY valid LIMIT 1
"""

_DECIDE = f"""
WITH done AS (
    UPDATE crosswalk SET state = :state, decided_by = :actor, decided_at = :now, revision = revision + 1,
        valid = CASE CAST(:verdict AS text) WHEN 'accept' THEN daterange(CAST(:day AS date), NULL)
            WHEN 'end' THEN daterange(lower(valid), CAST(:day AS date)) END
    WHERE county_code = :county AND id = :id RETURNING county_code, id, revision
)
{_LOG.format(kind="CAST(:verdict AS text)", day="CAST(:day AS date)", note="CAST(:note AS text)", is_bulk="false")}
"""  # noqa: S608

# Sure is what a rule found for one code and one target alone, of a name in force, whose target has no other code.
_SURE = f"""c.county_code = :county AND {_FILTER} AND c.state = 'proposed' AND c.ground <> 'person' AND c.rivals = 0
    AND NOT EXISTS (SELECT FROM crosswalk o WHERE o.county_code = c.county_code AND o.target_id = c.target_id
        AND o.kind = c.kind AND o.id <> c.id AND o.state <> 'refused')
    AND EXISTS (SELECT FROM police_entry e WHERE e.county_code = c.county_code AND e.kind = c.kind AND e.code = c.code
        AND e.name = c.name AND upper_inf(e.recorded) AND upper_inf(e.valid))"""  # noqa: S608

_COUNT_SURE = f"SELECT count(*) FROM crosswalk c WHERE {_SURE}"  # noqa: S608

_ACCEPT_SURE = f"""
WITH done AS (
    UPDATE crosswalk c SET state = 'accepted', decided_by = :actor, decided_at = :now, revision = c.revision + 1,
        valid = daterange((SELECT min(lower(e.valid)) FROM police_entry e WHERE e.county_code = c.county_code
            AND e.kind = c.kind AND e.code = c.code AND e.name = c.name AND upper_inf(e.recorded)), NULL)
    WHERE {_SURE} RETURNING c.county_code, c.id, c.revision, lower(c.valid) AS since
)
{_LOG.format(kind="'accept'", day="since", note="''", is_bulk="true")}
"""  # noqa: S608

_COUNTS = """
SELECT kind, state, count(*) AS pairs FROM crosswalk
WHERE county_code = :county AND starts_with(office_code, :scope) GROUP BY kind, state ORDER BY kind, state
"""

_DECISIONS = """
SELECT d.kind, d.effective_on, d.note, d.is_bulk, a.name AS decided_by, d.decided_at
FROM crosswalk_decision d JOIN account a ON a.county_code = d.county_code AND a.id = d.actor_id
WHERE d.county_code = :county AND d.crosswalk_id = :id ORDER BY d.revision
"""

_TARGET = """
SELECT 'division' AS kind, code_nbs AS code FROM division_version
WHERE county_code = :county AND division_id = :target AND upper_inf(recorded) AND valid @> CAST(:on AS date)
  AND level <> 'county'
UNION ALL
SELECT 'place', d.code_nbs FROM place_version v
JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND upper_inf(d.recorded)
    AND d.valid @> CAST(:on AS date)
WHERE v.county_code = :county AND v.place_id = :target AND upper_inf(v.recorded) AND v.valid @> CAST(:on AS date)
LIMIT 1
"""
