-- What was decided on reservations after they were made: kept for good, one row per decision.

SET LOCAL search_path = registry, public;

CREATE TABLE reservation_decision (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    reservation_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('release', 'extend')),
    decree_no text NOT NULL CHECK (decree_no <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    expires_before date,
    expires_on date,            -- the new end of an extended reservation
    freed integer NOT NULL CHECK (freed >= 0), -- numbers that fell vacant
    actor_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, reservation_id) REFERENCES reservation (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT reservation_decision_kind CHECK (CASE kind WHEN 'extend' THEN expires_on IS NOT NULL AND freed = 0
        ELSE expires_on IS NULL END)
);
CREATE INDEX reservation_decision_reservation ON reservation_decision (county_code, reservation_id);

GRANT SELECT, INSERT ON reservation_decision TO address_app;
