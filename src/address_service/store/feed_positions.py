"""Positions of the change feed, given to committed versions under one lock that lasts until commit.

So whoever has read up to a position has missed nothing before it, whatever transactions were under way. No number of
the server's own is kept: a feed goes on after dump and restore.
"""

from sqlalchemy import Connection, text

from address_service.store.locks import hold

BATCH = 10_000
"""Positions given at most at once; the rest waits for the next reader."""


def waiting(conn: Connection, county_code: str) -> int:
    """How many versions have no position yet, counted up to ten thousand and one."""
    return int(conn.execute(text(_WAITING), {"county": county_code}).scalar_one())


def give_positions(conn: Connection, county_code: str) -> int:
    """Give positions to committed versions that have none; says to how many changes.

    One transaction at a time does so. What another transaction is just writing is left to the next reader.
    """
    if not waiting(conn, county_code):
        return 0
    hold(conn, county_code, "change feed")
    args = {"county": county_code, "batch": BATCH}
    return int(conn.execute(text(_GIVE), args).scalar_one())


_UNSEEN = "(change_seq IS NULL OR (closed_seq IS NULL AND NOT upper_inf(recorded)))"


def _unseen(subject: str, division: str) -> str:
    return f"""
    SELECT '{subject}' AS subject, {subject}_id AS subject_id, v.id, {division} AS division_id, s.moment, s.opens,
           CASE WHEN s.opens THEN v.event_id END AS event_id
    FROM {subject}_version v
    CROSS JOIN LATERAL (VALUES (lower(recorded), true, change_seq IS NULL),
                               (upper(recorded), false, closed_seq IS NULL AND NOT upper_inf(recorded)))
        AS s (moment, opens, is_new)
    WHERE v.county_code = :county AND {_UNSEEN} AND s.is_new"""  # noqa: S608


def _locked(subject: str) -> str:
    return f"""locked_{subject} AS MATERIALIZED (
    SELECT v.id FROM {subject}_version v WHERE v.county_code = :county
      AND v.id = ANY (ARRAY(SELECT id FROM picked WHERE subject = '{subject}')) FOR NO KEY UPDATE SKIP LOCKED)"""  # noqa: S608


def _given(subject: str) -> str:
    return f"""given_{subject} AS (
    UPDATE {subject}_version v SET change_seq = coalesce(r.opened, v.change_seq),
        closed_seq = coalesce(r.closed, v.closed_seq)
    FROM (SELECT id, max(seq) FILTER (WHERE opens) AS opened, max(seq) FILTER (WHERE NOT opens) AS closed FROM (
              SELECT unnest(opening) AS id, true AS opens, seq FROM numbered WHERE subject = '{subject}'
              UNION ALL SELECT unnest(closing), false, seq FROM numbered WHERE subject = '{subject}') rows
          GROUP BY id) r
    WHERE v.county_code = :county AND v.id = r.id)"""  # noqa: S608


_SUBJECTS = ("division", "place", "address")

# Rows go along in arrays: joined once more, the planner, which knows no sizes here, would compare each with each.
# Rows that somebody is writing are skipped, never waited for: that would be a deadlock. A thing one of whose rows is
# skipped waits as a whole, with all that came later of it.
_GIVE = f"""
WITH unseen AS MATERIALIZED ({" UNION ALL ".join(_unseen(s, "division_id") for s in _SUBJECTS)}
), grouped AS MATERIALIZED (
    SELECT subject, subject_id, moment, (array_agg(event_id ORDER BY opens DESC, event_id DESC))[1] AS event_id,
           array_agg(DISTINCT division_id) AS division_ids, array_agg(id) FILTER (WHERE opens) AS opening,
           array_agg(id) FILTER (WHERE NOT opens) AS closing
    FROM unseen GROUP BY subject, subject_id, moment
    ORDER BY moment, array_position(ARRAY['division', 'place', 'address'], subject), subject_id LIMIT :batch
), picked AS MATERIALIZED (
    SELECT u.* FROM unseen u JOIN grouped g USING (subject, subject_id, moment)
), {", ".join(_locked(s) for s in _SUBJECTS)}, held AS (
    {" UNION ALL ".join(f"SELECT id FROM locked_{s}" for s in _SUBJECTS)}
), whole AS (
    SELECT subject, subject_id, moment, count(h.id) = count(*) AS is_whole
    FROM picked p LEFT JOIN held h ON h.id = p.id GROUP BY subject, subject_id, moment
), ready AS (
    SELECT *, bool_and(is_whole) OVER (PARTITION BY subject, subject_id ORDER BY moment) AS is_ready FROM whole
), numbered AS MATERIALIZED (
    SELECT g.*, (SELECT coalesce(max(seq), 0) FROM change WHERE county_code = :county) + row_number() OVER (
        ORDER BY moment, array_position(ARRAY['division', 'place', 'address'], subject), subject_id) AS seq
    FROM grouped g JOIN ready r USING (subject, subject_id, moment) WHERE r.is_ready
), {", ".join(_given(s) for s in _SUBJECTS)}, told AS (
    INSERT INTO change (county_code, seq, subject, subject_id, event_id, division_ids, known_at)
    SELECT :county, seq, subject, subject_id, event_id, division_ids, moment FROM numbered
    RETURNING 1)
SELECT count(*) FROM told
"""  # noqa: S608

_WAITING = f"""
SELECT least(sum(n), 10001) FROM (
    {
    " UNION ALL ".join(
        f"SELECT count(*) AS n FROM (SELECT FROM {s}_version WHERE county_code = :county AND {_UNSEEN} LIMIT 10001) {s}"
        for s in _SUBJECTS
    )
}) waiting
"""  # noqa: S608
