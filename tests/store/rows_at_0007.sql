-- A few invented rows of every table as schema 0007 had them; `pg_temp.k` makes keys that can be read.
SET search_path = registry, public;
CREATE FUNCTION pg_temp.k(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN lpad(n::text, 32, '0')::uuid;
CREATE FUNCTION pg_temp.at(lon float8, lat float8) RETURNS geometry LANGUAGE sql IMMUTABLE
    RETURN public.ST_SetSRID(public.ST_MakePoint(lon, lat), 4490);
CREATE FUNCTION pg_temp.square(lon float8, lat float8, size float8) RETURNS geometry LANGUAGE sql IMMUTABLE
    RETURN public.ST_Multi(public.ST_MakeEnvelope(lon, lat, lon + size, lat + size, 4490));

INSERT INTO county VALUES ('430626', '平江县', '岳阳市', '湖南省', '414500', 4547,
    ST_MakeEnvelope(113.1, 28.4, 114.2, 29.2, 4490), true);
INSERT INTO account (county_code, id, name, role, division_code) VALUES
    ('430626', pg_temp.k(1), '示例管理员', 'admin', '430626'), ('430626', pg_temp.k(2), '示例县民政局', 'county', '430626');
INSERT INTO api_key (county_code, id, account_id, digest, label, expires_at) VALUES
    ('430626', pg_temp.k(3), pg_temp.k(1), decode(repeat('ab', 32), 'hex'), '示例', '2030-01-01');
INSERT INTO session (county_code, id, account_id, key_id, digest, csrf_token, expires_at) VALUES
    ('430626', pg_temp.k(4), pg_temp.k(1), pg_temp.k(3), decode(repeat('cd', 32), 'hex'), 'token', '2030-01-01');
INSERT INTO idempotency (county_code, account_id, key, request_digest, status, response) VALUES
    ('430626', pg_temp.k(1), pg_temp.k(5), '\x00', 201, '{"id": 1}');
INSERT INTO event (county_code, id, subject, kind, decree_no, effective_on, note, actor_id, recorded_at) VALUES
    ('430626', pg_temp.k(10), 'division', 'create', NULL, '2009-01-01', '导入 示例', pg_temp.k(1), '2026-01-01'),
    ('430626', pg_temp.k(11), 'division', 'merge', '示例〔2016〕1号', '2016-06-01', '示例', pg_temp.k(1), '2026-01-01'),
    ('430626', pg_temp.k(12), 'address', 'renumber', '示例〔2026〕9号', '2026-02-01', '', pg_temp.k(2), '2026-02-01');
INSERT INTO import_run (county_code, id, layer, filename, file_digest, dry_run, stage, report, actor_id) VALUES
    ('430626', pg_temp.k(20), 'buildings', '房屋.gpkg', '\x01', false, 'done', '{"notes": ["示例"]}', pg_temp.k(1));
INSERT INTO import_reject VALUES ('430626', pg_temp.k(20), 1, 7, 'use', 'value-unknown', '无此用途', '亭子');
INSERT INTO layer_history (county_code, layer, feature_id, row, replaced_at, import_id) VALUES
    ('430626', 'buildings', pg_temp.k(60), '{"floors": 1}', '2026-01-02', pg_temp.k(20));

INSERT INTO division (county_code, id) SELECT '430626', pg_temp.k(n) FROM generate_series(30, 33) n;
INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, code_mca, parent_id,
    urban_rural_class, name_state, boundary, valid, recorded, event_id) VALUES
    ('430626', pg_temp.k(130), pg_temp.k(30), 'county', 'county', '平江县', '430626', NULL, NULL, NULL, 'approved', NULL,
     '[2009-01-01,)', '[2026-01-01,)', pg_temp.k(10)),
    ('430626', pg_temp.k(131), pg_temp.k(31), 'township', 'town', '童市镇', '430626113', '430626113', pg_temp.k(30), NULL,
     'approved', NULL, '[2009-01-01,)', '[2026-01-01,)', pg_temp.k(10)),
    ('430626', pg_temp.k(132), pg_temp.k(32), 'village', 'administrative_village', '烟舟村', '430626113208', NULL,
     pg_temp.k(31), '220', 'approved', pg_temp.square(113.5, 28.7, 0.02), '[2009-01-01,)', '[2026-01-01,)', pg_temp.k(10)),
    ('430626', pg_temp.k(133), pg_temp.k(33), 'village', 'administrative_village', '沙坪村', '430626113209', NULL,
     pg_temp.k(31), '220', 'approved', NULL, '[2009-01-01,)', '[2026-01-01,2026-01-02)', pg_temp.k(10)),
    ('430626', pg_temp.k(134), pg_temp.k(33), 'village', 'administrative_village', '沙坪村', '430626113209', NULL,
     pg_temp.k(31), '220', 'approved', NULL, '[2009-01-01,2016-06-01)', '[2026-01-02,)', pg_temp.k(11));
