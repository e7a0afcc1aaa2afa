-- Aliases that a person records: what people call an address (俗称), and how the police write it, each with its days.

SET LOCAL search_path = registry, public;

ALTER TABLE alias
    ADD COLUMN note text NOT NULL DEFAULT '', -- where it is known from
    ADD COLUMN actor_id uuid,                 -- who recorded it; none where an act left a former text behind
    ADD FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    -- Not asked of rows that a way down to 0022 and up again left without their person; they can be ended as all others.
    ADD CONSTRAINT alias_by_person CHECK (actor_id IS NOT NULL OR kind IN ('former', 'survey') OR NOT upper_inf(recorded))
        NOT VALID,
    -- The same words twice for one address at a time say nothing more; former texts of acts may lie beside each other.
    ADD CONSTRAINT alias_once EXCLUDE USING gist (address_id WITH =, text WITH =, valid WITH &&, county_code WITH =)
        WHERE (upper_inf(recorded) AND kind IN ('colloquial', 'police'));

-- Few rows, counted by the mark of a matching book: they come and go without a version of an address.
CREATE INDEX alias_by_person ON alias (county_code) WHERE kind IN ('colloquial', 'police');
