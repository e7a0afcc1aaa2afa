"""Lists of invented residents as offices send them, and the register of doors that they are registered at."""

import csv
import io
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import md5
from typing import LiteralString
from uuid import UUID

import psycopg
from stdnum.iso7064 import mod_11_2

from address_service.bench.numbered_county import CLERK, COUNTY
from address_service.coding.address_code import make_code
from address_service.model.residents import Sex
from address_service.residents.person import PersonFacts
from address_service.store.resident_entries import (
    BOOK_NO,
    ID_NO,
    NAME,
    PHONE,
)
from address_service.store.seal import Seal

VILLAGES = 20
HOUSEHOLD = 4
"""Persons of a household; each household is registered at a door of its own."""

_RELATIONS = ("户主", "配偶", "子", "女")
_FIRST_BIRTH, _BIRTHS = date(1930, 1, 1), 34_000
_STEP = 7_919
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
_BUILT = datetime(2016, 1, 1, tzinfo=UTC)
_HEADER = ("户号", "与户主关系", "姓名", "公民身份号码", "联系电话", "户籍地址", "何时来本址")


def village_code(household: int) -> str:
    """The village of a household, twelve digits."""
    return f"{COUNTY}113{200 + household % VILLAGES}"


def door_code(household: int) -> str:
    """The address code of a household's door."""
    return make_code(village_code(household), 5, 1, household // VILLAGES + 1).text


def citizen_id(n: int) -> str:
    """The number of the n-th person: no two are equal, and they come in no order."""
    born = _FIRST_BIRTH + timedelta(n * _STEP % _BIRTHS)
    body = f"{COUNTY}{born:%Y%m%d}{n // _BIRTHS + 1:03}"
    return body + str(mod_11_2.calc_check_digit(body))


def write_list(first: int, count: int) -> bytes:
    """A CSV file in UTF-8 of the persons from ``first`` on, whole households."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(_HEADER)
    writer.writerows(_row(n) for n in range(first, first + count))
    return target.getvalue().encode()


def _row(n: int) -> Iterator[str]:
    household, within = divmod(n, HOUSEHOLD)
    yield f"H{household:08}"
    yield _RELATIONS[within]
    yield f"示例{chr(0x4E00 + n % 997)}{chr(0x5E00 + n // 997 % 1009)}"
    yield citizen_id(n)
    yield f"139{n:08}"
    yield door_code(household)
    yield "2009-05-01"


def load_doors(url: str, persons: int) -> UUID:
    """Fill an empty migrated database with a door for every household; gives the run that imports name."""
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as conn:
        args = {
            "county": COUNTY, "clerk": CLERK.account_id, "villages": VILLAGES, "doors": -(-persons // HOUSEHOLD),
        }  # fmt: skip
        for statement in _TOWN:
            conn.execute(statement, args)
        with conn.cursor().copy(_DOORS) as copy:
            for n in range(-(-persons // HOUSEHOLD)):
                copy.write_row((COUNTY, _door_id(n), door_code(n), "TS-2026", _BUILT))
        conn.execute(_TEXTS, args)
    return UUID(int=1)


def load_residents(admin_url: str, seal: Seal, persons: int) -> None:
    """The residents of the lists up to ``persons``, sealed as an import seals them, written bare and unchecked.

    ``admin_url`` is a superuser's, who may leave references unchecked, so that links are written beside the rows that
    they name; every index is kept while rows come.
    """
    args = {
        "county": COUNTY, "clerk": CLERK.account_id, "villages": VILLAGES, "persons": persons, "each": HOUSEHOLD,
    }  # fmt: skip
    with ThreadPoolExecutor() as beside:
        links = [beside.submit(_write_links, admin_url, some, args) for some in (_RESIDENCIES, _MEMBERSHIPS)]
        with _unchecked(admin_url) as conn:
            with conn.cursor().copy(_HOUSEHOLDS) as copy:
                for n in range(persons // HOUSEHOLD):
                    copy.write_row(_sealed_household(seal, n))
            with conn.cursor().copy(_PERSONS) as copy:
                for n in range(persons):
                    copy.write_row(_sealed_person(seal, n))
        for written in links:
            written.result()


def _write_links(admin_url: str, statements: Iterable[LiteralString], args: dict[str, object]) -> None:
    with _unchecked(admin_url) as conn, psycopg.ClientCursor(conn) as cursor:
        for statement in statements:
            cursor.execute(statement, args)


@contextmanager
def _unchecked(admin_url: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with psycopg.connect(admin_url) as conn:
        conn.execute("SET session_replication_role = replica")
        yield conn


def _sealed_household(seal: Seal, n: int) -> tuple[object, ...]:
    row_id, book_no = UUID(int=n + 1), f"H{n:08}"
    key, payload = seal.seal_new("household", row_id, {"book_no": book_no})
    return (
        COUNTY, row_id, _village_id(n), "family", "active", 1, key.key_id, key.wrapped, payload,
        seal.index(BOOK_NO, book_no), seal.current_ids()[1], CLERK.account_id, _SINCE,
    )  # fmt: skip


def _sealed_person(seal: Seal, n: int) -> tuple[object, ...]:
    row_id = UUID(int=n + 1)
    _, _, name, number, phone, *_ = _row(n)
    born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    facts = PersonFacts(name, number, born_on, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE, phone)
    key, payload = seal.seal_new("person", row_id, facts.to_payload())
    return (
        COUNTY, row_id, _village_id(n // HOUSEHOLD), "active", 1, key.key_id, key.wrapped, payload,
        seal.index(ID_NO, number), seal.index(NAME, name), seal.index(PHONE, phone), seal.current_ids()[1],
        CLERK.account_id, _SINCE,
    )  # fmt: skip


@lru_cache(maxsize=VILLAGES)
def _division_id(village: int) -> UUID:
    return UUID(md5(f"division{village}".encode(), usedforsecurity=False).hexdigest())


def _door_id(household: int) -> UUID:
    return UUID(md5(f"address{household}".encode(), usedforsecurity=False).hexdigest())


def _village_id(household: int) -> UUID:
    return _division_id(household % VILLAGES)


_HOUSEHOLDS: LiteralString = """
COPY household (county_code, id, village_id, kind, stage, revision, key_id, row_key, payload, book_no_index,
    index_key_id, actor_id, created_at) FROM STDIN
"""
_PERSONS: LiteralString = """
COPY person (county_code, id, village_id, stage, revision, key_id, row_key, payload, id_no_index, name_index,
    phone_index, index_key_id, actor_id, created_at) FROM STDIN
"""
# Ids count from one, and whose the n-th is follows from n: nothing is read back.
_MEMBERSHIPS: tuple[LiteralString, ...] = (
    """
    INSERT INTO household_address (county_code, id, village_id, household_id, address_id, actor_id, valid, recorded)
        SELECT %(county)s, lpad(to_hex(n + 1), 32, '0')::uuid, md5('division' || n %% %(villages)s)::uuid,
            lpad(to_hex(n + 1), 32, '0')::uuid, md5('address' || n)::uuid, %(clerk)s, '[2026-01-01,)', '[2026-01-01,)'
        FROM generate_series(0, %(persons)s / %(each)s - 1) n
    """,
    """
    INSERT INTO household_member (county_code, id, village_id, household_id, household_kind, person_id, relation,
            actor_id, valid, recorded)
        SELECT %(county)s, lpad(to_hex(n + 1), 32, '0')::uuid, md5('division' || n / %(each)s %% %(villages)s)::uuid,
            lpad(to_hex(n / %(each)s + 1), 32, '0')::uuid, 'family', lpad(to_hex(n + 1), 32, '0')::uuid,
            CASE n %% %(each)s WHEN 0 THEN '02' WHEN 1 THEN '10' ELSE '20' END, %(clerk)s, '[2026-01-01,)',
            '[2026-01-01,)'
        FROM generate_series(0, %(persons)s - 1) n
    """,
)
_RESIDENCIES: tuple[LiteralString, ...] = (
    """
    INSERT INTO residency (county_code, id, village_id, person_id, address_id, kind, actor_id, valid, recorded)
        SELECT %(county)s, lpad(to_hex(2 * n + k), 32, '0')::uuid,
            md5('division' || n / %(each)s %% %(villages)s)::uuid,
            lpad(to_hex(n + 1), 32, '0')::uuid, md5('address' || n / %(each)s)::uuid,
            (ARRAY['registered', 'actual'])[k], %(clerk)s, '[2026-01-01,)', '[2026-01-01,)'
        FROM generate_series(0, %(persons)s - 1) n, generate_series(1, 2) k
    """,
)

_TOWN: tuple[LiteralString, ...] = (
    """
    INSERT INTO county (county_code, name, prefecture_name, province_name, postcode, is_synthetic)
        VALUES (%(county)s, '平江县', '岳阳市', '湖南省', '414500', true);
    INSERT INTO account (county_code, id, name, role, division_code)
        VALUES (%(county)s, %(clerk)s, '起草人', 'civil_affairs', %(county)s),
               (%(county)s, md5('county')::uuid, '批准人', 'county', %(county)s);
    INSERT INTO account (county_code, id, name, role, division_code)
        SELECT %(county)s, md5('village' || v)::uuid, '村' || v, 'village', %(county)s || '113' || 200 + v
        FROM generate_series(0, %(villages)s - 1) v;
    INSERT INTO event (county_code, id, subject, kind, effective_on, actor_id, recorded_at)
        VALUES (%(county)s, md5('begin')::uuid, 'division', 'create', '2009-01-01', %(clerk)s, '2016-01-01');
    INSERT INTO import_run (county_code, id, layer, filename, file_digest, dry_run, stage, actor_id)
        VALUES (%(county)s, '00000000-0000-0000-0000-000000000001', 'residents', 'bench', '', false, 'done',
            %(clerk)s);
    """,
    """
    INSERT INTO division (county_code, id) SELECT %(county)s, md5('division' || v)::uuid
        FROM generate_series(-1, %(villages)s - 1) v;
    INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, parent_id, name_state,
            valid, recorded, event_id)
        SELECT %(county)s, md5('dv' || v)::uuid, md5('division' || v)::uuid,
            CASE WHEN v < 0 THEN 'township' ELSE 'village' END,
            CASE WHEN v < 0 THEN 'town' ELSE 'administrative_village' END,
            CASE WHEN v < 0 THEN '童市镇' ELSE '第' || v || '村' END,
            CASE WHEN v < 0 THEN %(county)s || '113' ELSE %(county)s || '113' || 200 + v END,
            CASE WHEN v >= 0 THEN md5('division-1')::uuid END, 'approved', '[2009-01-01,)', '[2016-01-01,)',
            md5('begin')::uuid
        FROM generate_series(-1, %(villages)s - 1) v;
    INSERT INTO place (county_code, id, kind, serial, code_prefix)
        SELECT %(county)s, md5('place' || v)::uuid, 'group', 1, %(county)s || '113' || 200 + v || '5001'
        FROM generate_series(0, %(villages)s - 1) v;
    """,
)
_DOORS: LiteralString = "COPY address (county_code, id, code, scheme, created_at) FROM STDIN"
_TEXTS: LiteralString = """
    INSERT INTO address_version (county_code, id, address_id, stage, division_id, place_id, main, full_text, position,
            decree_no, drafted_by, approved_by, event_id, valid, recorded)
        SELECT %(county)s, md5('version' || n)::uuid, md5('address' || n)::uuid, 'current',
            md5('division' || n %% %(villages)s)::uuid, md5('place' || n %% %(villages)s)::uuid,
            n / %(villages)s + 1,
            '湖南省岳阳市平江县童市镇第' || n %% %(villages)s || '村1组' || n / %(villages)s + 1 || '号',
            ST_SetSRID(ST_MakePoint(113.5 + n %% 500 * 0.0005, 28.5 + n / 500 * 0.0005), 4490), '示例', %(clerk)s,
            md5('county')::uuid, md5('begin')::uuid, '[2016-01-01,)', '[2016-01-01,)'
        FROM generate_series(0, %(doors)s - 1) n
"""