INSERT INTO succession VALUES
    ('430626', pg_temp.k(40), pg_temp.k(11), 'division', pg_temp.k(33), pg_temp.k(32), 'whole', '示例');

INSERT INTO code_counter VALUES ('430626', 4306261132085, 12), ('430626', 4306261132085012, 3);
INSERT INTO place (county_code, id, kind, serial, code_prefix) VALUES
    ('430626', pg_temp.k(50), 'group', 12, '4306261132085012');
INSERT INTO place_version (county_code, id, place_id, division_id, name, name_state, decree_no, valid, recorded, event_id)
VALUES ('430626', pg_temp.k(150), pg_temp.k(50), pg_temp.k(32), '12组', 'filed', '示例〔2020〕1号', '[2009-01-01,)',
    '[2026-01-01,)', pg_temp.k(10));
INSERT INTO lane (county_code, id, name, division_id, geom, feature_key, import_id) VALUES
    ('430626', pg_temp.k(51), '示例巷', pg_temp.k(32), ST_MakeLine(pg_temp.at(113.5, 28.7), pg_temp.at(113.51, 28.7)),
     pg_temp.k(52), pg_temp.k(20));
INSERT INTO parcel (county_code, id, parcel_code, use, division_id, geom, row_digest, import_id) VALUES
    ('430626', pg_temp.k(55), '430626113208JC00001', '宅基地', pg_temp.k(32), pg_temp.square(113.501, 28.701, 0.0003),
     pg_temp.k(56), pg_temp.k(20));
INSERT INTO building (county_code, id, building_code, parcel_id, division_id, use, floors, gate, geom, row_digest, import_id)
SELECT '430626', pg_temp.k(60 + n), 'F' || n, pg_temp.k(55), pg_temp.k(32), 'dwelling', 2, pg_temp.at(113.501 + n * 0.0001, 28.701),
    pg_temp.square(113.501 + n * 0.0001, 28.701, 0.00005), pg_temp.k(160 + n), pg_temp.k(20) FROM generate_series(0, 2) n;
INSERT INTO membership VALUES
    ('430626', pg_temp.k(65), pg_temp.k(60), pg_temp.k(50), 'person', pg_temp.k(1), '[2026-01-01,)', '[2026-01-01,)');
INSERT INTO construction_plan (county_code, id, plan_no, name, kind, place_id, planned_doors, holder, decree_no, expires_on,
    geom, row_digest, import_id) VALUES
    ('430626', pg_temp.k(66), 'GH-1', '示例规划', 'area', pg_temp.k(50), 2, '示例单位', '示例〔2026〕3号', '2030-01-01',
     ST_GeometryN(pg_temp.square(113.505, 28.705, 0.001), 1), pg_temp.k(67), pg_temp.k(20));

INSERT INTO address (county_code, id, code, scheme, parent_id, created_at) VALUES
    ('430626', pg_temp.k(70), '43062611320850120000100008', '示例', NULL, '2026-01-05'),
    ('430626', pg_temp.k(71), '43062611320850120000200009', '示例', NULL, '2026-01-05'),
    ('430626', pg_temp.k(72), '43062611320850120000101010', '示例', pg_temp.k(70), '2026-01-05');
