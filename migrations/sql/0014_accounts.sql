-- Accounts: passwords, tries, second factors, sessions that rest, scopes with dates, keys with part of the rights.

SET LOCAL search_path = registry, public;

-- ---------------------------------------------------------------- who, for which land, from when until when

ALTER TABLE account DROP CONSTRAINT account_role_check;
ALTER TABLE account
    ADD COLUMN valid_from date,  -- first and last day on which the account may sign in or use a key
    ADD COLUMN valid_until date,
    ADD COLUMN identity text CHECK (identity <> ''), -- what an issuer of OpenID Connect calls this person
    ADD CONSTRAINT account_role_check CHECK (role IN ('pending', 'admin', 'civil_affairs', 'natural_resources', 'village',
        'county', 'field_team', 'police', 'finance', 'leading_group', 'social_security', 'installer', 'assistant',
        'security_admin', 'audit_admin')),
    ADD CONSTRAINT account_dates CHECK (valid_from <= valid_until),
    ADD CONSTRAINT account_identity_once UNIQUE (county_code, identity);
GRANT UPDATE (valid_from, valid_until, identity) ON account TO address_app;

ALTER TABLE api_key ADD COLUMN rights text[] CHECK (cardinality(rights) > 0); -- null: all that the office has
CREATE INDEX api_key_account ON api_key (county_code, account_id);

-- ---------------------------------------------------------------- passwords

-- The one with the highest serial is in force, the others are the history; nothing is ever updated.
CREATE TABLE password (
    county_code char(6) NOT NULL,
    account_id uuid NOT NULL,
    serial integer NOT NULL CHECK (serial > 0),
    hash text NOT NULL CHECK (hash LIKE '$argon2id$%'),
    set_at timestamptz NOT NULL,
    one_time boolean NOT NULL,      -- given by somebody else: good for a sign-in that sets another
    expires_at timestamptz,
    PRIMARY KEY (county_code, account_id, serial),
    FOREIGN KEY (county_code, account_id) REFERENCES account (county_code, id),
    CONSTRAINT password_one_time_ends CHECK (one_time = (expires_at IS NOT NULL))
);

-- Tries are counted before they are verified, so that guesses at the same moment count too.
CREATE TABLE sign_in_guard (
    county_code char(6) NOT NULL,
    account_id uuid NOT NULL,
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    locked_until timestamptz,
    PRIMARY KEY (county_code, account_id),
    FOREIGN KEY (county_code, account_id) REFERENCES account (county_code, id)
);
INSERT INTO sign_in_guard (county_code, account_id) SELECT county_code, id FROM account;

-- By source of the request. The bucket is 16 bits of a digest, so that no flood of sources fills the table.
CREATE TABLE sign_in_source (
    county_code char(6) NOT NULL REFERENCES county,
    bucket integer NOT NULL CHECK (bucket BETWEEN 0 AND 65535),
    failures integer NOT NULL CHECK (failures >= 0),
    counted_from timestamptz NOT NULL,
    waits_until timestamptz,
    PRIMARY KEY (county_code, bucket)
);

-- ---------------------------------------------------------------- second factor (TOTP, RFC 6238)

CREATE TABLE second_factor (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    sealed bytea NOT NULL,          -- the secret under a key outside of the database
    key_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0, -- the last 30 seconds whose code was taken: no code counts twice
    removed_at timestamptz,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, account_id) REFERENCES account (county_code, id)
);
CREATE UNIQUE INDEX second_factor_once ON second_factor (county_code, account_id) WHERE removed_at IS NULL;

CREATE TABLE recovery_code (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    factor_id uuid NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    used_at timestamptz,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, factor_id, digest),
    FOREIGN KEY (county_code, factor_id) REFERENCES second_factor (county_code, id)
);

-- ---------------------------------------------------------------- sessions

ALTER TABLE session
    ALTER COLUMN key_id DROP NOT NULL,
    ADD COLUMN opened_by text NOT NULL DEFAULT 'key' CHECK (opened_by IN ('key', 'password', 'issuer')),
    ADD CONSTRAINT session_opened_by_key CHECK ((opened_by = 'key') = (key_id IS NOT NULL));
ALTER TABLE session ALTER COLUMN opened_by DROP DEFAULT;
CREATE INDEX session_account ON session (county_code, account_id);

-- Apart from the session: a request that takes long holds this row, and revoking must not wait for it.
CREATE TABLE session_activity (
    county_code char(6) NOT NULL,
    session_id uuid NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, session_id),
    FOREIGN KEY (county_code, session_id) REFERENCES session (county_code, id)
);
INSERT INTO session_activity (county_code, session_id, seen_at) SELECT county_code, id, now() FROM session;

-- ---------------------------------------------------------------- privileges

GRANT SELECT, INSERT ON password, sign_in_guard, sign_in_source, second_factor, recovery_code, session_activity
    TO address_app;
GRANT UPDATE (failures, locked_until) ON sign_in_guard TO address_app;
GRANT UPDATE (failures, counted_from, waits_until) ON sign_in_source TO address_app;
GRANT UPDATE (confirmed_at, last_step, removed_at) ON second_factor TO address_app;
GRANT UPDATE (used_at) ON recovery_code TO address_app;
GRANT UPDATE (seen_at) ON session_activity TO address_app;
