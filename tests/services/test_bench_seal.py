"""The bench of the seal at a small size: what it calls unsealed is unsealed, and whom it looks up it finds."""

from uuid import UUID

from address_service.bench.seal import Unsealed, run
from address_service.bench.sealed_town import citizen_id
from address_service.store.keys import KeyRing


def test_the_bench_imports_into_a_register_that_is_there_and_finds_its_people() -> None:
    figures = run(400, most=200)

    assert (figures["persons"], figures["imported"], figures["lookups"]) == (400, 200, 400)
    assert figures["rows_per_second"] > 0
    assert figures["ratio_to_unsealed_import"] > 0
    assert 0 < figures["lookup_p50_ms"] <= figures["lookup_p99_ms"]
    assert 0 < figures["bare_lookup_p50_ms"] <= figures["bare_lookup_p99_ms"]


def test_the_unsealed_import_writes_the_payload_in_clear(keys: KeyRing) -> None:
    key, payload = Unsealed(keys, "430626").seal_new("person", UUID(int=1), {"name": "示例"})

    assert (key.wrapped, payload) == (b"", '{"name":"示例"}'.encode())


def test_no_two_numbers_of_the_lists_are_equal() -> None:
    assert len({citizen_id(n) for n in range(100_000)}) == 100_000
