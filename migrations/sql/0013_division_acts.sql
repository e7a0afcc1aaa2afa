-- Acts on single divisions and names by two persons; scans of decrees beside the acts.

SET LOCAL search_path = registry, public;

-- ---------------------------------------------------------------- acts

CREATE TABLE division_act (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('create', 'rename', 'respell', 'recode', 'transfer', 'change_kind', 'boundary',
        'abolish', 'rename_place', 'proposal')),
    stage text NOT NULL CHECK (stage IN ('planned', 'committed', 'dropped')),
    division_id uuid,             -- the division concerned; of a new one since the commit
    place_id uuid,
    proposal_id uuid,             -- the proposal of a yearly list that it carries out
    codes text[] NOT NULL CHECK (cardinality(codes) > 0), -- divisions concerned: who may see and decide it
    request jsonb NOT NULL,       -- name, code, boundary, outcome as they were asked for
    effective_on date NOT NULL,
    note text NOT NULL,
    seen_digest uuid NOT NULL,    -- divisions and places as the drawer saw them; a commit on others is refused
    summary jsonb NOT NULL,       -- the dry run
    actor_id uuid NOT NULL,       -- who drew it
    created_at timestamptz NOT NULL,
    decree_no text,
    event_id uuid,
    decided_by uuid,
    decided_at timestamptz,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, division_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, proposal_id) REFERENCES division_proposal (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, decided_by) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, event_id) REFERENCES event (county_code, id),
    CONSTRAINT division_act_subject CHECK (CASE kind
        WHEN 'create' THEN place_id IS NULL AND proposal_id IS NULL AND (division_id IS NULL OR stage = 'committed')
        WHEN 'rename_place' THEN place_id IS NOT NULL AND division_id IS NULL AND proposal_id IS NULL
        WHEN 'proposal' THEN proposal_id IS NOT NULL AND place_id IS NULL AND division_id IS NULL
        ELSE division_id IS NOT NULL AND place_id IS NULL AND proposal_id IS NULL END),
    CONSTRAINT division_act_decided CHECK ((stage = 'planned') = (decided_at IS NULL)
        AND (decided_at IS NULL) = (decided_by IS NULL)),
    -- What a yearly list shows may be older than any decree that is still at hand; addresses in force need one all the same.
    CONSTRAINT division_act_by_decree CHECK ((stage = 'committed') = (event_id IS NOT NULL)
        AND (stage <> 'committed' OR decree_no <> '' OR (kind = 'proposal' AND decree_no IS NULL))),
    CONSTRAINT division_act_four_eyes CHECK (stage <> 'committed' OR decided_by <> actor_id)
);
CREATE INDEX division_act_division ON division_act (county_code, division_id);
CREATE UNIQUE INDEX division_act_proposal_once ON division_act (county_code, proposal_id) WHERE stage <> 'dropped';

-- ---------------------------------------------------------------- scans

-- The file lies under its digest in DATA_DIR; the same scan beside two acts is one file and two rows.
CREATE TABLE attachment (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    division_act_id uuid,
    division_change_id uuid,
    renumbering_id uuid,
    address_change_id uuid,
    digest bytea NOT NULL CHECK (length(digest) = 32), -- SHA-256 of the content
    media_type text NOT NULL CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png', 'application/ofd')),
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    filename text NOT NULL CHECK (filename <> ''),
    actor_id uuid NOT NULL,
    attached_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, division_act_id) REFERENCES division_act (county_code, id),
    FOREIGN KEY (county_code, division_change_id) REFERENCES division_change_plan (county_code, id),
    FOREIGN KEY (county_code, renumbering_id) REFERENCES renumbering_plan (county_code, id),
    FOREIGN KEY (county_code, address_change_id) REFERENCES address_change (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT attachment_of_one_act CHECK (
        num_nonnulls(division_act_id, division_change_id, renumbering_id, address_change_id) = 1),
    CONSTRAINT attachment_once UNIQUE NULLS NOT DISTINCT
        (county_code, division_act_id, division_change_id, renumbering_id, address_change_id, digest)
);
CREATE INDEX attachment_act ON attachment
    (county_code, coalesce(division_act_id, division_change_id, renumbering_id, address_change_id));
CREATE INDEX address_change_event ON address_change (county_code, event_id);
CREATE INDEX renumbering_plan_event ON renumbering_plan (county_code, event_id);

-- ---------------------------------------------------------------- privileges

GRANT SELECT, INSERT ON division_act, attachment TO address_app;
GRANT UPDATE (stage, division_id, decree_no, event_id, decided_by, decided_at) ON division_act TO address_app;
