-- What is counted against guessing: look-ups of residents that find nobody, since what a mask hides could be tried out by
-- them, and tries at one account from one source.

SET LOCAL search_path = registry, public;

-- How many an account has made in an hour (hours since 1970), those under way among them.
CREATE TABLE lookup_count (
    county_code char(6) NOT NULL,
    account_id uuid NOT NULL,
    hour bigint NOT NULL,
    used integer NOT NULL CHECK (used >= 0),
    PRIMARY KEY (county_code, account_id, hour),
    FOREIGN KEY (county_code, account_id) REFERENCES account (county_code, id)
);

GRANT SELECT, INSERT ON lookup_count TO address_app;
GRANT UPDATE (used) ON lookup_count TO address_app;

-- Failed tries at an account from one source, which alone waits for them, ever longer: nobody can keep the accounts of
-- others locked by failing at them again and again. The bucket is 12 bits of a digest, so that no flood of sources fills
-- the table.
CREATE TABLE sign_in_pair (
    county_code char(6) NOT NULL,
    account_id uuid NOT NULL,
    bucket integer NOT NULL CHECK (bucket BETWEEN 0 AND 4095),
    failures integer NOT NULL CHECK (failures >= 0),
    locks integer NOT NULL CHECK (locks >= 0),
    locked_until timestamptz,
    failed_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, account_id, bucket),
    FOREIGN KEY (county_code, account_id) REFERENCES account (county_code, id)
);

GRANT SELECT, INSERT ON sign_in_pair TO address_app;
GRANT UPDATE (failures, locks, locked_until, failed_at) ON sign_in_pair TO address_app;
