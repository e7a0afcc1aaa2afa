-- Population extracts held against the register: rows under seal, what each came to, decisions on them.
--
-- An extract has a key of its own over its header line, and every row one over its cells and over the answer that was
-- found for it, which quotes them. A row without row_key can be read no more. Of a row stand in clear what it came to, the
-- address it leads to, and keyed digests.

SET LOCAL search_path = registry, public;

CREATE TABLE extract (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    office_code text NOT NULL CHECK (office_code ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$'), -- whose extract: scope of the sender
    division_code text NOT NULL CHECK (division_code ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$'), -- the land it speaks of
    layout text NOT NULL CHECK (layout <> ''),
    upload text NOT NULL,
    file_digest bytea NOT NULL CHECK (length(file_digest) = 32), -- of the sealed file
    stage text NOT NULL CHECK (stage IN ('queued', 'running', 'done', 'failed', 'withdrawn')),
    phase text NOT NULL DEFAULT '',
    row_count integer NOT NULL DEFAULT 0 CHECK (row_count >= 0),
    last_row integer NOT NULL DEFAULT 0 CHECK (last_row >= 0), -- rows up to this one are wholly done
    counts jsonb NOT NULL DEFAULT '{}', -- outcome → rows
    report jsonb NOT NULL DEFAULT '{}',
    row_key bytea,
    key_id uuid,
    payload bytea, -- the header line
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT extract_in_county CHECK (left(office_code, 6) = county_code AND left(division_code, 6) = county_code),
    CONSTRAINT extract_sealed CHECK (num_nulls(row_key, key_id, payload) IN (0, 3)),
    CONSTRAINT extract_withdrawn CHECK (stage <> 'withdrawn' OR row_key IS NULL),
    CONSTRAINT extract_done CHECK (stage <> 'done' OR (last_row = row_count AND finished_at IS NOT NULL))
);
CREATE INDEX extract_office ON extract (county_code, office_code, id);
CREATE INDEX extract_key ON extract (county_code, key_id) WHERE key_id IS NOT NULL;

CREATE TABLE extract_row (
    county_code char(6) NOT NULL,
    id uuid NOT NULL, -- follows from extract and row number, so that no row is written twice
    extract_id uuid NOT NULL,
    row_no integer NOT NULL CHECK (row_no >= 1),
    office_code text NOT NULL,
    village_id uuid,  -- whose office sees the row beside the extract's own; none where it is not known
    outcome text NOT NULL CHECK (outcome IN ('same', 'update', 'lineage', 'several', 'none', 'elsewhere',
        'register_only')),
    match_stage text NOT NULL DEFAULT '',
    address_id uuid,  -- where the text leads
    person_id uuid,   -- whom the register knows under the row's number
    findings text[] NOT NULL DEFAULT '{}',
    decision text CHECK (decision IN ('accept', 'choose', 'village', 'park')),
    decided_address_id uuid,
    decided_by uuid,
    decided_at timestamptz,
    replayed_from uuid, -- the row whose decision was taken over
    revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
    row_key bytea,
    key_id uuid,
    payload bytea, -- the cells and what was read of them
    answer bytea,  -- what was found: elements of the text, candidates, reasons
    memory_index bytea CHECK (length(memory_index) = 32), -- text with external id or number: finds its decision again
    id_no_index bytea CHECK (length(id_no_index) = 32),
    index_key_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, extract_id, row_no),
    FOREIGN KEY (county_code, extract_id) REFERENCES extract (county_code, id),
    FOREIGN KEY (county_code, village_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, decided_address_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, decided_by) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, replayed_from) REFERENCES extract_row (county_code, id),
    CONSTRAINT extract_row_sealed CHECK (num_nulls(row_key, key_id, payload, answer, index_key_id) IN (0, 5)
        AND (row_key IS NOT NULL OR (memory_index IS NULL AND id_no_index IS NULL))),
    CONSTRAINT extract_row_decided CHECK ((decision IS NULL) = (decided_by IS NULL)
        AND (decision IS NULL) = (decided_at IS NULL)
        AND (decided_address_id IS NULL OR decision IN ('accept', 'choose'))
        AND (decision IS DISTINCT FROM 'choose' OR decided_address_id IS NOT NULL)
        AND (decision IS DISTINCT FROM 'village' OR village_id IS NOT NULL)
        AND (replayed_from IS NULL OR decision IS NOT NULL)),
    CONSTRAINT extract_row_outcome CHECK (outcome NOT IN ('same', 'update', 'lineage', 'register_only')
        OR address_id IS NOT NULL)
);
CREATE INDEX extract_row_outcome_list ON extract_row (county_code, extract_id, outcome, id);
CREATE INDEX extract_row_village ON extract_row (county_code, village_id) WHERE village_id IS NOT NULL;
CREATE INDEX extract_row_memory ON extract_row (county_code, memory_index)
    WHERE decision IN ('accept', 'choose') AND replayed_from IS NULL;
