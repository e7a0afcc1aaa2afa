-- The audit: append-only lines in keyed chains, their heads, and anchors of the heads.
--
-- Nobody but the functions below writes here. The macs are made outside the database, under keys that never lie in it:
-- whoever holds the database alone can delete or invent lines, and `audit verify` tells. No foreign keys: a line stands
-- for itself, and takes no lock but that of its chain.

SET LOCAL search_path = registry, public;

CREATE TABLE audit_line (
    county_code char(6) NOT NULL,
    chain integer NOT NULL CHECK (chain BETWEEN 0 AND 255),
    seq bigint NOT NULL CHECK (seq > 0),
    at timestamptz NOT NULL,
    account_id uuid NOT NULL,      -- all zeros: nobody was signed in, or the system itself
    account_name text NOT NULL,
    office text NOT NULL,
    scope text NOT NULL,           -- division code of the account
    channel text NOT NULL CHECK (channel IN ('api', 'page', 'cli', 'job', 'inside')),
    source text,                   -- network address, or the operating system's account
    request_id uuid,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id text,
    detail jsonb NOT NULL CHECK (jsonb_typeof(detail) = 'object'), -- codes and counts, never personal data
    before bytea,
    after bytea,
    reason text,
    key_id uuid NOT NULL,
    previous bytea NOT NULL CHECK (length(previous) = 32),
    mac bytea NOT NULL CHECK (length(mac) = 32),
    PRIMARY KEY (county_code, chain, seq)
);
CREATE INDEX audit_line_at ON audit_line (county_code, at, chain, seq);
CREATE INDEX audit_line_account ON audit_line (county_code, account_name, at, chain, seq);
CREATE INDEX audit_line_action ON audit_line (county_code, action, at, chain, seq);
CREATE INDEX audit_line_object ON audit_line (county_code, object_id, at, chain, seq) WHERE object_id IS NOT NULL;

-- One row for each chain, updated with every commit: room on the page lets the updates stay there.
CREATE TABLE audit_head (
    county_code char(6) NOT NULL,
    chain integer NOT NULL CHECK (chain BETWEEN 0 AND 255),
    seq bigint NOT NULL CHECK (seq >= 0),
    mac bytea NOT NULL CHECK (length(mac) = 32),
    PRIMARY KEY (county_code, chain)
) WITH (fillfactor = 10);

CREATE TABLE audit_anchor (
    county_code char(6) NOT NULL,
    no bigint NOT NULL CHECK (no > 0),
    at timestamptz NOT NULL,
    heads jsonb NOT NULL,          -- [[chain, seq, mac in hex], …]
    key_id uuid NOT NULL,
    previous bytea NOT NULL CHECK (length(previous) = 32),
    mac bytea NOT NULL CHECK (length(mac) = 32),
    PRIMARY KEY (county_code, no)
);

-- Appends lines to a chain as the last act before commit. `known_seq` and `known_mac` are the head as the writer
-- believes it to be; where it is another one nothing is written, and the answer tells the head. The chain stays locked
-- until the transaction ends. With `if_written`, a transaction that has written nothing needs no line: the answer is NULL.
--
-- Deferred constraints are checked before the lock is taken: who holds it waits for nobody, so there is no deadlock.
CREATE FUNCTION audit_append(county text, chain_no integer, known_seq bigint, known_mac bytea, lines jsonb,
    if_written boolean, OUT written boolean, OUT head_seq bigint, OUT head_mac bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF if_written AND pg_current_xact_id_if_assigned() IS NULL THEN
        RETURN;
    END IF;
    SET CONSTRAINTS ALL IMMEDIATE;
    SELECT h.seq, h.mac INTO head_seq, head_mac
        FROM registry.audit_head h WHERE h.county_code = county AND h.chain = chain_no FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO registry.audit_head (county_code, chain, seq, mac)
            VALUES (county, chain_no, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
        SELECT h.seq, h.mac INTO head_seq, head_mac
            FROM registry.audit_head h WHERE h.county_code = county AND h.chain = chain_no FOR UPDATE;
    END IF;
    written := head_seq = known_seq AND head_mac = known_mac;
    IF NOT written THEN
        RETURN;
    END IF;
    INSERT INTO registry.audit_line (county_code, chain, seq, at, account_id, account_name, office, scope, channel,
            source, request_id, action, object_kind, object_id, detail, before, after, reason, key_id, previous, mac)
        SELECT county, chain_no, known_seq + l.n, l.at, l.account_id, l.account_name, l.office, l.scope, l.channel,
            l.source, l.request_id, l.action, l.object_kind, l.object_id, l.detail, l.before, l.after, l.reason,
            l.key_id, coalesce(lag(l.mac) OVER (ORDER BY l.n), known_mac), l.mac
        FROM ROWS FROM (jsonb_to_recordset(lines) AS (at timestamptz, account_id uuid, account_name text, office text,
            scope text, channel text, source text, request_id uuid, action text, object_kind text, object_id text,
            detail jsonb, before bytea, after bytea, reason text, key_id uuid, mac bytea)) WITH ORDINALITY
            AS l (at, account_id, account_name, office, scope, channel, source, request_id, action, object_kind,
                object_id, detail, before, after, reason, key_id, mac, n);
    head_seq := known_seq + jsonb_array_length(lines);
    head_mac := (lines -> -1 ->> 'mac')::bytea;
    UPDATE registry.audit_head h SET seq = head_seq, mac = head_mac WHERE h.county_code = county AND h.chain = chain_no;
END
$$;

-- Keeps an anchor after the last one; false where the writer did not know the last one.
CREATE FUNCTION audit_keep_anchor(county text, anchor_no bigint, anchored_at timestamptz, heads jsonb, key_id uuid,
    previous bytea, mac bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_no bigint;
    last_mac bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(county || ' audit anchor', 0));
    SELECT a.no, a.mac INTO last_no, last_mac
        FROM registry.audit_anchor a WHERE a.county_code = county ORDER BY a.no DESC LIMIT 1;
    IF anchor_no <> coalesce(last_no, 0) + 1 OR previous <> coalesce(last_mac, decode(repeat('00', 32), 'hex')) THEN
        RETURN false;
    END IF;
    INSERT INTO registry.audit_anchor VALUES (county, anchor_no, anchored_at, heads, key_id, previous, mac);
    RETURN true;
END
$$;

REVOKE ALL ON FUNCTION audit_append, audit_keep_anchor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append, audit_keep_anchor TO address_app;
GRANT SELECT ON audit_line, audit_head, audit_anchor TO address_app;

-- Not even the owner changes or empties them by accident; only `audit_append` moves a head.
REVOKE UPDATE, DELETE, TRUNCATE ON audit_line, audit_anchor FROM CURRENT_ROLE;
REVOKE DELETE, TRUNCATE ON audit_head FROM CURRENT_ROLE;
