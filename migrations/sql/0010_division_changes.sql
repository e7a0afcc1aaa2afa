-- Mergers and splits of villages (区划变更方案): drawn as a plan, decided collision by collision, committed by decree.

SET LOCAL search_path = registry, public;

CREATE TABLE division_change_plan (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('merge', 'split')),
    stage text NOT NULL CHECK (stage IN ('draft', 'committed', 'dropped')),
    title text NOT NULL CHECK (title <> ''),
    effective_on date NOT NULL,
    asked jsonb NOT NULL,         -- villages, absorber, places and boundary as they were asked for
    undoes uuid,                  -- the committed merger that this split takes back for those concerned
    seen_digest uuid NOT NULL,    -- names, boundaries, numbers and texts that the draft saw; a commit on others is refused
    summary jsonb NOT NULL,       -- the dry run: boundaries, invariants, collisions, counts, price
    actor_id uuid NOT NULL,       -- who drew it
    created_at timestamptz NOT NULL,
    decree_no text,
    event_id uuid,
    successor_id uuid,            -- the division that the places are in since
    decided_by uuid,
    decided_at timestamptz,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, undoes) REFERENCES division_change_plan (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, decided_by) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, event_id) REFERENCES event (county_code, id),
    FOREIGN KEY (county_code, successor_id) REFERENCES division (county_code, id),
    CONSTRAINT division_change_plan_by_decree CHECK (stage <> 'committed'
        OR (decree_no <> '' AND event_id IS NOT NULL AND successor_id IS NOT NULL)),
    CONSTRAINT division_change_plan_decided CHECK ((stage = 'draft') = (decided_at IS NULL)
        AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT division_change_plan_undoes CHECK (undoes IS NULL OR (kind = 'split' AND undoes <> id))
);
CREATE INDEX division_change_plan_undoes ON division_change_plan (county_code, undoes) WHERE undoes IS NOT NULL;

CREATE TABLE division_change_party (
    county_code char(6) NOT NULL,
    plan_id uuid NOT NULL,
    division_id uuid NOT NULL,
    part text NOT NULL CHECK (part IN ('ends', 'absorbs', 'is_split')),
    PRIMARY KEY (county_code, plan_id, division_id),
    FOREIGN KEY (county_code, plan_id) REFERENCES division_change_plan (county_code, id),
    FOREIGN KEY (county_code, division_id) REFERENCES division (county_code, id)
);
CREATE INDEX division_change_party_division ON division_change_party (county_code, division_id);

-- What a person decided of a collision; the latest of a subject holds.
CREATE TABLE division_change_choice (
    county_code char(6) NOT NULL,
    plan_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 1),
    subject_id uuid NOT NULL,     -- a place, or a village that is kept as 片区 with all its places
    kind text NOT NULL CHECK (kind IN ('undecided', 'keep', 'district', 'rename', 'join')),
    name text NOT NULL DEFAULT '',
    into_id uuid,                 -- the place whose doors the others follow
    actor_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, plan_id, position),
    FOREIGN KEY (county_code, plan_id) REFERENCES division_change_plan (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, into_id) REFERENCES place (county_code, id),
    CONSTRAINT division_change_choice_complete CHECK (CASE kind
        WHEN 'rename' THEN name <> '' WHEN 'district' THEN name <> '' WHEN 'join' THEN into_id IS NOT NULL ELSE true END)
);

-- What a committed plan did to each place, address and feature: an undo gives it back from here.
CREATE TABLE division_change_item (
    county_code char(6) NOT NULL,
    plan_id uuid NOT NULL,
    subject text NOT NULL CHECK (subject IN ('place', 'address', 'building', 'parcel', 'lane')),
    subject_id uuid NOT NULL,
    from_division_id uuid NOT NULL,
    to_division_id uuid NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    PRIMARY KEY (county_code, plan_id, subject_id),
    FOREIGN KEY (county_code, plan_id) REFERENCES division_change_plan (county_code, id),
    FOREIGN KEY (county_code, from_division_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, to_division_id) REFERENCES division (county_code, id)
);
CREATE INDEX division_change_item_subject ON division_change_item (county_code, subject_id);

CREATE INDEX parcel_division ON parcel (county_code, division_id);
CREATE INDEX lane_division ON lane (county_code, division_id);

GRANT SELECT, INSERT ON division_change_plan, division_change_party, division_change_choice, division_change_item
    TO address_app;
GRANT UPDATE (stage, seen_digest, summary, decree_no, event_id, successor_id, decided_by, decided_at)
    ON division_change_plan TO address_app;
-- What hangs on a place goes along when its doors follow those of another.
GRANT UPDATE (place_id) ON reservation TO address_app;
GRANT UPDATE (division_id, place_id) ON application TO address_app;
