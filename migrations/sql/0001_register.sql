-- Schema v1 of the register.
--
-- Rules kept throughout (docs/architecture.md): county_code leads every key; keys are uuid or bigint; geometry is
-- EPSG:4490 (lon, lat) with a generated EPSG:3857 twin for maps; history is rows with two ranges, `valid` (when it was
-- true) and `recorded` (when we knew it); no triggers, no cascades, no DELETE for the application role.

CREATE SCHEMA registry;
SET LOCAL search_path = registry, public;

-- ---------------------------------------------------------------- the tenant

CREATE TABLE county (
    county_code char(6) PRIMARY KEY CHECK (county_code ~ '^[0-9]{6}$'),
    name text NOT NULL,
    prefecture_name text NOT NULL,
    province_name text NOT NULL,
    postcode char(6) NOT NULL,
    measure_srid integer NOT NULL DEFAULT 4547, -- the 3-degree Gauss-Krüger zone in which metres are measured
    extent geometry(Polygon, 4490),             -- a layer lying off this is refused by the importer
    is_synthetic boolean NOT NULL DEFAULT false -- sample data: maps and prints say so
);

-- ---------------------------------------------------------------- accounts

CREATE TABLE account (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    role text NOT NULL CHECK (role IN ('admin', 'civil_affairs', 'natural_resources', 'village', 'county',
        'field_team', 'police', 'finance', 'leading_group')),
    division_code text NOT NULL CHECK (division_code ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, name),
    CONSTRAINT account_scope_in_county CHECK (left(division_code, 6) = county_code)
);

CREATE TABLE api_key (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32), -- SHA-256 of a 256-bit random key; the key itself is never kept
    label text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, digest),
    FOREIGN KEY (county_code, account_id) REFERENCES account (county_code, id)
);

CREATE TABLE session (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    key_id uuid NOT NULL, -- the key it was opened with: the session ends with it
    digest bytea NOT NULL CHECK (length(digest) = 32),
    csrf_token text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, digest),
    FOREIGN KEY (county_code, account_id) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, key_id) REFERENCES api_key (county_code, id)
);

CREATE TABLE idempotency (
    county_code char(6) NOT NULL,
    account_id uuid NOT NULL,
    key uuid NOT NULL,                  -- hash of the client's Idempotency-Key
    request_digest bytea NOT NULL,
    status integer,
    response jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (county_code, account_id, key),
    FOREIGN KEY (county_code, account_id) REFERENCES account (county_code, id)
);
CREATE INDEX idempotency_age ON idempotency (county_code, created_at); -- kept for days, then let go of

-- ---------------------------------------------------------------- events and successors

CREATE TABLE event (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    subject text NOT NULL CHECK (subject IN ('division', 'place', 'address')),
    kind text NOT NULL CHECK (kind IN ('create', 'approve', 'reject', 'rename', 'respell', 'recode', 'renumber',
        'merge', 'split', 'swap', 'retire', 'reassign', 'correct', 'abolish', 'boundary')),
    decree_no text,
    effective_on date NOT NULL,
    note text NOT NULL DEFAULT '',
    details jsonb NOT NULL DEFAULT '{}',
    actor_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);

CREATE TABLE succession (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    event_id uuid NOT NULL,
    subject text NOT NULL CHECK (subject IN ('division', 'place', 'address')),
    predecessor_id uuid NOT NULL,
    successor_id uuid NOT NULL,
    share text NOT NULL CHECK (share IN ('whole', 'part')),
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, event_id, predecessor_id, successor_id),
    FOREIGN KEY (county_code, event_id) REFERENCES event (county_code, id),
    CONSTRAINT succession_not_itself CHECK (predecessor_id <> successor_id)
);
CREATE INDEX succession_predecessor ON succession (county_code, predecessor_id);
CREATE INDEX succession_successor ON succession (county_code, successor_id);

-- ---------------------------------------------------------------- imports

