-- Yearly lists of divisions (区划名录) kept whole, what they propose, and what persons decided.

SET LOCAL search_path = registry, public;

ALTER TABLE event
    DROP CONSTRAINT event_kind_check,
    ADD CONSTRAINT event_kind_check CHECK (kind IN ('create', 'approve', 'reject', 'rename', 'respell', 'recode',
        'renumber', 'merge', 'split', 'swap', 'retire', 'reassign', 'correct', 'abolish', 'boundary', 'transfer',
        'change_kind'));

CREATE TABLE division_list (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    system text NOT NULL CHECK (system IN ('nbs', 'mca')),
    year integer NOT NULL CHECK (year BETWEEN 1949 AND 2200),
    list_day date NOT NULL,        -- the day on which things are as listed
    filename text NOT NULL,
    file_digest bytea NOT NULL,
    rows_digest uuid NOT NULL,     -- the same rows in another kind of file are the same list
    summary jsonb NOT NULL,        -- how many lines were unchanged, entered, proposed
    import_id uuid NOT NULL,
    actor_id uuid NOT NULL,
    imported_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, system, year, list_day, rows_digest),
    FOREIGN KEY (county_code, import_id) REFERENCES import_run (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);

CREATE TABLE division_list_row (
    county_code char(6) NOT NULL,
    list_id uuid NOT NULL,
    position integer NOT NULL,     -- of the file, from 1
    code text NOT NULL CHECK (code ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$'),
    name text NOT NULL CHECK (name <> ''),
    code_mca text,
    urban_rural_class text,
    PRIMARY KEY (county_code, list_id, position),
    CONSTRAINT division_list_row_once UNIQUE (county_code, list_id, code),
    FOREIGN KEY (county_code, list_id) REFERENCES division_list (county_code, id)
);

CREATE TABLE division_proposal (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('respelled', 'renamed', 'kind_changed', 'code_reused', 'recoded', 'moved_town',
        'vanished', 'appeared')),
    old_code text,
    old_name text,
    new_code text,
    new_name text,
    division_id uuid,              -- the division of the register that it is about; null for what is not there yet
    is_later boolean NOT NULL,     -- the register knows the new name from a later day, the list is the older one
    evidence jsonb NOT NULL,
    candidates jsonb NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'decided', 'superseded')),
    superseded_by uuid,            -- the list of a year in between that says it better
    outcome text CHECK (outcome IN ('respelled', 'renamed', 'kind_changed', 'code_reused', 'recoded', 'moved_town',
        'merged', 'abolished', 'created', 'rejected')),
    decided_by uuid,
    decided_at timestamptz,
    decree_no text,
    effective_on date,
    note text NOT NULL DEFAULT '',
    event_id uuid,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, list_id) REFERENCES division_list (county_code, id),
    FOREIGN KEY (county_code, superseded_by) REFERENCES division_list (county_code, id),
    FOREIGN KEY (county_code, division_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, decided_by) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, event_id) REFERENCES event (county_code, id),
    CONSTRAINT division_proposal_once UNIQUE NULLS NOT DISTINCT
        (county_code, list_id, old_code, old_name, new_code, new_name),
    CONSTRAINT division_proposal_about CHECK (old_code IS NOT NULL OR new_code IS NOT NULL),
    CONSTRAINT division_proposal_decided CHECK ((state = 'decided') = (outcome IS NOT NULL)
        AND (outcome IS NULL) = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT division_proposal_superseded CHECK ((state = 'superseded') = (superseded_by IS NOT NULL)),
    -- Whoever says that something happened says by which event; nothing happens where a person says no.
    CONSTRAINT division_proposal_event CHECK (outcome IS NULL OR (outcome = 'rejected') = (event_id IS NULL))
);
CREATE INDEX division_proposal_open ON division_proposal (county_code, id) WHERE state = 'open';

GRANT SELECT, INSERT ON division_list, division_list_row, division_proposal TO address_app;
GRANT UPDATE (state, superseded_by, outcome, decided_by, decided_at, decree_no, effective_on, note, event_id)
    ON division_proposal TO address_app;
