"""Verifying passwords takes a bounded part of the machine, and the same whether there is a hash or none."""

from importlib.util import find_spec, module_from_spec

import argon2
import pytest

from address_service.edge.password_hashing import PasswordHashing
from address_service.errors import NotReady


def test_who_finds_everything_taken_is_refused_at_once() -> None:
    hashing = PasswordHashing(at_once=1, waiting=0)

    with hashing.turn(), pytest.raises(NotReady) as refused, hashing.turn():
        pass

    assert refused.value.code == "sign-in-busy"
    with hashing.turn():  # and the turn was given back
        pass


def test_who_waits_too_long_is_refused_and_gives_the_place_back() -> None:
    hashing = PasswordHashing(at_once=1, waiting=1, patience_s=0)

    with hashing.turn():
        for _ in range(3):
            with pytest.raises(NotReady), hashing.turn():
                pass

    with hashing.turn():
        pass


def test_a_hash_is_argon2id_and_fits_its_password_alone() -> None:
    hashing = PasswordHashing()

    made = hashing.hash("Shi-Fan-2026")

    assert made.startswith("$argon2id$")
    assert hashing.verify(made, "Shi-Fan-2026")
    assert not hashing.verify(made, "Shi-Fan-2027")
    assert not hashing.verify(None, "nobody has this password")


def test_in_service_a_hash_and_no_hash_cost_what_rfc_9106_asks_for_at_least() -> None:
    spec = find_spec(PasswordHashing.__module__)
    assert spec is not None
    assert spec.loader is not None
    in_service = module_from_spec(spec)  # beside the one whose hashes are made quick for the tests
    spec.loader.exec_module(in_service)

    hashes = [in_service.PasswordHashing().hash("Shi-Fan-2026"), in_service._NOBODYS]

    assert [argon2.extract_parameters(made) for made in hashes] == [argon2.profiles.RFC_9106_LOW_MEMORY] * 2


def test_no_hash_costs_what_a_hash_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    hashing = PasswordHashing()
    seen: list[bytes] = []
    kept = hashing.hash("Shi-Fan-2026")

    def verify(hashed: bytes, secret: bytes, kind: argon2.Type) -> bool:
        seen.append(hashed)
        return argon2.low_level.verify_secret(hashed, secret, kind)

    monkeypatch.setattr("argon2._password_hasher.verify_secret", verify)

    hashing.verify(kept, "falsch")
    hashing.verify(None, "falsch")

    parameters = [argon2.extract_parameters(made.decode()) for made in seen]
    assert len(parameters) == 2
    assert parameters[0] == parameters[1]
