"""What is asked of the tables of residents and written to them: one county, within the scope of the transaction."""

PERSON = """
SELECT p.id, p.village_id, p.stage, p.revision, p.key_id, p.row_key, p.payload, p.end_reason, p.ended_on
FROM person p WHERE p.county_code = :county
"""

HOUSEHOLD = """
SELECT h.id, h.village_id, h.kind, h.stage, h.revision, h.key_id, h.row_key, h.payload
FROM household h WHERE h.county_code = :county
"""

MEMBERS = """
SELECT m.id, m.household_id, m.person_id, m.relation, lower(m.valid) AS since FROM household_member m
WHERE m.county_code = :county AND upper_inf(m.recorded) AND upper_inf(m.valid)
"""

CHANGED_BY_IMPORT = """
SELECT DISTINCT ON (e.subject_id) e.subject_id, s.payload, EXISTS (
    SELECT FROM sealed_history l WHERE l.county_code = s.county_code AND l.subject_id = s.subject_id
      AND l.revision > s.revision) AS changed_since
FROM resident_event e
JOIN sealed_history s ON s.county_code = e.county_code AND s.subject_id = e.subject_id
  AND s.replaced_at = e.recorded_at
JOIN person p ON p.county_code = e.county_code AND p.id = e.subject_id
  AND p.import_id IS DISTINCT FROM CAST(CAST(:run AS text) AS uuid)
WHERE e.county_code = :county AND e.subject = 'person' AND e.kind = 'change'
  AND e.details->>'import' = CAST(:run AS text)
ORDER BY e.subject_id, s.revision
"""

AT_ADDRESSES = """
SELECT r.person_id FROM residency r WHERE r.county_code = :county AND r.address_id = ANY(:addresses)
  AND upper_inf(r.recorded) AND upper_inf(r.valid)
"""

HOUSEHOLDS_AT = """
SELECT r.household_id FROM household_address r WHERE r.county_code = :county AND r.address_id = ANY(:addresses)
  AND upper_inf(r.recorded) AND upper_inf(r.valid)
"""

AT_ENDED = """
SELECT r.{subject} FROM {table} r WHERE r.county_code = :county AND upper_inf(r.recorded) AND upper_inf(r.valid)
  AND NOT EXISTS (SELECT FROM address_version v WHERE v.county_code = r.county_code AND v.address_id = r.address_id
    AND upper_inf(v.recorded) AND upper_inf(v.valid) AND v.stage IN ('draft', 'current'))
"""

OF_PERSONS = {"table": "residency", "subject": "person_id", "kind": "l.kind", "arrived": "l.arrived_on"}
OF_HOUSEHOLDS = {
    "table": "household_address",
    "subject": "household_id",
    "kind": "'registered'",
    "arrived": "NULL::date",
}
# A room's house is that of its door.
HOMES = """
SELECT l.id, l.{subject} AS subject_id, {kind} AS kind, lower(l.valid) AS since, {arrived} AS arrived_on,
       a.id AS address_id, a.code AS address_code, v.full_text,
       ARRAY(SELECT b.building_code {houses} ORDER BY 1) AS building_codes,
       ARRAY(SELECT DISTINCT p.parcel_code {houses_on_land} ORDER BY 1) AS parcel_codes
FROM {table} l
JOIN address a ON a.county_code = l.county_code AND a.id = l.address_id
JOIN LATERAL (
    SELECT w.full_text FROM address_version w
    WHERE w.county_code = a.county_code AND w.address_id = a.id AND upper_inf(w.recorded)
    ORDER BY w.valid DESC LIMIT 1
) v ON true
WHERE l.county_code = :county AND l.{subject} = ANY(:ids) AND upper_inf(l.recorded) AND upper_inf(l.valid)
ORDER BY l.{subject}, kind, l.id
"""
HOUSES = """FROM address_building ab JOIN building b ON b.county_code = ab.county_code AND b.id = ab.building_id
    {land} WHERE ab.county_code = a.county_code AND ab.address_id = coalesce(a.parent_id, a.id)
      AND upper_inf(ab.recorded) AND upper_inf(ab.valid)"""
LAND = "JOIN parcel p ON p.county_code = b.county_code AND p.id = b.parcel_id"
JOINS = {"houses": HOUSES.format(land=""), "houses_on_land": HOUSES.format(land=LAND)}
OF_PERSONS |= JOINS
OF_HOUSEHOLDS |= JOINS

ADDRESS = """
SELECT a.id, v.division_id, d.code_nbs FROM address a
JOIN address_version v ON v.county_code = a.county_code AND v.address_id = a.id AND upper_inf(v.recorded)
  AND upper_inf(v.valid) AND v.stage IN ('draft', 'current')
JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND upper_inf(d.recorded)
  AND upper_inf(d.valid)
WHERE a.county_code = :county AND a.code = :code
"""

DOORS = """
SELECT ab.address_id FROM address_building ab
JOIN building b ON b.county_code = ab.county_code AND b.id = ab.building_id
LEFT JOIN parcel p ON p.county_code = b.county_code AND p.id = b.parcel_id
WHERE ab.county_code = :county AND upper_inf(ab.recorded) AND upper_inf(ab.valid) AND {column}
"""

WITH_ROOMS = """
WITH door AS ({doors})
SELECT id FROM door d (id) UNION SELECT r.id FROM address r JOIN door d (id) ON r.parent_id = d.id
WHERE r.county_code = :county
"""

# ---------------------------------------------------------------- written

WITHDRAW = """
UPDATE {table} SET recorded = tstzrange(lower(recorded), greatest(:now, lower(recorded) + :tick))
WHERE county_code = :county AND {column} = ANY(:ids) AND upper_inf(recorded)
"""

CHANGE_PERSON = """
UPDATE person SET payload = :payload, id_no_index = :id_no, name_index = :name, phone_index = :phone,
    index_key_id = :index_key, revision = revision + 1
WHERE county_code = :county AND id = :id
"""

CHANGE_HOUSEHOLD = """
UPDATE household SET payload = :payload, book_no_index = :book_no, index_key_id = :index_key, revision = revision + 1
WHERE county_code = :county AND id = :id
"""

END_PERSON = """
UPDATE person SET stage = 'ended', end_reason = :reason, document_no = :document_no, ended_on = :on,
    revision = revision + 1
WHERE county_code = :county AND id = :id
"""

DESTROY_PERSONS = """
UPDATE person SET stage = 'withdrawn', row_key = NULL, key_id = NULL, payload = NULL, id_no_index = NULL,
    name_index = NULL, phone_index = NULL, index_key_id = NULL, revision = revision + 1
WHERE county_code = :county AND id = ANY(:ids) AND row_key IS NOT NULL
"""

DESTROY_HOUSEHOLDS = """
UPDATE household SET stage = 'withdrawn', row_key = NULL, key_id = NULL, payload = NULL, book_no_index = NULL,
    index_key_id = NULL, revision = revision + 1
WHERE county_code = :county AND id = ANY(:ids) AND row_key IS NOT NULL
"""
