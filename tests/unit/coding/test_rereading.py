"""What addresses read after a change of names: the naive answer, day by day, for any names and any days."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from address_service.coding.divisions.rereading import Era, Stretch, UnlikeHead, reread, reread_whole

FIRST = date(2000, 1, 1)
TAIL = "12组18号附1号2栋302室"


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


def eras(cuts: list[int], names: list[str]) -> list[Era]:
    """Names one after the other, changing on these days."""
    days = sorted(set(cuts))
    bounds = [None, *(day(n) for n in days), None]
    return [
        Era(begin, end, f"童市镇{names[i % len(names)]}村")
        for i, (begin, end) in enumerate(itertools.pairwise(bounds))
    ]


def head_on(known: list[Era], on: date) -> str:
    return next(e.head for e in known if (e.begin is None or e.begin <= on) and (e.end is None or on < e.end))


_cuts = st.lists(st.integers(1, 60), max_size=4)
_names = st.lists(st.sampled_from(["烟舟", "烟洲", "塝上", "芭蕉"]), min_size=1, max_size=4)


@given(
    _cuts, _names, _cuts, _names, st.integers(0, 60), st.integers(1, 30), st.booleans(), st.integers(0, 70)
)
def test_a_version_reads_the_names_of_each_day_from_the_day_on(
    before_cuts: list[int],
    before_names: list[str],
    after_cuts: list[int],
    after_names: list[str],
    begin: int,
    length: int,
    ends: bool,
    since: int,
) -> None:
    before, after = eras(before_cuts, before_names), eras(after_cuts, after_names)
    end = day(begin + length) if ends else None
    known = Stretch(day(begin), end, head_on(before, day(begin)) + TAIL)
    if end is not None and day(since) >= end:
        return

    found = reread(known, day(since), before, after) or (known,)

    assert found[0].begin == known.begin
    assert found[-1].end == known.end
    assert [piece.end for piece in found[:-1]] == [piece.begin for piece in found[1:]]
    assert all(one.text != other.text for one, other in itertools.pairwise(found))
    for on in (day(n) for n in range(begin, 100)):
        if end is not None and on >= end:
            break
        read = next(p.text for p in found if p.begin and p.begin <= on and (p.end is None or on < p.end))
        assert read == (known.text if on < day(since) else head_on(after, on) + TAIL)


def test_nothing_changes_where_the_names_do_not() -> None:
    names = eras([10], ["烟舟", "烟洲"])

    assert reread(Stretch(day(20), None, f"童市镇烟洲村{TAIL}"), day(15), names, names) is None
    assert reread_whole(Stretch(day(20), None, f"童市镇烟洲村{TAIL}"), date.max, names, names) is None


def test_a_text_written_under_names_of_another_time_is_known_all_the_same() -> None:
    """An approval dated back: the draft was written under the name of today."""
    before, after = eras([10], ["烟舟", "烟洲"]), eras([10, 30], ["烟舟", "烟洲", "芭蕉"])

    found = reread(Stretch(day(5), None, f"童市镇烟洲村{TAIL}"), day(30), before, after)

    assert found == (
        Stretch(day(5), day(30), f"童市镇烟洲村{TAIL}"),
        Stretch(day(30), None, f"童市镇芭蕉村{TAIL}"),
    )


def test_a_text_that_begins_with_none_of_its_names_stops_the_act() -> None:
    names = eras([], ["烟舟"])

    with pytest.raises(UnlikeHead):
        reread(Stretch(day(5), None, "他镇他村1号"), day(10), names, eras([], ["烟洲"]))