CREATE TABLE import_run (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    layer text NOT NULL,
    filename text NOT NULL,
    file_digest bytea NOT NULL,
    options jsonb NOT NULL DEFAULT '{}',
    dry_run boolean NOT NULL,
    stage text NOT NULL CHECK (stage IN ('queued', 'running', 'done', 'failed')),
    phase text NOT NULL DEFAULT '',          -- Chinese, for people: what the job is doing
    read_count integer NOT NULL DEFAULT 0,
    accepted integer NOT NULL DEFAULT 0,     -- rows written, new or changed
    unchanged integer NOT NULL DEFAULT 0,
    rejected integer NOT NULL DEFAULT 0,
    report jsonb NOT NULL DEFAULT '{}',
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);

CREATE TABLE import_reject (
    county_code char(6) NOT NULL,
    import_id uuid NOT NULL,
    position integer NOT NULL,
    row_no integer,
    field text,
    code text NOT NULL,
    message text NOT NULL,
    value text NOT NULL DEFAULT '',
    PRIMARY KEY (county_code, import_id, position),
    FOREIGN KEY (county_code, import_id) REFERENCES import_run (county_code, id)
);

CREATE TABLE layer_history (
    county_code char(6) NOT NULL REFERENCES county,
    id bigint GENERATED ALWAYS AS IDENTITY,
    layer text NOT NULL,
    feature_id uuid NOT NULL,
    row jsonb NOT NULL,
    replaced_at timestamptz NOT NULL,
    import_id uuid,
    PRIMARY KEY (county_code, id)
);
CREATE INDEX layer_history_feature ON layer_history (county_code, feature_id);

-- ---------------------------------------------------------------- divisions

CREATE TABLE division (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (county_code, id)
);

