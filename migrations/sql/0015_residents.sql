-- Residents under seal: households, persons, where they are registered and live, all over time; row-level security.
--
-- What names a person is sealed (payload) under a key of the row's own (row_key), itself wrapped under a key outside the
-- database (key_id); found again by keyed digests (…_index). A row without row_key was ended for good: nothing of it can
-- be read any more. Every row carries the village whose office sees it.

SET LOCAL search_path = registry, public;

CREATE TABLE residents_decision (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('withdraw_import', 'destroy_person', 'destroy_household')),
    import_id uuid,
    subject_id uuid,
    document_no text NOT NULL CHECK (document_no <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    households integer NOT NULL CHECK (households >= 0),
    persons integer NOT NULL CHECK (persons >= 0),
    actor_id uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, import_id) REFERENCES import_run (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT residents_decision_subject CHECK
        (CASE kind WHEN 'withdraw_import' THEN import_id IS NOT NULL ELSE subject_id IS NOT NULL END)
);

CREATE TABLE household (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    village_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('family', 'collective')),
    stage text NOT NULL CHECK (stage IN ('active', 'ended', 'withdrawn')),
    revision integer NOT NULL CHECK (revision >= 1),
    row_key bytea,
    key_id uuid,
    payload bytea,
    book_no_index bytea CHECK (length(book_no_index) = 32),
    index_key_id uuid,
    ended_on date,
    import_id uuid,
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, id, kind),
    FOREIGN KEY (county_code, village_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, import_id) REFERENCES import_run (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT household_sealed CHECK (num_nulls(row_key, key_id, payload, index_key_id) IN (0, 4)
        AND (row_key IS NOT NULL OR (book_no_index IS NULL AND stage = 'withdrawn'))),
    CONSTRAINT household_ended CHECK ((stage = 'ended') <= (ended_on IS NOT NULL))
);
CREATE INDEX household_village ON household (county_code, village_id, id);
CREATE INDEX household_book_no ON household (county_code, book_no_index) WHERE book_no_index IS NOT NULL;
CREATE INDEX household_import ON household (county_code, import_id) WHERE import_id IS NOT NULL;
CREATE INDEX household_key ON household (county_code, key_id) WHERE key_id IS NOT NULL;

CREATE TABLE person (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    village_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('active', 'ended', 'withdrawn')),
    end_reason text CHECK (end_reason IN ('deceased', 'cancelled', 'moved_away')),
    ended_on date,
    document_no text,
    revision integer NOT NULL CHECK (revision >= 1),
    row_key bytea,
    key_id uuid,
    payload bytea,
    id_no_index bytea CHECK (length(id_no_index) = 32),
    name_index bytea CHECK (length(name_index) = 32),
    phone_index bytea CHECK (length(phone_index) = 32),
    index_key_id uuid,
    import_id uuid,
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, village_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, import_id) REFERENCES import_run (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT person_sealed CHECK (num_nulls(row_key, key_id, payload, index_key_id, name_index) IN (0, 5)
        AND (row_key IS NOT NULL OR (id_no_index IS NULL AND phone_index IS NULL AND stage = 'withdrawn'))),
    -- What an authority lawfully ended is recorded with its document and stays.
    CONSTRAINT person_ended CHECK (stage <> 'ended'
        OR (end_reason IS NOT NULL AND ended_on IS NOT NULL AND document_no <> ''))
);
CREATE INDEX person_village ON person (county_code, village_id, id);
CREATE INDEX person_id_no ON person (county_code, id_no_index) WHERE id_no_index IS NOT NULL;
CREATE INDEX person_name ON person (county_code, name_index) WHERE name_index IS NOT NULL;
CREATE INDEX person_phone ON person (county_code, phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX person_import ON person (county_code, import_id) WHERE import_id IS NOT NULL;
CREATE INDEX person_key ON person (county_code, key_id) WHERE key_id IS NOT NULL;

-- 户籍地址 of a household over time.
CREATE TABLE household_address (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    village_id uuid NOT NULL,
    household_id uuid NOT NULL,
    address_id uuid NOT NULL,
    actor_id uuid NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, village_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, household_id) REFERENCES household (county_code, id),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT household_address_once EXCLUDE USING gist
        (household_id WITH =, valid WITH &&, recorded WITH &&, county_code WITH =)
);
CREATE INDEX household_address_household ON household_address (county_code, household_id);
CREATE INDEX household_address_address ON household_address (county_code, address_id);
CREATE INDEX household_address_village ON household_address (county_code, village_id);

