-- Receipts of mapping packages, refused rows that a person settles, and papers of households that show an old address.

SET LOCAL search_path = registry, public;

CREATE TABLE mapping_receipt (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    package_id uuid NOT NULL,
    filename text NOT NULL,
    file_digest bytea NOT NULL CHECK (length(file_digest) = 32),
    read_count integer NOT NULL CHECK (read_count >= 0),
    accepted integer NOT NULL CHECK (accepted >= 0),   -- rows that this receipt changed
    refused integer NOT NULL CHECK (refused >= 0),
    unchanged integer NOT NULL CHECK (unchanged >= 0),
    rejected integer NOT NULL CHECK (rejected >= 0),   -- lines that were not taken
    actor_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    -- The same file twice is one receipt.
    UNIQUE (county_code, package_id, file_digest),
    FOREIGN KEY (county_code, package_id) REFERENCES mapping_package (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);

-- What a receipt changed, row by row; texts stand in mapping_row.
CREATE TABLE mapping_receipt_row (
    county_code char(6) NOT NULL,
    receipt_id uuid NOT NULL,
    row_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('accepted', 'refused')),
    reason text NOT NULL DEFAULT '',
    PRIMARY KEY (county_code, receipt_id, row_id),
    FOREIGN KEY (county_code, receipt_id) REFERENCES mapping_receipt (county_code, id),
    FOREIGN KEY (county_code, row_id) REFERENCES mapping_row (county_code, id)
);

CREATE TABLE mapping_refusal (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    row_id uuid NOT NULL,
    package_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'corrected', 'not_sent', 'resend')),
    note text NOT NULL DEFAULT '',
    settled_by uuid,
    settled_at timestamptz,
    resent_package_id uuid, -- the package in which it went out again
    revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, row_id),
    FOREIGN KEY (county_code, row_id) REFERENCES mapping_row (county_code, id),
    FOREIGN KEY (county_code, package_id) REFERENCES mapping_package (county_code, id),
    FOREIGN KEY (county_code, resent_package_id) REFERENCES mapping_package (county_code, id),
    FOREIGN KEY (county_code, settled_by) REFERENCES account (county_code, id),
    CONSTRAINT mapping_refusal_settled CHECK ((state = 'open') = (settled_by IS NULL)
        AND (settled_by IS NULL) = (settled_at IS NULL)
        AND (state <> 'not_sent' OR note <> '')
        AND (resent_package_id IS NULL OR state IN ('resend', 'corrected')))
);
CREATE INDEX mapping_refusal_state ON mapping_refusal (county_code, state, id);

CREATE TABLE paper (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    village_id uuid NOT NULL,
    household_id uuid NOT NULL,
    row_id uuid NOT NULL,     -- the row by whose acceptance the old address ended over there
    kind text NOT NULL CHECK (kind IN ('register_book', 'resident_form')),
    copies integer NOT NULL CHECK (copies >= 1), -- a form for each member
    old_text text NOT NULL CHECK (old_text <> ''),
    new_text text NOT NULL CHECK (new_text <> ''),
    state text NOT NULL CHECK (state IN ('to_reissue', 'issued', 'collected', 'superseded')),
    issued_by uuid,
    issued_at timestamptz,
    collected_by uuid,        -- who handed it over
    collected_at timestamptz,
    revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, row_id, household_id, kind),
    FOREIGN KEY (county_code, village_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, household_id) REFERENCES household (county_code, id),
    FOREIGN KEY (county_code, row_id) REFERENCES mapping_row (county_code, id),
    FOREIGN KEY (county_code, issued_by) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, collected_by) REFERENCES account (county_code, id),
    CONSTRAINT paper_steps CHECK ((issued_by IS NULL) = (issued_at IS NULL)
        AND (collected_by IS NULL) = (collected_at IS NULL)
        AND (state IN ('issued', 'collected')) = (issued_at IS NOT NULL)
        AND (state = 'collected') = (collected_at IS NOT NULL))
);
-- Of each paper a household waits for one at a time.
CREATE UNIQUE INDEX paper_one_waiting ON paper (county_code, household_id, kind) WHERE state = 'to_reissue';
CREATE INDEX paper_village ON paper (county_code, village_id, state, id);

ALTER TABLE paper ENABLE ROW LEVEL SECURITY;
CREATE POLICY within_scope ON paper TO address_app USING (
    county_code = (SELECT nullif(current_setting('address.county', true), '')::char(6))
    AND ((SELECT current_setting('address.villages', true)) = '*'
        OR village_id = ANY ((SELECT string_to_array(nullif(nullif(
            current_setting('address.villages', true), ''), '*'), ',')::uuid[])::uuid[])));

GRANT SELECT, INSERT ON mapping_receipt, mapping_receipt_row, mapping_refusal, paper TO address_app;
GRANT UPDATE (state, note, settled_by, settled_at, resent_package_id, revision) ON mapping_refusal TO address_app;
GRANT UPDATE (village_id, state, issued_by, issued_at, collected_by, collected_at, revision) ON paper TO address_app;
