-- Dictionaries of the population system (jlx, pcs, zrq, jcwh) over time, and which of their entries are what of the
-- register: pairs that rules or persons propose and persons accept.

SET LOCAL search_path = registry, public;

CREATE TABLE police_dictionary (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('jlx', 'pcs', 'zrq', 'jcwh')),
    office_code text NOT NULL CHECK (office_code ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$'), -- whose list it is
    list_day date NOT NULL,        -- the day on which things are as listed
    is_complete boolean NOT NULL,  -- what the office's list no longer names has ended on that day
    filename text NOT NULL,
    file_digest bytea NOT NULL CHECK (length(file_digest) = 32),
    rows_digest uuid NOT NULL,     -- the same rows in another kind of file are the same list
    summary jsonb NOT NULL,
    actor_id uuid NOT NULL,
    imported_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, kind, office_code, list_day, rows_digest, is_complete),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);

CREATE TABLE police_entry (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('jlx', 'pcs', 'zrq', 'jcwh')),
    code text NOT NULL CHECK (code ~ '^[0-9A-Z]{1,30}$'),
    name text NOT NULL CHECK (name <> ''),
    parent_code text NOT NULL DEFAULT '', -- the station of a beat, the committee or division of a street
    dictionary_id uuid NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, dictionary_id) REFERENCES police_dictionary (county_code, id),
    CONSTRAINT police_entry_once EXCLUDE USING gist
        (code WITH =, kind WITH =, valid WITH &&, recorded WITH &&, county_code WITH =)
);
CREATE INDEX police_entry_code ON police_entry (county_code, kind, code);

-- A pair speaks of a code under a name: a code that is used again for another thing has to be looked at again.
CREATE TABLE crosswalk (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('jlx', 'pcs', 'zrq', 'jcwh')),
    code text NOT NULL CHECK (code ~ '^[0-9A-Z]{1,30}$'),
    name text NOT NULL CHECK (name <> ''),
    division_id uuid,
    place_id uuid,
    target_id uuid NOT NULL GENERATED ALWAYS AS (coalesce(division_id, place_id)) STORED,
    office_code text NOT NULL,     -- NBS code of the village or town that the target lies in: the scope that decides
    ground text NOT NULL CHECK (ground IN ('exact', 'alias', 'lineage', 'person')),
    evidence text NOT NULL,
    rivals integer NOT NULL DEFAULT 0 CHECK (rivals >= 0), -- other targets that the rules found as good for it
    state text NOT NULL CHECK (state IN ('proposed', 'accepted', 'refused', 'ended')),
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    valid daterange CHECK (NOT isempty(valid)), -- days for which it was accepted
    revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, division_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, proposed_by) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, decided_by) REFERENCES account (county_code, id),
    CONSTRAINT crosswalk_one_target CHECK (num_nonnulls(division_id, place_id) = 1),
    CONSTRAINT crosswalk_decided CHECK ((state = 'proposed') = (decided_by IS NULL)
        AND (decided_by IS NULL) = (decided_at IS NULL)
        AND (state IN ('accepted', 'ended')) = (valid IS NOT NULL)),
    -- What a person thought of, another one accepts; what a rule found was looked at by whoever accepts it.
    CONSTRAINT crosswalk_four_eyes CHECK (state <> 'accepted' OR ground <> 'person' OR decided_by <> proposed_by),
    -- A street, station, beat or committee of one thing of the register is one code on a day.
    CONSTRAINT crosswalk_one_code EXCLUDE USING gist
        (target_id WITH =, kind WITH =, valid WITH &&, county_code WITH =) WHERE (state IN ('accepted', 'ended'))
);
-- What was refused is remembered; what has ended may be proposed anew.
CREATE UNIQUE INDEX crosswalk_once ON crosswalk (county_code, kind, code, name, target_id) WHERE state <> 'ended';
CREATE INDEX crosswalk_page ON crosswalk (county_code, state, id);

-- Every decision makes one revision: two reviewers at once cannot both have made it.
CREATE TABLE crosswalk_decision (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    crosswalk_id uuid NOT NULL,
    revision integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('propose', 'accept', 'refuse', 'end')),
    effective_on date,
    note text NOT NULL DEFAULT '',
    is_bulk boolean NOT NULL DEFAULT false,
    actor_id uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, crosswalk_id, revision),
    FOREIGN KEY (county_code, crosswalk_id) REFERENCES crosswalk (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);

GRANT SELECT, INSERT ON police_dictionary, police_entry, crosswalk, crosswalk_decision TO address_app;
GRANT UPDATE (recorded) ON police_entry TO address_app;
GRANT UPDATE (ground, evidence, state, proposed_by, proposed_at, decided_by, decided_at, valid, revision)
    ON crosswalk TO address_app;