INSERT INTO address_version (county_code, id, address_id, stage, division_id, place_id, main, room_label, full_text,
    position, decree_no, drafted_by, approved_by, event_id, valid, recorded)
SELECT '430626', pg_temp.k(v.id), pg_temp.k(v.address), v.stage, pg_temp.k(32), pg_temp.k(50), v.main, v.room,
    '湖南省岳阳市平江县童市镇烟舟村12组' || v.words, pg_temp.at(113.501, 28.701), v.decree, pg_temp.k(1),
    CASE v.stage WHEN 'current' THEN pg_temp.k(2) END, pg_temp.k(12), v.valid::daterange, v.recorded::tstzrange
FROM (VALUES
    (170, 70, 'current', 1, '', '1号', '示例〔2026〕5号', '[2026-01-05,)', '[2026-01-05,2026-02-01)'),
    (171, 70, 'current', 1, '', '1号', '示例〔2026〕5号', '[2026-01-05,2026-02-01)', '[2026-02-01,)'),
    (172, 70, 'current', 3, '', '3号', '示例〔2026〕9号', '[2026-02-01,)', '[2026-02-01,)'),
    (173, 71, 'draft', 2, '', '2号', NULL, '[2026-01-05,)', '[2026-01-05,)'),
    (174, 72, 'current', 3, '101室', '3号101室', '示例〔2026〕9号', '[2026-02-01,)', '[2026-02-01,)')
) v (id, address, stage, main, room, words, decree, valid, recorded);
INSERT INTO address_building VALUES
    ('430626', pg_temp.k(75), pg_temp.k(70), pg_temp.k(60), '[2026-01-05,)', '[2026-01-05,)');
INSERT INTO alias VALUES
    ('430626', pg_temp.k(76), pg_temp.k(70), '湖南省岳阳市平江县童市镇烟舟村12组1号', 'former', '[2026-01-05,2026-02-01)', '[2026-02-01,)'),
    ('430626', pg_temp.k(77), pg_temp.k(70), '老屋场8号', 'survey', '[1990-01-01,2026-01-05)', '[2026-01-05,)');
INSERT INTO address_search VALUES ('430626', pg_temp.k(70), '烟舟村12组3号', '{烟舟,舟村}');
INSERT INTO overview_cell VALUES ('430626', 10, 1, 1, 1, ST_Transform(pg_temp.at(113.501, 28.701), 3857));
INSERT INTO existing_address (county_code, id, building_id, place_id, main, old_text, plate_state, row_digest, import_id, kept)
VALUES ('430626', pg_temp.k(80), pg_temp.k(61), pg_temp.k(50), 8, '老屋场8号', 'good', pg_temp.k(81), pg_temp.k(20), true),
       ('430626', pg_temp.k(82), pg_temp.k(62), pg_temp.k(50), 9, '', 'none', pg_temp.k(83), pg_temp.k(20), false);
INSERT INTO survey_decision VALUES ('430626', pg_temp.k(84), pg_temp.k(82), pg_temp.k(62), pg_temp.k(50), 9, 0, false,
    '与邻户重号', pg_temp.k(1), '2026-01-06');

INSERT INTO numbering_policy VALUES ('430626', pg_temp.k(90), '示例', 1, '{"style": "sequential"}', pg_temp.k(1), '2026-01-03');
INSERT INTO numbering_plan VALUES ('430626', pg_temp.k(91), pg_temp.k(50), pg_temp.k(90), 'committed', pg_temp.k(92),
    '{"doors": 2}', pg_temp.k(1), '2026-01-04', '2026-01-05');
INSERT INTO numbering_plan_item (county_code, plan_id, position, kind, building_ids, main, gate, reasons) VALUES
    ('430626', pg_temp.k(91), 1, 'door', ARRAY[pg_temp.k(60)], 1, pg_temp.at(113.501, 28.701), '[{"code": "order"}]');