CREATE TABLE division_version (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    division_id uuid NOT NULL,
    level text NOT NULL CHECK (level IN ('county', 'township', 'village')),
    kind text NOT NULL CHECK (kind IN ('county', 'town', 'township', 'subdistrict', 'administrative_village',
        'community', 'other')),
    name text NOT NULL CHECK (name <> ''),
    code_nbs text NOT NULL CHECK (code_nbs ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$'),
    code_mca text CHECK (code_mca ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$'),
    parent_id uuid,
    urban_rural_class text CHECK (urban_rural_class IN ('111', '112', '121', '122', '123', '210', '220')),
    name_state text NOT NULL CHECK (name_state IN ('proposed', 'approved', 'filed')),
    decree_no text,
    boundary geometry(MultiPolygon, 4490),
    boundary_3857 geometry(MultiPolygon, 3857) GENERATED ALWAYS AS (ST_Transform(boundary, 3857)) STORED,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    event_id uuid NOT NULL,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, division_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, parent_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, event_id) REFERENCES event (county_code, id),
    CONSTRAINT division_version_in_county CHECK (left(code_nbs, 6) = county_code),
    CONSTRAINT division_version_level_code CHECK
        (length(code_nbs) = CASE level WHEN 'county' THEN 6 WHEN 'township' THEN 9 ELSE 12 END),
    CONSTRAINT division_version_once EXCLUDE USING gist
        (division_id WITH =, valid WITH &&, recorded WITH &&, county_code WITH =),
    CONSTRAINT division_version_code_once EXCLUDE USING gist
        (code_nbs WITH =, valid WITH &&, recorded WITH &&, county_code WITH =)
);
CREATE INDEX division_version_division ON division_version (county_code, division_id);
CREATE INDEX division_version_boundary_3857 ON division_version USING gist (boundary_3857) WHERE upper_inf(recorded);
CREATE INDEX division_version_boundary ON division_version USING gist (boundary) WHERE upper_inf(recorded);

-- ---------------------------------------------------------------- places

CREATE TABLE code_counter (
    county_code char(6) NOT NULL REFERENCES county,
    prefix_key bigint NOT NULL, -- the digits of code positions 1-13 (places) or 1-16 (doors) as a number
    last_serial integer NOT NULL CHECK (last_serial >= 0),
    PRIMARY KEY (county_code, prefix_key)
);

CREATE TABLE place (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('street', 'compound', 'institution', 'hamlet', 'group', 'village')),
    serial integer NOT NULL CHECK (serial BETWEEN 0 AND 999),
    code_prefix char(16) NOT NULL CHECK (code_prefix ~ '^[0-9]{16}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (county_code, id),
    CONSTRAINT place_serial_by_kind CHECK ((kind = 'village') = (serial = 0)),
    CONSTRAINT place_prefix_in_county CHECK (left(code_prefix, 6) = county_code)
);
-- A village code that is used again gives two whole-village places under one text; their doors share one counter.
CREATE UNIQUE INDEX place_prefix_once ON place (county_code, code_prefix) WHERE kind <> 'village';

CREATE TABLE place_version (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    place_id uuid NOT NULL,
    division_id uuid NOT NULL,
    parent_place_id uuid,
    name text NOT NULL,
    street_kind text CHECK (street_kind IN ('street', 'road', 'lane', 'alley')),
    name_state text NOT NULL CHECK (name_state IN ('proposed', 'approved', 'filed')),
    decree_no text,
    origin text NOT NULL DEFAULT '', -- which end numbers start from, where the layer says so
    geom geometry(Geometry, 4490),
    geom_3857 geometry(Geometry, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    event_id uuid NOT NULL,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, division_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, parent_place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, event_id) REFERENCES event (county_code, id),
    CONSTRAINT place_version_approved_by_decree CHECK (name_state = 'proposed' OR decree_no <> ''),
    CONSTRAINT place_version_once EXCLUDE USING gist
        (place_id WITH =, valid WITH &&, recorded WITH &&, county_code WITH =)
);
CREATE INDEX place_version_place ON place_version (county_code, place_id);
CREATE INDEX place_version_division ON place_version (county_code, division_id);
CREATE INDEX place_version_geom ON place_version USING gist (geom) WHERE upper_inf(recorded);
CREATE INDEX place_version_geom_3857 ON place_version USING gist (geom_3857) WHERE upper_inf(recorded);

CREATE TABLE lane (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    name text NOT NULL DEFAULT '',
    division_id uuid,
    geom geometry(LineString, 4490) NOT NULL,
    geom_3857 geometry(LineString, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED,
    feature_key uuid NOT NULL, -- hash of the geometry: the same line twice is one lane
    import_id uuid NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, feature_key),
    FOREIGN KEY (county_code, division_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, import_id) REFERENCES import_run (county_code, id)
);
CREATE INDEX lane_geom ON lane USING gist (geom);
CREATE INDEX lane_geom_3857 ON lane USING gist (geom_3857);

-- ---------------------------------------------------------------- parcels, buildings, construction plans

CREATE TABLE parcel (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    parcel_code text NOT NULL CHECK (length(parcel_code) = 19),
    real_estate_unit_code text CHECK (length(real_estate_unit_code) = 28),
    use text NOT NULL DEFAULT '',
    location_text text NOT NULL DEFAULT '',
    division_id uuid,
    geom geometry(MultiPolygon, 4490) NOT NULL,
    geom_3857 geometry(MultiPolygon, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED,
    row_digest uuid NOT NULL,
    import_id uuid NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, parcel_code),
    FOREIGN KEY (county_code, division_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, import_id) REFERENCES import_run (county_code, id)
);
CREATE INDEX parcel_geom ON parcel USING gist (geom);
CREATE INDEX parcel_geom_3857 ON parcel USING gist (geom_3857);

CREATE TABLE building (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    building_code text NOT NULL CHECK (building_code <> ''),
    real_estate_unit_code text CHECK (length(real_estate_unit_code) = 28),
    parcel_id uuid,
    division_id uuid,
    use text NOT NULL CHECK (use IN ('organ', 'enterprise', 'shop', 'dwelling', 'mixed', 'outbuilding', 'other')),
    floors integer NOT NULL DEFAULT 1 CHECK (floors BETWEEN 1 AND 99),
    units integer NOT NULL DEFAULT 0 CHECK (units BETWEEN 0 AND 99),
    rooms_per_floor integer NOT NULL DEFAULT 0 CHECK (rooms_per_floor BETWEEN 0 AND 99),
    name text NOT NULL DEFAULT '',
    gate geometry(Point, 4490),           -- main entrance where it was surveyed
    geom geometry(MultiPolygon, 4490) NOT NULL,
    geom_3857 geometry(MultiPolygon, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED,
    row_digest uuid NOT NULL,
    import_id uuid NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, building_code),
    FOREIGN KEY (county_code, parcel_id) REFERENCES parcel (county_code, id),
    FOREIGN KEY (county_code, division_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, import_id) REFERENCES import_run (county_code, id)
);
CREATE INDEX building_parcel ON building (county_code, parcel_id);
CREATE INDEX building_division ON building (county_code, division_id);
CREATE INDEX building_geom ON building USING gist (geom);
CREATE INDEX building_geom_3857 ON building USING gist (geom_3857);

CREATE TABLE membership (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    building_id uuid NOT NULL,
    place_id uuid NOT NULL,
    source text NOT NULL CHECK (source IN ('polygon', 'column', 'list', 'person')),
    actor_id uuid NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, building_id) REFERENCES building (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id),
    CONSTRAINT membership_one_place EXCLUDE USING gist
        (building_id WITH =, valid WITH &&, recorded WITH &&, county_code WITH =)
);
CREATE INDEX membership_place ON membership (county_code, place_id);

