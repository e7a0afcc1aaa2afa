"""The bench of a merger at a small size: it finds what it planted, and its floor is written."""

from address_service.bench.merge import run


def test_the_bench_finds_every_homonym_that_it_planted() -> None:
    figures = run(240, events=20_000)

    assert figures["addresses"] == 480
    assert figures["homonyms_found"] == figures["homonyms_planted"] > 100
    assert figures["seconds"] > 0
    assert figures["commit_seconds"] > 0
    assert figures["floor_seconds"] > 0
    assert figures["resolve_events"] >= 20_000
    assert 0 < figures["resolve_p50_ms"] <= figures["resolve_p99_ms"]
