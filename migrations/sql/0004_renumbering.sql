-- Renumbering plans (改号方案): doors that have an address move to other numbers, all at once, under a decree.

SET LOCAL search_path = registry, public;

CREATE TABLE renumbering_plan (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    place_id uuid NOT NULL,
    policy_id uuid,               -- the policy of a redraw; null where single numbers were changed
    before_policy_id uuid,        -- the policy under which the place was numbered until then; an undo returns to it
    stage text NOT NULL CHECK (stage IN ('draft', 'committed', 'dropped')),
    title text NOT NULL CHECK (title <> ''),
    reassign_decree_no text,      -- the decree by which retired numbers are given out once more
    undoes uuid,                  -- the committed plan that this one takes back
    ledger_digest uuid NOT NULL,  -- names, numbers, holders and texts that the draft saw; a commit on others is refused
    summary jsonb NOT NULL,       -- the price: doors, dwellings, plates, homonyms, faults
    actor_id uuid NOT NULL,       -- who drew it
    created_at timestamptz NOT NULL,
    decree_no text,
    effective_on date,
    event_id uuid,
    decided_by uuid,
    decided_at timestamptz,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, policy_id) REFERENCES numbering_policy (county_code, id),
    FOREIGN KEY (county_code, before_policy_id) REFERENCES numbering_policy (county_code, id),
    FOREIGN KEY (county_code, undoes) REFERENCES renumbering_plan (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, decided_by) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, event_id) REFERENCES event (county_code, id),
    CONSTRAINT renumbering_plan_by_decree CHECK (stage <> 'committed'
        OR (decree_no <> '' AND effective_on IS NOT NULL AND event_id IS NOT NULL)),
    CONSTRAINT renumbering_plan_decided CHECK ((stage = 'draft') = (decided_at IS NULL)
        AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT renumbering_plan_not_itself CHECK (undoes <> id)
);
CREATE INDEX renumbering_plan_place ON renumbering_plan (county_code, place_id);

CREATE TABLE renumbering_change (
    county_code char(6) NOT NULL,
    plan_id uuid NOT NULL,
    position integer NOT NULL,
    address_id uuid NOT NULL,     -- a door; its rooms move with it
    before_main integer NOT NULL,
    before_sub integer NOT NULL,
    after_main integer NOT NULL CHECK (after_main BETWEEN 1 AND 99999),
    after_sub integer NOT NULL CHECK (after_sub BETWEEN 0 AND 999),
    old_text text NOT NULL,
    new_text text NOT NULL CHECK (new_text <> ''),
    rooms jsonb NOT NULL,         -- [{address_id, code, old_text, new_text}]
    reclaims boolean NOT NULL,    -- takes a retired number that nobody of the plan gives up
    before_line jsonb NOT NULL,   -- the ledger's side, metres, policy and reasons of the door until then
    side text CHECK (side IN ('left', 'right')),
    offset_m real,
    policy_id uuid,
    gate geometry(Point, 4490) NOT NULL,
    reasons jsonb NOT NULL,
    PRIMARY KEY (county_code, plan_id, position),
    FOREIGN KEY (county_code, plan_id) REFERENCES renumbering_plan (county_code, id),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, policy_id) REFERENCES numbering_policy (county_code, id),
    CONSTRAINT renumbering_change_holder_once UNIQUE (county_code, plan_id, address_id),
    CONSTRAINT renumbering_change_number_once UNIQUE (county_code, plan_id, after_main, after_sub),
    CONSTRAINT renumbering_change_moves CHECK ((before_main, before_sub) <> (after_main, after_sub))
);
CREATE INDEX renumbering_change_address ON renumbering_change (county_code, address_id);

-- Texts that were true for a while: whoever takes one from a day on is refused where it was still another's on that day.
CREATE INDEX address_version_past_text ON address_version (county_code, full_text)
    WHERE upper_inf(recorded) AND NOT upper_inf(valid) AND stage = 'current';

GRANT SELECT, INSERT ON renumbering_plan, renumbering_change TO address_app;
GRANT UPDATE (stage, decree_no, effective_on, event_id, decided_by, decided_at) ON renumbering_plan TO address_app;