CREATE TABLE construction_plan (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    plan_no text NOT NULL CHECK (plan_no <> ''),
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('area', 'segment')),
    place_id uuid NOT NULL,
    side text CHECK (side IN ('left', 'right')), -- of the drawn line as digitised; null is both
    planned_doors integer NOT NULL CHECK (planned_doors BETWEEN 1 AND 9999),
    purpose text NOT NULL DEFAULT '',
    holder text NOT NULL,
    decree_no text NOT NULL,
    expires_on date NOT NULL,
    geom geometry(Geometry, 4490) NOT NULL,
    geom_3857 geometry(Geometry, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED,
    row_digest uuid NOT NULL,
    import_id uuid NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, plan_no),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, import_id) REFERENCES import_run (county_code, id)
);
CREATE INDEX construction_plan_place ON construction_plan (county_code, place_id);
CREATE INDEX construction_plan_geom_3857 ON construction_plan USING gist (geom_3857);

-- ---------------------------------------------------------------- addresses

CREATE TABLE address (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    code char(26) NOT NULL CHECK (code ~ '^[0-9]{26}$'),
    scheme text NOT NULL,
    parent_id uuid, -- the door of a room
    created_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, code),
    FOREIGN KEY (county_code, parent_id) REFERENCES address (county_code, id),
    CONSTRAINT address_room_has_door CHECK ((substr(code, 22, 4) <> '0000') = (parent_id IS NOT NULL)),
    CONSTRAINT address_code_in_county CHECK (left(code, 6) = county_code)
);
CREATE INDEX address_parent ON address (county_code, parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE address_version (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    address_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('draft', 'rejected', 'current', 'retired')),
    division_id uuid NOT NULL,
    place_id uuid NOT NULL,
    main integer NOT NULL CHECK (main BETWEEN 1 AND 99999),
    sub integer NOT NULL DEFAULT 0 CHECK (sub BETWEEN 0 AND 999),
    building_label text NOT NULL DEFAULT '', -- 楼栋, "2栋"
    unit_label text NOT NULL DEFAULT '',     -- 单元, "1单元"
    floor_label text NOT NULL DEFAULT '',    -- 楼层, "3层"
    room_label text NOT NULL DEFAULT '',     -- 户室, "302室"
    full_text text NOT NULL CHECK (full_text <> ''),
    position geometry(Point, 4490) NOT NULL, -- the main entrance (GB/T 35639)
    position_3857 geometry(Point, 3857) GENERATED ALWAYS AS (ST_Transform(position, 3857)) STORED,
    decree_no text,
    drafted_by uuid NOT NULL,
    approved_by uuid,
    event_id uuid NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, division_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, drafted_by) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, approved_by) REFERENCES account (county_code, id),
    FOREIGN KEY (county_code, event_id) REFERENCES event (county_code, id),
    CONSTRAINT address_version_approved CHECK (stage <> 'current' OR (approved_by IS NOT NULL AND decree_no <> '')),
    CONSTRAINT address_version_four_eyes CHECK (approved_by IS NULL OR approved_by <> drafted_by),
    CONSTRAINT address_version_once EXCLUDE USING gist
        (address_id WITH =, valid WITH &&, recorded WITH &&, county_code WITH =)
);
CREATE INDEX address_version_address ON address_version (county_code, address_id);
-- Whether an address is current, from the index alone: asked for every building of a map tile.
CREATE INDEX address_version_current ON address_version (county_code, address_id) INCLUDE (valid)
    WHERE upper_inf(recorded) AND stage = 'current';
