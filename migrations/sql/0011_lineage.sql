-- Lineage: old texts found exactly, successor edges by groups or area, acts on single addresses, the change feed.

SET LOCAL search_path = registry, public;

-- ---------------------------------------------------------------- texts

-- Letters and digits in NFKC and upper case, every spelling of a sub-number as 18附1 (as coding/search_terms.py reads
-- it), back to front: whoever asks without province, county and town asks for the start of such a key.
CREATE FUNCTION text_tail(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN reverse(regexp_replace(upper(regexp_replace(regexp_replace(normalize(words, NFKC), '\s', '', 'g'),
        '(?<=[0-9])号?[附之‐-―−-]([0-9]+)号?', '附\1', 'g')), '[^[:alnum:]]', '', 'g'));

CREATE INDEX address_version_tail ON address_version (county_code, text_tail(full_text) COLLATE "C")
    WHERE upper_inf(recorded) AND stage = 'current';
CREATE INDEX alias_tail ON alias (county_code, text_tail(text) COLLATE "C") WHERE upper_inf(recorded);
CREATE INDEX division_version_name ON division_version (county_code, name) WHERE upper_inf(recorded);

-- ---------------------------------------------------------------- successors

ALTER TABLE succession
    ADD COLUMN area_share numeric CHECK (area_share > 0 AND area_share <= 1), -- of the predecessor's land, where measured
    ADD COLUMN groups text[] CHECK (cardinality(groups) > 0);                 -- names of the groups that went this way

-- ---------------------------------------------------------------- acts on single addresses

CREATE TABLE address_change (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('retire', 'merge', 'split', 'replace', 'reassign', 'correct')),
    stage text NOT NULL CHECK (stage IN ('draft', 'committed', 'dropped')),
    place_id uuid NOT NULL,
    address_id uuid, -- the address concerned; none where a house gets a retired number
    details jsonb NOT NULL,
    seen_digest uuid NOT NULL, -- what the drawer saw of the addresses and numbers; a commit on others is refused
    note text NOT NULL,
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    decree_no text,
    effective_on date,
    event_id uuid,
    decided_by uuid,
    decided_at timestamptz,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, decided_by) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, event_id) REFERENCES event (county_code, id),
    CONSTRAINT address_change_subject CHECK ((kind = 'reassign') = (address_id IS NULL)),
    CONSTRAINT address_change_decided CHECK ((stage = 'draft') = (decided_at IS NULL)),
    CONSTRAINT address_change_by_decree CHECK ((stage = 'committed') = (event_id IS NOT NULL)
        AND (stage <> 'committed' OR (decree_no <> '' AND effective_on IS NOT NULL))),
    CONSTRAINT address_change_four_eyes CHECK (stage <> 'committed' OR decided_by <> actor_id)
);
CREATE INDEX address_change_address ON address_change (county_code, address_id);

-- ---------------------------------------------------------------- the change feed

-- A position is given to committed rows only, one transaction at a time: one for what became known of a thing
-- (change_seq), one for what ceased to be known (closed_seq). The state after a position is a comparison of numbers.
ALTER TABLE division_version ADD COLUMN change_seq bigint, ADD COLUMN closed_seq bigint;
ALTER TABLE place_version ADD COLUMN change_seq bigint, ADD COLUMN closed_seq bigint;
ALTER TABLE address_version ADD COLUMN change_seq bigint, ADD COLUMN closed_seq bigint;

CREATE INDEX division_version_unseen ON division_version (county_code)
    WHERE change_seq IS NULL OR (closed_seq IS NULL AND NOT upper_inf(recorded));
CREATE INDEX place_version_unseen ON place_version (county_code)
    WHERE change_seq IS NULL OR (closed_seq IS NULL AND NOT upper_inf(recorded));
CREATE INDEX address_version_unseen ON address_version (county_code)
    WHERE change_seq IS NULL OR (closed_seq IS NULL AND NOT upper_inf(recorded));

CREATE TABLE change (
    county_code char(6) NOT NULL REFERENCES county,
    seq bigint NOT NULL CHECK (seq > 0),
    subject text NOT NULL CHECK (subject IN ('division', 'place', 'address')),
    subject_id uuid NOT NULL,
    event_id uuid, -- none where a version was withdrawn and nothing took its place
    division_ids uuid[] NOT NULL, -- where the thing stood before or after: who may see the change
    known_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, seq),
    FOREIGN KEY (county_code, event_id) REFERENCES event (county_code, id)
);

CREATE TABLE change_consumer (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    acknowledged bigint NOT NULL CHECK (acknowledged >= 0),
    created_at timestamptz NOT NULL,
    acknowledged_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, account_id, name),
    FOREIGN KEY (county_code, account_id) REFERENCES account (county_code, id)
);

-- ---------------------------------------------------------------- privileges

GRANT SELECT, INSERT ON address_change, change, change_consumer TO address_app;
GRANT UPDATE (stage, decree_no, effective_on, event_id, decided_by, decided_at) ON address_change TO address_app;
GRANT UPDATE (change_seq, closed_seq) ON division_version, place_version, address_version TO address_app;
GRANT UPDATE (acknowledged, acknowledged_at) ON change_consumer TO address_app;