CREATE INDEX extract_row_key ON extract_row (county_code, key_id) WHERE key_id IS NOT NULL;

-- What was refused of a row's cells: where and why, never the cell itself.
CREATE TABLE extract_reject (
    county_code char(6) NOT NULL,
    extract_id uuid NOT NULL,
    row_no integer NOT NULL CHECK (row_no >= 1),
    position integer NOT NULL,
    field text NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    PRIMARY KEY (county_code, extract_id, row_no, position),
    FOREIGN KEY (county_code, extract_id) REFERENCES extract (county_code, id)
);

CREATE TABLE extract_decision (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    extract_id uuid NOT NULL,
    row_id uuid NOT NULL,
    office_code text NOT NULL,
    village_id uuid,
    revision integer NOT NULL, -- of the row after it
    kind text NOT NULL CHECK (kind IN ('accept', 'choose', 'village', 'park', 'undo')),
    address_id uuid,
    is_bulk boolean NOT NULL,
    replayed_from uuid,
    actor_id uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    -- One decision makes one revision: two reviewers at once cannot both have made it.
    UNIQUE (county_code, row_id, revision),
    FOREIGN KEY (county_code, extract_id) REFERENCES extract (county_code, id),
    FOREIGN KEY (county_code, row_id) REFERENCES extract_row (county_code, id),
    FOREIGN KEY (county_code, village_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);
CREATE INDEX extract_decision_replayed ON extract_decision (county_code, replayed_from) WHERE replayed_from IS NOT NULL;
CREATE INDEX extract_decision_village ON extract_decision (county_code, village_id) WHERE village_id IS NOT NULL;

-- ---------------------------------------------------------------- row-level security
-- As with residents; beside its villages a transaction names the offices whose extracts it may touch (address.offices,
-- codes parted by commas). A row without a village is its office's matter.

CREATE FUNCTION extract_offices() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN string_to_array(nullif(current_setting('address.offices', true), ''), ',');

DO $$
DECLARE
    name text;
    village text;
BEGIN
    FOREACH name IN ARRAY ARRAY['extract', 'extract_row', 'extract_decision']
    LOOP
        village := CASE name WHEN 'extract' THEN 'false' ELSE $policy$village_id = ANY ((SELECT string_to_array(
            nullif(nullif(current_setting('address.villages', true), ''), '*'), ',')::uuid[])::uuid[])$policy$ END;
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format($policy$
            CREATE POLICY within_scope ON %I TO address_app USING (
                county_code = (SELECT nullif(current_setting('address.county', true), '')::char(6))
                AND ((SELECT current_setting('address.villages', true)) = '*'
                    OR office_code = ANY ((SELECT extract_offices())::text[])
                    OR %s))
        $policy$, name, village);
    END LOOP;
END
$$;

-- ---------------------------------------------------------------- an extract's retention

ALTER TABLE residents_decision ADD COLUMN extract_id uuid;
ALTER TABLE residents_decision
    ADD FOREIGN KEY (county_code, extract_id) REFERENCES extract (county_code, id),
    DROP CONSTRAINT residents_decision_kind_check,
    ADD CONSTRAINT residents_decision_kind_check
        CHECK (kind IN ('withdraw_import', 'destroy_person', 'destroy_household', 'withdraw_extract')),
    DROP CONSTRAINT residents_decision_subject,
    ADD CONSTRAINT residents_decision_subject CHECK
        (CASE kind WHEN 'withdraw_import' THEN import_id IS NOT NULL WHEN 'withdraw_extract' THEN extract_id IS NOT NULL
         ELSE subject_id IS NOT NULL END);

-- ---------------------------------------------------------------- privileges

GRANT SELECT, INSERT ON extract, extract_row, extract_reject, extract_decision TO address_app;
GRANT UPDATE (stage, phase, row_count, last_row, counts, report, layout, row_key, key_id, payload, finished_at)
    ON extract TO address_app;
GRANT UPDATE (village_id, decision, decided_address_id, decided_by, decided_at, replayed_from, revision, row_key, key_id,
    payload, answer, memory_index, id_no_index, index_key_id) ON extract_row TO address_app;
GRANT UPDATE (village_id) ON extract_decision TO address_app;
GRANT EXECUTE ON FUNCTION extract_offices() TO address_app;
