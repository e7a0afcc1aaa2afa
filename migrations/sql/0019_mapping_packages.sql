-- Mapping packages: what approved changes of addresses mean for a register that no network reaches, in numbered
-- packages that follow each other without a gap.
--
-- A package's files lie sealed under a key outside the database (content); they name households of divided addresses by
-- their book numbers. Its rows stand in clear: texts of addresses, and of a household its key alone. The passphrase of
-- an archive is given for one download and kept nowhere.

SET LOCAL search_path = registry, public;

-- A register on the other side. It is told of addresses under division_code, in the columns of its profile.
CREATE TABLE mapping_consumer (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    division_code text NOT NULL CHECK (division_code ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$'),
    profile text NOT NULL CHECK (profile <> ''),
    encoding text NOT NULL CHECK (encoding IN ('gb18030', 'utf-8-sig')),
    start_cursor bigint NOT NULL CHECK (start_cursor >= 0), -- it knows the addresses as they were at this position
    acknowledged bigint NOT NULL, -- position of the change feed up to which it has taken everything
    acknowledged_sequence integer NOT NULL DEFAULT 0 CHECK (acknowledged_sequence >= 0),
    revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, name),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT mapping_consumer_in_county CHECK (left(division_code, 6) = county_code),
    CONSTRAINT mapping_consumer_acknowledged CHECK (acknowledged >= start_cursor)
);

CREATE TABLE mapping_package (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    consumer_id uuid NOT NULL,
    sequence integer NOT NULL CHECK (sequence >= 1),
    previous_sequence integer, -- none for the first
    from_cursor bigint NOT NULL CHECK (from_cursor >= 0), -- exclusive
    to_cursor bigint NOT NULL,
    stage text NOT NULL CHECK (stage IN ('issued', 'acknowledged')),
    profile text NOT NULL,
    encoding text NOT NULL CHECK (encoding IN ('gb18030', 'utf-8-sig')),
    counts jsonb NOT NULL, -- table of the package → lines
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'), -- SM3 of the manifest
    previous_digest text NOT NULL CHECK (previous_digest = '' OR previous_digest ~ '^[0-9a-f]{64}$'),
    key_id uuid NOT NULL,
    content bytea NOT NULL, -- all files, sealed
    revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
    issued_by uuid NOT NULL,
    issued_at timestamptz NOT NULL,
    acknowledged_by uuid,
    acknowledged_at timestamptz,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, consumer_id, sequence),
    UNIQUE (county_code, consumer_id, sequence, to_cursor, digest),
    FOREIGN KEY (county_code, consumer_id) REFERENCES mapping_consumer (county_code, id),
    -- Numbers have no gap, and each package begins where the one before ended and names its digest.
    FOREIGN KEY (county_code, consumer_id, previous_sequence, from_cursor, previous_digest)
        REFERENCES mapping_package (county_code, consumer_id, sequence, to_cursor, digest),
    FOREIGN KEY (county_code, issued_by) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, acknowledged_by) REFERENCES account (county_code, id),
    CONSTRAINT mapping_package_chain CHECK (previous_sequence IS NOT DISTINCT FROM nullif(sequence - 1, 0)
        AND (sequence > 1 OR previous_digest = '')),
    CONSTRAINT mapping_package_forward CHECK (to_cursor >= from_cursor),
    CONSTRAINT mapping_package_acknowledged CHECK ((stage = 'acknowledged') = (acknowledged_at IS NOT NULL)
        AND (acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
-- The next package is made when the one before is acknowledged.
CREATE UNIQUE INDEX mapping_package_one_open ON mapping_package (county_code, consumer_id) WHERE stage = 'issued';
CREATE INDEX mapping_package_key ON mapping_package (county_code, key_id);

-- A row is one move: whoever is at old_text (of one household, where named) is at new_text now.
CREATE TABLE mapping_row (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    package_id uuid NOT NULL,
    row_no integer NOT NULL CHECK (row_no >= 1), -- as in the files
    address_id uuid NOT NULL,
    heir_id uuid NOT NULL, -- the address that has the people now; the same for a renaming
    household_id uuid,
    old_text text,
    new_text text,
    kinds text[] NOT NULL CHECK (cardinality(kinds) > 0),
    decrees text[] NOT NULL,
    effective_on date NOT NULL,
    change_seq bigint NOT NULL,
    keeps_arrival boolean NOT NULL, -- 何时来本址 stays
    state text NOT NULL CHECK (state IN ('issued', 'accepted', 'refused', 'held')),
    reason text NOT NULL DEFAULT '', -- why held, in a code; why refused, in the words of the receipt
    reason_text text NOT NULL DEFAULT '', -- codes that lack, the text still occupied
    revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, package_id, row_no),
    FOREIGN KEY (county_code, package_id) REFERENCES mapping_package (county_code, id),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, heir_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, household_id) REFERENCES household (county_code, id),
    CONSTRAINT mapping_row_texts CHECK (coalesce(old_text, new_text) <> ''),
    CONSTRAINT mapping_row_reason CHECK (state NOT IN ('held', 'refused') OR reason <> '')
);
CREATE INDEX mapping_row_state ON mapping_row (county_code, package_id, state, row_no);
CREATE INDEX mapping_row_heir ON mapping_row (county_code, heir_id);

-- ---------------------------------------------------------------- privileges

GRANT SELECT, INSERT ON mapping_consumer, mapping_package, mapping_row TO address_app;
GRANT UPDATE (profile, encoding, acknowledged, acknowledged_sequence, revision) ON mapping_consumer TO address_app;
GRANT UPDATE (stage, key_id, content, revision, acknowledged_by, acknowledged_at) ON mapping_package TO address_app;
GRANT UPDATE (state, reason, reason_text, revision) ON mapping_row TO address_app;