CREATE INDEX address_version_place ON address_version (county_code, place_id, main, sub) WHERE upper_inf(recorded);
CREATE INDEX address_version_division ON address_version (county_code, division_id) WHERE upper_inf(recorded);
-- Two live addresses never read the same.
CREATE UNIQUE INDEX address_version_text_once ON address_version (county_code, full_text)
    WHERE upper_inf(recorded) AND upper_inf(valid) AND stage IN ('draft', 'current');
CREATE INDEX address_version_position_3857 ON address_version USING gist (position_3857)
    WHERE upper_inf(recorded) AND stage = 'current';

CREATE TABLE address_building (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    address_id uuid NOT NULL,
    building_id uuid NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, building_id) REFERENCES building (county_code, id)
);
CREATE INDEX address_building_address ON address_building (county_code, address_id);
-- One door address for a building at a time; rooms hang on the door.
CREATE UNIQUE INDEX address_building_once ON address_building (county_code, building_id)
    WHERE upper_inf(recorded) AND upper_inf(valid);

CREATE TABLE alias (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    address_id uuid NOT NULL,
    text text NOT NULL CHECK (text <> ''),
    kind text NOT NULL CHECK (kind IN ('former', 'colloquial', 'police', 'survey')),
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id)
);
CREATE INDEX alias_address ON alias (county_code, address_id);

CREATE TABLE address_search (
    county_code char(6) NOT NULL,
    address_id uuid NOT NULL,
    tail text NOT NULL,        -- full text and aliases without the common province-prefecture-county-town head
    bigrams text[] NOT NULL,
    PRIMARY KEY (county_code, address_id),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id)
);
CREATE INDEX address_search_bigrams ON address_search USING gin (bigrams);

CREATE TABLE overview_cell (
    county_code char(6) NOT NULL REFERENCES county,
    zoom integer NOT NULL,      -- of the tiles this grid serves
    cell_x integer NOT NULL,
    cell_y integer NOT NULL,
    address_count integer NOT NULL,
    center_3857 geometry(Point, 3857) NOT NULL,
    PRIMARY KEY (county_code, zoom, cell_x, cell_y)
);

CREATE TABLE existing_address (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    building_id uuid NOT NULL,
    place_id uuid NOT NULL,
    main integer NOT NULL CHECK (main BETWEEN 1 AND 99999),
    sub integer NOT NULL DEFAULT 0 CHECK (sub BETWEEN 0 AND 999),
    old_text text NOT NULL DEFAULT '',
    valid_from date,
    plate_state text NOT NULL CHECK (plate_state IN ('good', 'damaged', 'none', 'unreadable')),
    row_digest uuid NOT NULL,
    import_id uuid NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, building_id),
    -- Two houses may swap their numbers in one import, so this is checked when the statement is through.
    CONSTRAINT existing_address_number_once UNIQUE (county_code, place_id, main, sub) DEFERRABLE INITIALLY IMMEDIATE,
    FOREIGN KEY (county_code, building_id) REFERENCES building (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, import_id) REFERENCES import_run (county_code, id)
);

-- ---------------------------------------------------------------- numbering

