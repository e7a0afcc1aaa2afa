-- Two houses with one old number are both on record: one keeps it, the other's number is not kept.

SET LOCAL search_path = registry, public;

-- Checked when the statement is through, at commit where an import asks for it: houses may swap their numbers in one
-- import, and no unique index is both partial and deferrable.
ALTER TABLE existing_address
    DROP CONSTRAINT existing_address_number_once,
    ADD CONSTRAINT existing_address_number_once EXCLUDE USING btree
        (county_code WITH =, place_id WITH =, main WITH =, sub WITH =) WHERE (kept) DEFERRABLE INITIALLY IMMEDIATE;
-- Numbers that are not kept are looked up by place too.
CREATE INDEX existing_address_place ON existing_address (county_code, place_id, main, sub);
CREATE INDEX survey_decision_place ON survey_decision (county_code, place_id, main, sub);

-- A lost plate or a correction is about an address, once each: two rooms of a house may lose their plates at a time.
DROP INDEX application_open_house;
CREATE UNIQUE INDEX application_open_house ON application (county_code, kind, building_id, room_label)
    WHERE stage IN ('received', 'accepted') AND kind IN ('new_house', 'split_household');
