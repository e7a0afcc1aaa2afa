"""A sealed value opens for its own row under its own key alone, in both suites, and is found by a keyed digest."""

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from address_service.errors import NotReady
from address_service.settings import CryptoSuite
from address_service.store.ids import new_id
from address_service.store.keys import KeyRing, KeySource, Purpose, keep_key, make_key
from address_service.store.seal import RowKey, Seal

PERSON = {"name": "示例人甲", "id_no": "11010519491231002X"}
ROW = new_id()


def ring(folder: Path, suite: CryptoSuite = CryptoSuite.SM) -> KeyRing:
    for purpose in Purpose:
        keep_key(folder, make_key(purpose, suite))
    return KeyRing(KeySource(folder))


@pytest.mark.parametrize("suite", CryptoSuite)
def test_what_was_sealed_opens_and_shows_nothing(tmp_path: Path, suite: CryptoSuite) -> None:
    seal = Seal(ring(tmp_path, suite), "430626")

    key, sealed = seal.seal_new("person", ROW, PERSON)

    assert seal.open("person", ROW, key, sealed) == PERSON
    assert b"11010519491231002X" not in sealed
    assert seal.seal_new("person", ROW, PERSON)[1] != sealed


@pytest.mark.parametrize("suite", CryptoSuite)
def test_a_value_does_not_open_in_another_row_table_or_county(tmp_path: Path, suite: CryptoSuite) -> None:
    keys = ring(tmp_path, suite)
    seal = Seal(keys, "430626")
    key, sealed = seal.seal_new("person", ROW, PERSON)

    for county, table, row in (
        ("430626", "person", new_id()),
        ("430626", "household", ROW),
        ("430624", "person", ROW),
    ):
        with pytest.raises(NotReady) as refused:
            Seal(keys, county).open(table, row, key, sealed)
        assert refused.value.code == "seal-broken"


def test_every_altered_byte_is_found(tmp_path: Path) -> None:
    seal = Seal(ring(tmp_path), "430626")
    key, sealed = seal.seal_new("person", ROW, PERSON)

    for place in range(len(sealed)):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(NotReady):
            seal.open("person", ROW, key, altered)


@given(broken=st.binary(max_size=80))
def test_rubbish_is_refused_and_breaks_nothing(
    tmp_path_factory: pytest.TempPathFactory, broken: bytes
) -> None:
    seal = Seal(ring(tmp_path_factory.mktemp("keys")), "430626")
    key, sealed = seal.seal_new("person", ROW, PERSON)

    with pytest.raises(NotReady):
        seal.open("person", ROW, key, broken)
    with pytest.raises(NotReady):
        seal.open("person", ROW, RowKey(key.key_id, broken), sealed)


def test_after_a_change_of_key_and_suite_old_and_new_rows_open(tmp_path: Path) -> None:
    seal = Seal(ring(tmp_path), "430626")
    old, sealed = seal.seal_new("person", ROW, PERSON)
    keep_key(tmp_path, make_key(Purpose.SEAL, CryptoSuite.INTERNATIONAL))

    new = seal.rewrap("person", ROW, old)

    assert new.key_id != old.key_id
    assert seal.open("person", ROW, old, sealed) == seal.open("person", ROW, new, sealed) == PERSON
    changed = seal.seal_again("person", ROW, new, {"name": "示例人乙"})
    assert seal.open("person", ROW, old, changed) == {"name": "示例人乙"}


def test_a_missing_key_is_said_by_its_id(tmp_path: Path) -> None:
    key, sealed = Seal(ring(tmp_path / "one"), "430626").seal_new("person", ROW, PERSON)

    with pytest.raises(NotReady, match=str(key.key_id)) as refused:
        Seal(ring(tmp_path / "other"), "430626").open("person", ROW, key, sealed)

    assert refused.value.code == "key-missing"


def test_the_index_tells_equal_values_of_one_kind_and_nothing_else(tmp_path: Path) -> None:
    keys = ring(tmp_path)
    seal = Seal(keys, "430626")

    found = seal.index("name", "示例人甲")

    assert found == seal.index("name", "示例人甲")
    assert len(found or b"") == 32
    others = [
        seal.index("phone", "示例人甲"),
        seal.index("name", "示例人乙"),
        Seal(keys, "430624").index("name", "示例人甲"),
    ]
    assert found not in others
    assert seal.index("name", None) is None


def test_a_value_indexed_under_an_older_key_is_still_looked_up(tmp_path: Path) -> None:
    seal = Seal(ring(tmp_path), "430626")
    before = seal.index("name", "示例人甲")
    keep_key(tmp_path, make_key(Purpose.INDEX, CryptoSuite.SM))

    assert seal.index("name", "示例人甲") != before
    assert before in seal.indexes("name", "示例人甲")
    assert len(seal.indexes("name", "示例人甲")) == 2


def test_a_row_id_is_bound_whole(tmp_path: Path) -> None:
    seal = Seal(ring(tmp_path), "430626")
    key, sealed = seal.seal_new("person", UUID(int=1), PERSON)

    with pytest.raises(NotReady):
        seal.open("person", UUID(int=257), key, sealed)
