"""Keys come from files, a text or a command, are told apart by purpose, and are refused when others may read them."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from address_service.errors import NotReady
from address_service.settings import CryptoSuite, Settings
from address_service.store.keys import Key, KeyRing, KeySource, Purpose, keep_key, make_key, source_of


def kept(folder: Path, purpose: Purpose = Purpose.SEAL) -> Key:
    key = make_key(purpose, CryptoSuite.SM)
    keep_key(folder, key)
    return key


def test_the_latest_key_of_a_purpose_is_current_and_the_others_stay_readable(tmp_path: Path) -> None:
    old, new, index = kept(tmp_path), kept(tmp_path), kept(tmp_path, Purpose.INDEX)

    ring = KeyRing(KeySource(tmp_path))

    assert ring.current("seal") == (new.id, new.secret)
    assert ring.key("seal", old.id) == old.secret
    assert ring.current("index") == (index.id, index.secret)


def test_a_key_that_is_added_later_is_noticed(tmp_path: Path) -> None:
    kept(tmp_path)
    ring = KeyRing(KeySource(tmp_path))
    ring.current("seal")

    added = kept(tmp_path)

    assert ring.current("seal") == (added.id, added.secret)


def test_a_key_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = keep_key(tmp_path / "keys", make_key(Purpose.SEAL, CryptoSuite.SM))

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = keep_key(tmp_path, make_key(Purpose.SEAL, CryptoSuite.SM))
    file.chmod(0o640)

    with pytest.raises(NotReady) as refused:
        KeyRing(KeySource(tmp_path)).current("seal")

    assert refused.value.code == "key-file-open"


def test_a_missing_key_is_named_by_its_id(tmp_path: Path) -> None:
    present, absent = kept(tmp_path), make_key(Purpose.SEAL, CryptoSuite.SM)

    with pytest.raises(NotReady, match=str(absent.id)):
        KeyRing(KeySource(tmp_path)).key("seal", absent.id)
    with pytest.raises(NotReady) as refused:
        KeyRing(KeySource(tmp_path)).key("index", present.id)

    assert refused.value.code == "key-missing"


def test_keys_come_from_the_environment(tmp_path: Path) -> None:
    seal = make_key(Purpose.SEAL, CryptoSuite.INTERNATIONAL)
    index = make_key(Purpose.INDEX, CryptoSuite.SM)
    text = SecretStr(f"{seal.line()}; {index.line()}")

    ring = KeyRing(source_of(Settings(_env_file=None, data_dir=tmp_path, key_text=text)))

    assert ring.current_key("seal") == seal
    assert ring.current_key("index") == index


def test_keys_come_from_a_command(tmp_path: Path) -> None:
    key = make_key(Purpose.AUDIT, CryptoSuite.SM)
    source = source_of(Settings(_env_file=None, data_dir=tmp_path, key_command=f"echo {key.line()}"))

    assert KeyRing(source).current("audit") == (key.id, key.secret)


def test_a_command_that_fails_tells_nothing_of_what_it_printed(tmp_path: Path) -> None:
    source = KeySource(tmp_path, command="sh -c 'echo geheim; exit 3'")

    with pytest.raises(NotReady) as refused:
        KeyRing(source).current("seal")

    assert refused.value.code == "keys-unreadable"
    assert refused.value.__suppress_context__
    assert "geheim" not in refused.value.message


@pytest.mark.parametrize(
    "line", ["seal sm x y", "seal sm", f"seal sm 019c0000-0000-7000-8000-000000000000 {'0' * 62}"]
)
def test_a_malformed_key_is_refused_without_showing_it(tmp_path: Path, line: str) -> None:
    with pytest.raises(NotReady) as refused:
        KeyRing(KeySource(tmp_path, text=line)).current("seal")

    assert refused.value.code == "keys-malformed"
    assert line not in refused.value.message


def test_a_key_does_not_show_its_secret() -> None:
    key = make_key(Purpose.SEAL, CryptoSuite.SM)

    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)
    assert key.line() not in repr(KeySource(Path(), text=key.line()))
