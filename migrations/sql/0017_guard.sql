-- Look-ups of residents that find nobody are counted, since what a mask hides could be tried out by them.

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
