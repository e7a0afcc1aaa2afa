-- Reservations follow their construction plan: numbers added or given up, expiry and holder amended, each by decree.

SET LOCAL search_path = registry, public;

ALTER TABLE reservation_decision
    ADD COLUMN added integer NOT NULL DEFAULT 0 CHECK (added >= 0), -- numbers newly reserved
    ADD COLUMN numbers text[] NOT NULL DEFAULT '{}', -- what was added or freed: 21, 21-1 with a sub-number
    DROP CONSTRAINT reservation_decision_kind,
    DROP CONSTRAINT reservation_decision_kind_check,
    ADD CONSTRAINT reservation_decision_kind_known CHECK (kind IN ('release', 'extend', 'trim', 'add', 'amend')),
    -- Decisions that went down and up again have lost what was added or freed, and stay all the same: hence NOT VALID.
    ADD CONSTRAINT reservation_decision_kind CHECK (CASE kind
        WHEN 'extend' THEN expires_on IS NOT NULL AND freed = 0 AND added = 0
        WHEN 'amend' THEN expires_on IS NOT NULL AND freed = 0 AND added = 0
        WHEN 'add' THEN expires_on IS NULL AND freed = 0 AND added > 0 AND cardinality(numbers) = added
        WHEN 'trim' THEN expires_on IS NULL AND freed > 0 AND added = 0 AND cardinality(numbers) = freed
        ELSE expires_on IS NULL AND added = 0 END) NOT VALID;