INSERT INTO reservation VALUES ('430626', pg_temp.k(93), pg_temp.k(50), pg_temp.k(66), '规划预留', '示例单位', '示例〔2026〕3号',
    '2030-01-01', 'active', pg_temp.k(1), '2026-01-05');
INSERT INTO reservation_decision (county_code, id, reservation_id, kind, decree_no, reason, expires_before, expires_on, freed,
    actor_id, recorded_at, added, numbers) VALUES
    ('430626', pg_temp.k(94), pg_temp.k(93), 'extend', '示例〔2026〕4号', '延期', '2029-01-01', '2030-01-01', 0, pg_temp.k(2),
     '2026-01-06', 0, '{}'),
    ('430626', pg_temp.k(95), pg_temp.k(93), 'add', '示例〔2026〕6号', '增号', NULL, NULL, 0, pg_temp.k(2), '2026-01-07', 1, '{11}');
INSERT INTO door_number (county_code, place_id, main, state, reservation_id, holder_id, last_holder_id, policy_id, changed_at)
VALUES ('430626', pg_temp.k(50), 1, 'retired', NULL, NULL, pg_temp.k(70), NULL, '2026-02-01'),
       ('430626', pg_temp.k(50), 2, 'issued', NULL, pg_temp.k(71), NULL, pg_temp.k(90), '2026-01-05'),
       ('430626', pg_temp.k(50), 3, 'issued', NULL, pg_temp.k(70), NULL, pg_temp.k(90), '2026-02-01'),
       ('430626', pg_temp.k(50), 11, 'reserved', pg_temp.k(93), NULL, NULL, NULL, '2026-01-07');
INSERT INTO renumbering_plan (county_code, id, place_id, stage, title, ledger_digest, summary, actor_id, created_at, decree_no,
    effective_on, event_id, decided_by, decided_at) VALUES
    ('430626', pg_temp.k(96), pg_temp.k(50), 'committed', '示例改号', pg_temp.k(97), '{"doors": 1}', pg_temp.k(1), '2026-01-20',
     '示例〔2026〕9号', '2026-02-01', pg_temp.k(12), pg_temp.k(2), '2026-02-01');
INSERT INTO renumbering_change (county_code, plan_id, position, address_id, before_main, before_sub, after_main, after_sub,
    old_text, new_text, rooms, reclaims, before_line, gate, reasons) VALUES
    ('430626', pg_temp.k(96), 1, pg_temp.k(70), 1, 0, 3, 0, '烟舟村12组1号', '烟舟村12组3号', '[]', false, '{}',
     pg_temp.at(113.501, 28.701), '[]');
INSERT INTO plate_batch (county_code, id, batch_no, division_id, profile, stage, plate_count, actor_id, created_at) VALUES
    ('430626', pg_temp.k(98), 'P-1', pg_temp.k(32), 'small', 'printed', 1, pg_temp.k(1), '2026-01-10');
INSERT INTO plate VALUES ('430626', pg_temp.k(99), pg_temp.k(70), pg_temp.k(98), 'small', '0123456789abcdef', 1, 'replaced',
    '12组', '1', '2026-02-01');
INSERT INTO application (county_code, id, application_no, kind, stage, division_id, building_id, place_id, subject_id, request,
    received_on, due_on, actor_id, created_at) VALUES
    ('430626', pg_temp.k(100), '2026022000001', 'lost_plate', 'received', pg_temp.k(32), pg_temp.k(60), pg_temp.k(50),
     pg_temp.k(70), '门牌遗失', '2026-02-20', '2026-03-06', pg_temp.k(1), '2026-02-20');
INSERT INTO application_evidence VALUES ('430626', pg_temp.k(100), 1, 'photo', '', '', NULL, '示例');
INSERT INTO application_step VALUES ('430626', pg_temp.k(100), 1, 'received', '', NULL, pg_temp.k(1), '2026-02-20');