CREATE TABLE numbering_policy (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    version integer NOT NULL CHECK (version >= 1),
    parameters jsonb NOT NULL,
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, name, version),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);

CREATE TABLE numbering_plan (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    place_id uuid NOT NULL,
    policy_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('draft', 'committed', 'dropped')),
    ledger_digest uuid NOT NULL, -- the ledger that the dry run saw; a commit on another one is refused
    summary jsonb NOT NULL,
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, policy_id) REFERENCES numbering_policy (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);
CREATE INDEX numbering_plan_place ON numbering_plan (county_code, place_id);

CREATE TABLE numbering_plan_item (
    county_code char(6) NOT NULL,
    plan_id uuid NOT NULL,
    position integer NOT NULL,         -- walking order
    kind text NOT NULL CHECK (kind IN ('door', 'reserved')),
    building_ids uuid[] NOT NULL,
    construction_plan_id uuid,
    main integer NOT NULL,
    sub integer NOT NULL DEFAULT 0,
    kept boolean NOT NULL DEFAULT false,
    side text CHECK (side IN ('left', 'right')),
    offset_m real,
    gate geometry(Point, 4490),
    reasons jsonb NOT NULL,
    PRIMARY KEY (county_code, plan_id, position),
    FOREIGN KEY (county_code, plan_id) REFERENCES numbering_plan (county_code, id)
);

CREATE TABLE reservation (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    place_id uuid NOT NULL,
    construction_plan_id uuid,
    purpose text NOT NULL,
    holder text NOT NULL DEFAULT '',
    decree_no text NOT NULL DEFAULT '',
    expires_on date,
    stage text NOT NULL CHECK (stage IN ('active', 'released')),
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, construction_plan_id) REFERENCES construction_plan (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);
CREATE INDEX reservation_place ON reservation (county_code, place_id);

CREATE TABLE door_number (
    county_code char(6) NOT NULL,
    place_id uuid NOT NULL,
    main integer NOT NULL CHECK (main BETWEEN 1 AND 99999),
    sub integer NOT NULL DEFAULT 0 CHECK (sub BETWEEN 0 AND 999),
    state text NOT NULL CHECK (state IN ('reserved', 'issued', 'retired', 'vacant')), -- vacant: given back by a rejected draft
    reservation_id uuid,
    holder_id uuid,       -- the address that holds an issued number
    last_holder_id uuid,  -- the address that a retired number was last held by
    side text CHECK (side IN ('left', 'right')),
    offset_m real,
    policy_id uuid,
    reasons jsonb NOT NULL DEFAULT '[]',
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, place_id, main, sub),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, reservation_id) REFERENCES reservation (county_code, id),
    FOREIGN KEY (county_code, holder_id) REFERENCES address (county_code, id) DEFERRABLE,
    FOREIGN KEY (county_code, policy_id) REFERENCES numbering_policy (county_code, id),
    -- Swaps change holders inside one transaction, so this is checked when they say so.
    CONSTRAINT door_number_holder_once UNIQUE (county_code, holder_id) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT door_number_state CHECK (CASE state
        WHEN 'reserved' THEN reservation_id IS NOT NULL AND holder_id IS NULL
        WHEN 'issued' THEN holder_id IS NOT NULL
        WHEN 'retired' THEN holder_id IS NULL AND last_holder_id IS NOT NULL
        ELSE holder_id IS NULL END)
);
CREATE INDEX door_number_reservation ON door_number (county_code, reservation_id) WHERE state = 'reserved';

-- ---------------------------------------------------------------- plates

CREATE TABLE plate_batch (
    county_code char(6) NOT NULL REFERENCES county,
    id uuid NOT NULL,
    batch_no text NOT NULL,
    division_id uuid,
    place_id uuid,
    profile text NOT NULL,
    stage text NOT NULL CHECK (stage IN ('ordered', 'printed', 'failed', 'made')),
    plate_count integer NOT NULL DEFAULT 0,
    preflight jsonb NOT NULL DEFAULT '[]',
    files jsonb NOT NULL DEFAULT '{}',
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, batch_no),
    FOREIGN KEY (county_code, division_id) REFERENCES division (county_code, id),
    FOREIGN KEY (county_code, place_id) REFERENCES place (county_code, id),
    FOREIGN KEY (county_code, actor_id) REFERENCES account (county_code, id)
);