CREATE TABLE household_member (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    village_id uuid NOT NULL,
    household_id uuid NOT NULL,
    household_kind text NOT NULL,
    person_id uuid NOT NULL,
    relation char(2) NOT NULL CHECK (relation ~ '^[0-9]{2}$'), -- 与户主关系, 参照 GB/T 4761
    actor_id uuid NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, village_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, household_id, household_kind) REFERENCES household (county_code, id, kind),
    FOREIGN KEY (county_code, person_id) REFERENCES person (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT household_member_once EXCLUDE USING gist
        (person_id WITH =, valid WITH &&, recorded WITH &&, county_code WITH =),
    -- A family household has one head at a time; a collective one may have none or several.
    CONSTRAINT household_member_one_head EXCLUDE USING gist
        (household_id WITH =, valid WITH &&, recorded WITH &&, county_code WITH =)
        WHERE (relation = '02' AND household_kind = 'family')
);
CREATE INDEX household_member_household ON household_member (county_code, household_id);
CREATE INDEX household_member_person ON household_member (county_code, person_id);
CREATE INDEX household_member_village ON household_member (county_code, village_id);

-- Where a person is registered and where a person lives, over time; arrived_on is 何时来本址.
CREATE TABLE residency (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    village_id uuid NOT NULL,
    person_id uuid NOT NULL,
    address_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('registered', 'actual')),
    arrived_on date,
    actor_id uuid NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, village_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, person_id) REFERENCES person (county_code, id),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT residency_once EXCLUDE USING gist
        (person_id WITH =, kind WITH =, valid WITH &&, recorded WITH &&, county_code WITH =)
);
CREATE INDEX residency_person ON residency (county_code, person_id);
CREATE INDEX residency_address ON residency (county_code, address_id);
CREATE INDEX residency_village ON residency (county_code, village_id);

-- What a household or person was before a change, sealed under the row's own key: it ends with it.
CREATE TABLE sealed_history (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    village_id uuid NOT NULL,
    subject text NOT NULL CHECK (subject IN ('household', 'person')),
    subject_id uuid NOT NULL,
    revision integer NOT NULL,
    payload bytea NOT NULL,
    actor_id uuid NOT NULL,
    replaced_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, village_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);
CREATE INDEX sealed_history_subject ON sealed_history (county_code, subject_id);
CREATE INDEX sealed_history_village ON sealed_history (county_code, village_id);

CREATE TABLE resident_event (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    village_id uuid NOT NULL,
    subject text NOT NULL CHECK (subject IN ('household', 'person')),
    subject_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('enrol', 'join', 'leave', 'change', 'move', 'end', 'withdraw', 'destroy')),
    effective_on date NOT NULL,
    document_no text NOT NULL DEFAULT '',
    details jsonb NOT NULL DEFAULT '{}', -- ids and codes, never a name or a number of a person
    actor_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, village_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);
CREATE INDEX resident_event_subject ON resident_event (county_code, subject_id);
CREATE INDEX resident_event_village ON resident_event (county_code, village_id);

-- How often an account had data shown unmasked in an hour (hours since 1970).
CREATE TABLE reveal_count (
    county_code char(6) NOT NULL,
    account_id uuid NOT NULL,
    hour bigint NOT NULL,
    used integer NOT NULL CHECK (used >= 1),
    PRIMARY KEY (county_code, account_id, hour),
    FOREIGN KEY (county_code, account_id) REFERENCES account (county_code, id)
);

-- ---------------------------------------------------------------- row-level security
-- A transaction says whose rows it may touch: address.county, and address.villages as '*' or ids parted by commas. Where
-- nothing was said nothing is seen. Sub-selects are read once for a statement; equality of uuid is leakproof, so indexes
-- serve under the policy.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['household', 'person', 'household_address', 'household_member', 'residency',
        'sealed_history', 'resident_event']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format($policy$
            CREATE POLICY within_scope ON %I TO address_app USING (
                county_code = (SELECT nullif(current_setting('address.county', true), '')::char(6))
                AND ((SELECT current_setting('address.villages', true)) = '*'
                    OR village_id = ANY ((SELECT string_to_array(nullif(nullif(
                        current_setting('address.villages', true), ''), '*'), ',')::uuid[])::uuid[])))
        $policy$, name);
    END LOOP;
END
$$;

-- ---------------------------------------------------------------- privileges

GRANT SELECT, INSERT ON residents_decision, household, person, household_address, household_member, residency,
    sealed_history, resident_event, reveal_count TO address_app;
GRANT UPDATE (village_id, stage, revision, row_key, key_id, payload, book_no_index, index_key_id, ended_on)
    ON household TO address_app;
GRANT UPDATE (village_id, stage, end_reason, ended_on, document_no, revision, row_key, key_id, payload, id_no_index,
    name_index, phone_index, index_key_id) ON person TO address_app;
GRANT UPDATE (village_id, recorded) ON household_address, household_member, residency TO address_app;
GRANT UPDATE (village_id) ON sealed_history, resident_event TO address_app;
GRANT UPDATE (used) ON reveal_count TO address_app;
