-- Applications at the counter: what is asked, the papers shown, and every step. Nobody's name, number or phone.

SET LOCAL search_path = registry, public;

CREATE TABLE application (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    application_no text NOT NULL CHECK (application_no ~ '^[0-9]{13}$'), -- day of receipt and serial of that day
    kind text NOT NULL CHECK (kind IN ('new_house', 'split_household', 'lost_plate', 'correction')),
    stage text NOT NULL CHECK (stage IN ('received', 'accepted', 'refused', 'withdrawn', 'closed')),
    division_id uuid NOT NULL,
    place_id uuid,
    building_id uuid,
    subject_id uuid,            -- the address asked about: a lost plate's, the door that a household leaves
    address_id uuid,            -- the address that came of it
    request text NOT NULL CHECK (request <> ''),
    room_label text NOT NULL DEFAULT '',
    wanted_main integer CHECK (wanted_main BETWEEN 1 AND 99999),
    wanted_sub integer CHECK (wanted_sub BETWEEN 0 AND 999),
    taken_main integer CHECK (taken_main BETWEEN 1 AND 99999),
    taken_sub integer CHECK (taken_sub BETWEEN 0 AND 999),
    received_on date NOT NULL,
    due_on date NOT NULL,
    decided_at timestamptz,
    decided_by uuid,
    decision_note text NOT NULL DEFAULT '',
    renumbering_plan_id uuid,   -- the plan by which a wrong number is changed
    plate_batch_id uuid,
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, application_no),
    FOREIGN KEY (county_code, division_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, building_id) REFERENCES building (county_code, id),
    FOREIGN KEY (county_code, subject_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, plate_batch_id) REFERENCES plate_batch (county_code, id),
    FOREIGN KEY (county_code, decided_by) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT application_due CHECK (due_on >= received_on),
    CONSTRAINT application_wanted CHECK ((wanted_main IS NULL) = (wanted_sub IS NULL)),
    CONSTRAINT application_taken CHECK ((taken_main IS NULL) = (taken_sub IS NULL)),
    CONSTRAINT application_decided CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT application_about CHECK (CASE kind
        WHEN 'new_house' THEN building_id IS NOT NULL AND place_id IS NOT NULL AND subject_id IS NULL
        WHEN 'split_household' THEN building_id IS NOT NULL AND place_id IS NOT NULL AND subject_id IS NOT NULL
        ELSE subject_id IS NOT NULL END),
    CONSTRAINT application_stage CHECK (CASE stage
        WHEN 'accepted' THEN decided_at IS NOT NULL AND (address_id IS NOT NULL OR kind = 'correction')
        WHEN 'refused' THEN decided_at IS NOT NULL AND decision_note <> '' AND address_id IS NULL
        WHEN 'closed' THEN decided_at IS NOT NULL AND (address_id IS NOT NULL OR decision_note <> '')
        ELSE decided_at IS NULL AND address_id IS NULL AND taken_main IS NULL END),
    CONSTRAINT application_plate CHECK (plate_batch_id IS NULL OR address_id IS NOT NULL),
    CONSTRAINT application_plan CHECK (renumbering_plan_id IS NULL OR kind = 'correction')
);
-- One open application of a kind for a house (for a room where rooms are named), and for an address.
CREATE UNIQUE INDEX application_open_house ON application (county_code, kind, building_id, room_label)
    WHERE stage IN ('received', 'accepted') AND building_id IS NOT NULL;
CREATE UNIQUE INDEX application_open_address ON application (county_code, kind, subject_id)
    WHERE stage IN ('received', 'accepted') AND kind IN ('lost_plate', 'correction');
CREATE INDEX application_open ON application (county_code, due_on) WHERE stage IN ('received', 'accepted');
CREATE INDEX application_division ON application (county_code, division_id);
CREATE INDEX application_address ON application (county_code, address_id) WHERE stage = 'accepted';

CREATE TABLE application_evidence (
    county_code char(6) NOT NULL,
    application_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 1),
    kind text NOT NULL CHECK (kind IN ('permit', 'ownership', 'household_register', 'identity', 'photo', 'letter', 'other')),
    document_no text NOT NULL DEFAULT '',
    issued_by text NOT NULL DEFAULT '',
    issued_on date,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (county_code, application_id, position),
    FOREIGN KEY (county_code, application_id) REFERENCES application (county_code, id),
    CONSTRAINT application_evidence_identity CHECK (kind <> 'identity' OR document_no = '')
);

CREATE TABLE application_step (
    county_code char(6) NOT NULL,
    application_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 1),
    kind text NOT NULL CHECK (kind IN ('received', 'accepted', 'refused', 'returned', 'plate_replaced', 'plate_ordered',
        'withdrawn', 'closed')),
    note text NOT NULL DEFAULT '',
    plate_id uuid,              -- the plate that was replaced
    actor_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, application_id, position),
    FOREIGN KEY (county_code, application_id) REFERENCES application (county_code, id),
    FOREIGN KEY (county_code, plate_id) REFERENCES plate (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT application_step_plate CHECK ((kind = 'plate_replaced') = (plate_id IS NOT NULL))
);

GRANT SELECT, INSERT ON application, application_evidence, application_step TO address_app;
GRANT UPDATE (stage, address_id, room_label, wanted_main, wanted_sub, taken_main, taken_sub, decided_at, decided_by,
    decision_note, renumbering_plan_id, plate_batch_id) ON application TO address_app;
