-- Search: counted words and pinyin initials beside the bigrams, the village of an address, and its text in order.

SET LOCAL search_path = registry, public;

ALTER TABLE address_search
    ADD COLUMN division_id uuid,                 -- the village where the address stands; none is seen by the county alone
    ADD COLUMN initials text NOT NULL DEFAULT '', -- of the first lines of tail, one spelling in a line
    ADD COLUMN words text[] NOT NULL DEFAULT '{}'; -- counted words (12组, 18号, 12组18号) and grams of initials

GRANT UPDATE (division_id, initials, words) ON address_search TO address_app;

UPDATE address_search s SET division_id = v.division_id
FROM (SELECT DISTINCT ON (county_code, address_id) county_code, address_id, division_id FROM address_version
      WHERE upper_inf(recorded)
      ORDER BY county_code, address_id, stage = 'current' DESC, lower(valid) DESC NULLS LAST) v
WHERE v.county_code = s.county_code AND v.address_id = s.address_id;

DROP INDEX address_search_bigrams;
