-- Whether a surveyed number is kept (沿用旧号): the decision as it stands, and every decision that was made.

SET LOCAL search_path = registry, public;

-- A number that is not kept stays blocked as a retired one does: old papers still quote it.
ALTER TABLE existing_address ADD COLUMN kept boolean NOT NULL DEFAULT true;

CREATE TABLE survey_decision (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    existing_address_id uuid NOT NULL,
    building_id uuid NOT NULL,
    place_id uuid NOT NULL,
    main integer NOT NULL CHECK (main BETWEEN 1 AND 99999), -- the number that was decided on; the survey may change
    sub integer NOT NULL CHECK (sub BETWEEN 0 AND 999),
    kept boolean NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    actor_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, existing_address_id) REFERENCES existing_address (county_code, id),
    FOREIGN KEY (county_code, building_id) REFERENCES building (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);
CREATE INDEX survey_decision_existing ON survey_decision (county_code, existing_address_id, recorded_at);

GRANT SELECT, INSERT ON survey_decision TO address_app;
GRANT UPDATE (kept) ON existing_address TO address_app;