CREATE TABLE plate (
    county_code char(6) NOT NULL,
    id uuid NOT NULL,
    address_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    profile text NOT NULL,
    token text NOT NULL CHECK (token ~ '^[0-9a-z]{16}$'),
    position integer NOT NULL, -- walking order within the batch, from 1; the page in the 1:1 PDF
    stage text NOT NULL CHECK (stage IN ('ordered', 'made', 'delivered', 'received', 'installed', 'skipped', 'replaced')),
    name_text text NOT NULL,
    number_text text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (county_code, id),
    UNIQUE (county_code, token),
    UNIQUE (county_code, batch_id, position),
    FOREIGN KEY (county_code, address_id) REFERENCES address (county_code, id),
    FOREIGN KEY (county_code, batch_id) REFERENCES plate_batch (county_code, id)
);
CREATE UNIQUE INDEX plate_once ON plate (county_code, address_id, profile) WHERE stage NOT IN ('skipped', 'replaced');

-- ---------------------------------------------------------------- privileges
-- The application owns nothing and deletes nothing of the record. What may be updated is named column by column.

REVOKE ALL ON SCHEMA registry FROM PUBLIC;
GRANT USAGE ON SCHEMA registry TO address_app, address_read;

GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA registry TO address_app;
GRANT UPDATE (name, prefecture_name, province_name, postcode, measure_srid, extent, is_synthetic) ON county TO address_app;
GRANT UPDATE (role, division_code, disabled_at) ON account TO address_app;
GRANT UPDATE (revoked_at) ON api_key, session TO address_app;
GRANT UPDATE (status, response), DELETE ON idempotency TO address_app;
GRANT UPDATE (stage, phase, read_count, accepted, unchanged, rejected, report, finished_at) ON import_run TO address_app;
GRANT UPDATE (recorded) ON division_version, place_version, membership, address_version, address_building, alias
    TO address_app;
GRANT UPDATE (last_serial) ON code_counter TO address_app;
GRANT UPDATE (name, division_id, import_id) ON lane TO address_app;
GRANT UPDATE (real_estate_unit_code, use, location_text, division_id, geom, row_digest, import_id) ON parcel TO address_app;
GRANT UPDATE (real_estate_unit_code, parcel_id, division_id, use, floors, units, rooms_per_floor, name, gate, geom,
    row_digest, import_id) ON building TO address_app;
GRANT UPDATE (name, kind, place_id, side, planned_doors, purpose, holder, decree_no, expires_on, geom, row_digest, import_id)
    ON construction_plan TO address_app;
GRANT UPDATE (place_id, main, sub, old_text, valid_from, plate_state, row_digest, import_id) ON existing_address
    TO address_app;
GRANT UPDATE (stage, decided_at) ON numbering_plan TO address_app;
GRANT UPDATE (holder, expires_on, stage) ON reservation TO address_app;
GRANT UPDATE (state, reservation_id, holder_id, last_holder_id, side, offset_m, policy_id, reasons, changed_at)
    ON door_number TO address_app;
GRANT UPDATE (stage, plate_count, preflight, files) ON plate_batch TO address_app;
GRANT UPDATE (stage, changed_at) ON plate TO address_app;
GRANT UPDATE (tail, bigrams) ON address_search TO address_app;
GRANT UPDATE, DELETE ON overview_cell TO address_app; -- derived, rebuilt by a job

-- The read lane: what the map, the search box and the public plate page show, nothing about people or accounts.
GRANT SELECT ON county, division, division_version, place, place_version, lane, parcel, building, membership,
    construction_plan, address, address_version, address_building, alias, address_search, overview_cell,
    door_number, reservation, plate, plate_batch, existing_address, succession TO address_read;
