"""Every single change to an audit is found, and said where it is."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from address_service.coding.audit_anchor import (
    Anchor,
    AnchorFlaw,
    anchor_line,
    check_anchors,
    compared,
    read_anchor_line,
)
from address_service.coding.audit_chain import FIELDS, START, Head, mac_of, sign
from address_service.coding.audit_check import Finding, Flaw, Tally, check_lines
from address_service.coding.audit_export import ExportFormat, exported, read_exported
from address_service.coding.audit_summary import summarised
from address_service.model.audit import AuditNote
from tests.audit_lines import DAY

OLD_KEY, NEW_KEY, LOST_KEY = (UUID(int=n) for n in (1, 2, 3))
SECRETS = {OLD_KEY: (b"o" * 32, True), NEW_KEY: (b"n" * 32, False)}
Line = dict[str, Any]


def key_of(key_id: UUID) -> tuple[bytes, bool] | None:
    return SECRETS.get(key_id)


def written(chain: int, count: int) -> list[Line]:
    """A chain as the service writes it; the key was changed half way, and the suite with it."""
    made: list[Line] = []
    for seq in range(1, count + 1):
        key_id = OLD_KEY if seq <= count // 2 else NEW_KEY
        line: Line = {
            "county_code": "430626",
            "chain": chain,
            "seq": seq,
            "previous": made[-1]["mac"] if made else START,
            "key_id": key_id,
            "at_us": 1_772_413_200_123_456 + seq,
            "account_id": UUID(int=seq % 5),
            "account_name": f"示例{seq % 5}",
            "office": "village",
            "scope": "430626113208",
            "channel": "api",
            "source": "192.0.2.7" if seq % 3 else None,
            "request_id": UUID(int=1000 * chain + seq),
            "action": "person.reveal",
            "object_kind": "person",
            "object_id": str(seq % 7),
            "detail": {"count": seq, "purpose": "核对"},
            "before": None,
            "after": bytes([seq % 256]) * 32,
            "reason": "群众来访" if seq % 2 else None,
        }
        secret, international = SECRETS[key_id]
        made.append({**line, "mac": mac_of(secret, line, international=international)})
    return made


CHAINS = {chain: written(chain, 40) for chain in (0, 3, 15)}
HEADS = {chain: Head(len(lines), lines[-1]["mac"]) for chain, lines in CHAINS.items()}
ANCHORS = {chain: {head.seq: head.mac} for chain, head in HEADS.items()}


def all_lines() -> list[Line]:
    return [dict(line) for lines in CHAINS.values() for line in lines]


def check(
    lines: list[Line], heads: dict[int, Head] = HEADS, anchors: dict[int, dict[int, bytes]] = ANCHORS
) -> list[Finding]:
    return list(check_lines(lines, key_of, heads, anchors, Tally()))


def test_an_audit_that_nobody_touched_is_sound() -> None:
    tally = Tally()

    assert list(check_lines(all_lines(), key_of, HEADS, ANCHORS, tally)) == []
    assert (tally.lines, tally.chains) == (120, 3)


def edit(lines: list[Line], dice: random.Random) -> set[tuple[int, int]]:
    line = dice.choice(lines)
    place = line["chain"], line["seq"]
    name = dice.choice([name for name in (*FIELDS, "mac") if name not in ("chain", "seq")])
    line[name] = another(line[name], name, dice)
    return {place, (place[0], place[1] + 1)}


def another(value: Any, name: str, dice: random.Random) -> Any:
    """Some other value of the same kind, or none."""
    if isinstance(value, bytes):
        at = dice.randrange(len(value))
        return value[:at] + bytes([value[at] ^ (1 << dice.randrange(8))]) + value[at + 1 :]
    if isinstance(value, int):
        return value + dice.choice([-1, 1, 1_000_000])
    if isinstance(value, UUID):
        return UUID(int=value.int ^ (1 << dice.randrange(128)))
    if isinstance(value, dict):
        return dice.choice([{**value, "count": -1}, {**value, "more": 1}, {"count": value["count"]}, {}])
    if value is None:
        return b"" if name in ("before", "after") else ""
    return dice.choice([None, value + " ", value[:-1], "别的"])


def drop(lines: list[Line], dice: random.Random) -> set[tuple[int, int]]:
    line = lines.pop(dice.randrange(len(lines)))
    return {(line["chain"], line["seq"])}


def drop_last(lines: list[Line], dice: random.Random) -> set[tuple[int, int]]:
    chain = dice.choice(list(CHAINS))
    last = max((line for line in lines if line["chain"] == chain), key=lambda line: int(line["seq"]))
    lines.remove(last)
    return {(chain, last["seq"])}


def swap(lines: list[Line], dice: random.Random) -> set[tuple[int, int]]:
    """Two lines exchange their places, with or without what binds them to it."""
    one, two = dice.sample(lines, 2)
    names = dice.choice([("chain", "seq"), ("chain", "seq", "previous"), ("chain", "seq", "previous", "mac")])
    places = {(one["chain"], one["seq"]), (two["chain"], two["seq"])}
    for name in names:
        one[name], two[name] = two[name], one[name]
    return places | {(chain, seq + 1) for chain, seq in places}


def insert(lines: list[Line], dice: random.Random) -> set[tuple[int, int]]:
    """A line of another's making, or a copy, between two others or at the end."""
    source = dict(dice.choice(lines))
    chain = dice.choice(list(CHAINS))
    seq = dice.randrange(1, 42)
    place = dice.choice([{"chain": chain, "seq": seq}, {"chain": chain, "seq": 41}, {}])
    forged = {**source, **place, "mac": dice.choice([source["mac"], dice.randbytes(32)])}
    forged["previous"] = dice.choice([source["previous"], dice.randbytes(32)])
    lines.append(forged)
    return {(forged["chain"], forged["seq"]), (forged["chain"], forged["seq"] + 1)}


def renumber(lines: list[Line], dice: random.Random) -> set[tuple[int, int]]:
    """A line goes, and those behind it close ranks."""
    line = lines.pop(dice.randrange(len(lines)))
    for other in lines:
        if other["chain"] == line["chain"] and other["seq"] > line["seq"]:
            other["seq"] -= 1
    return {(line["chain"], line["seq"])}


CHANGES: tuple[Callable[[list[Line], random.Random], set[tuple[int, int]]], ...] = (
    edit,
    drop,
    drop_last,
    swap,
    insert,
    renumber,
)


def test_a_thousand_single_changes_are_all_found_where_they_are() -> None:
    dice = random.Random(20_260_302)
    kinds: set[str] = set()

    for number in range(1000):
        lines = all_lines()
        change = CHANGES[number % len(CHANGES)]
        places = change(lines, dice)
        lines.sort(key=lambda line: (line["chain"], line["seq"]))
        found = check(lines)

        assert found, (number, change.__name__)
        assert any((one.chain, one.seq) in places for one in found), (number, change.__name__, places, found)
        kinds |= {one.flaw for one in found}

    assert kinds >= {Flaw.CHANGED, Flaw.MISSING, Flaw.REPEATED, Flaw.CUT, Flaw.BROKEN, Flaw.KEY}


@pytest.mark.parametrize("chain", list(CHAINS))
@pytest.mark.parametrize("cut", [1, 7, 40])
def test_lines_cut_off_with_their_head_are_found_by_an_anchor(chain: int, cut: int) -> None:
    kept = [line for line in all_lines() if line["chain"] != chain or line["seq"] <= 40 - cut]
    end = CHAINS[chain][39 - cut]["mac"] if cut < 40 else START
    heads = {**HEADS, chain: Head(40 - cut, end)}

    assert check(kept, heads, {}) == []
    assert check(kept, heads) == [Finding(Flaw.ANCHOR, chain, 41 - cut, 40)]


def test_a_chain_written_anew_under_the_key_is_found_by_a_later_anchor() -> None:
    lines = all_lines()
    anew = [line for line in lines if line["chain"] == 0]
    for line in anew[9:]:
        line["reason"] = "改写"
        line["previous"] = anew[line["seq"] - 2]["mac"]
        secret, international = SECRETS[line["key_id"]]
        line["mac"] = mac_of(secret, line, international=international)
    heads = {**HEADS, 0: Head(40, anew[-1]["mac"])}

    assert check(lines, heads, {}) == []
    assert check(lines, heads) == [Finding(Flaw.ANCHOR, 0, 40)]


def test_a_lost_key_is_said_and_the_lines_of_others_are_still_judged() -> None:
    lines = all_lines()
    lines[2]["key_id"] = LOST_KEY

    assert check(lines) == [Finding(Flaw.KEY, 0, 3)]


Values = st.lists(st.one_of(st.none(), st.text(max_size=4), st.binary(max_size=4)), max_size=5)


@given(Values, Values)
def test_two_rows_of_values_never_sign_alike(one: list[Any], two: list[Any]) -> None:
    def plain(values: list[Any]) -> list[Any]:
        return [value.encode() if isinstance(value, str) else value for value in values]

    same = sign(b"k" * 32, b"test", one) == sign(b"k" * 32, b"test", two)

    assert same == (plain(one) == plain(two))


def test_a_digit_moved_to_the_neighbouring_field_signs_otherwise() -> None:
    assert sign(b"k" * 32, b"test", ["12", "3"]) != sign(b"k" * 32, b"test", ["1", "23"])
    assert sign(b"k" * 32, b"test", [None, ""]) != sign(b"k" * 32, b"test", ["", None])
    assert sign(b"k" * 32, b"test", ["a"]) != sign(b"k" * 32, b"tes", ["ta"])


def test_the_mac_is_hmac_sm3_and_hmac_sha_256_for_the_international_suite() -> None:
    """HMAC-SHA-256 by the standard library, HMAC-SM3 by its definition over SM3 (RFC 2104)."""
    import hashlib
    import hmac

    from cryptography.hazmat.primitives import hashes

    def sm3(data: bytes) -> bytes:
        digest = hashes.Hash(hashes.SM3())
        digest.update(data)
        return digest.finalize()

    key = b"k" * 32
    message = b"\x01" + (4).to_bytes(8, "big") + b"test" + b"\x01" + (1).to_bytes(8, "big") + b"a"
    inner, outer = (bytes(byte ^ pad for byte in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))

    assert sign(key, b"test", ["a"]) == sm3(outer + sm3(inner + message))
    assert sign(key, b"test", ["a"], international=True) == hmac.digest(key, message, hashlib.sha256)


# ---------------------------------------------------------------- extracts


def test_an_export_can_be_verified_and_a_gap_in_it_is_none() -> None:
    chosen = [line for line in all_lines() if 5 < line["seq"] < 30 and line["seq"] != 17]

    lines = read_exported(exported(chosen, ExportFormat.JSONL))

    assert list(check_lines(lines, key_of, {}, {}, Tally(), whole=False)) == []


def test_an_export_that_was_edited_is_found_out() -> None:
    text = list(exported(all_lines(), ExportFormat.JSONL))
    text[50] = text[50].replace("核对", "核实")

    found = list(check_lines(read_exported(text), key_of, {}, {}, Tally(), whole=False))

    assert found == [Finding(Flaw.CHANGED, 3, 11)]


@pytest.mark.parametrize("start", ["=", "＝"])
def test_a_table_holds_no_cell_that_a_spreadsheet_would_carry_out(start: str) -> None:
    line = {**all_lines()[0], "reason": f'{start}HYPERLINK("http://example.invalid")'}

    table = "".join(exported([line], ExportFormat.CSV))

    assert f"'{start}HYPERLINK" in table
    assert table.startswith("\ufeffcounty_code,chain,seq,")


# ---------------------------------------------------------------- anchors


def anchors(count: int) -> list[Anchor]:
    made: list[Anchor] = []
    for no in range(1, count + 1):
        heads = {0: Head(no, bytes([no]) * 32)}
        anchor = Anchor("430626", no, DAY, heads, NEW_KEY, made[-1].mac if made else START)
        made.append(replace(anchor, mac=anchor.sealed(b"n" * 32, international=False)))
    return made


def test_anchors_read_back_from_their_file_are_sound() -> None:
    read = [read_anchor_line(anchor_line(anchor)) for anchor in anchors(5)]

    checked = check_anchors(read, key_of)

    assert checked.flaws == []
    assert checked.ends == {0: Head(5, b"\x05" * 32)}


def changed_anchors() -> Iterator[tuple[str, list[Anchor], AnchorFlaw]]:
    five = anchors(5)
    yield (
        "edited",
        [*five[:2], replace(five[2], heads={0: Head(1, b"x" * 32)}), *five[3:]],
        AnchorFlaw.CHANGED,
    )
    yield "dropped", [*five[:2], *five[3:]], AnchorFlaw.MISSING
    yield "swapped", [five[0], five[2], five[1], *five[3:]], AnchorFlaw.MISSING
    yield "key", [*five[:4], replace(five[4], key_id=uuid4())], AnchorFlaw.KEY


@pytest.mark.parametrize(("_name", "row", "flaw"), list(changed_anchors()), ids=lambda value: str(value)[:8])
def test_anchors_that_were_changed_are_found(_name: str, row: list[Anchor], flaw: AnchorFlaw) -> None:
    assert flaw in {found for found, _ in check_anchors(row, key_of).flaws}


def test_a_register_that_lost_anchors_is_found_and_a_file_that_is_behind_is_no_fault() -> None:
    all_five, three = (check_anchors(anchors(count), key_of) for count in (5, 3))

    assert compared(three, all_five) == [(AnchorFlaw.CUT, 4), (AnchorFlaw.CUT, 5)]
    assert compared(all_five, three) == []


# ---------------------------------------------------------------- summaries


def test_few_acts_are_told_one_by_one_and_many_with_their_count() -> None:
    few = [AuditNote("act", "thing", str(n)) for n in range(8)]
    many = [
        AuditNote("act", "thing", str(n), {"decree_no": "示例1号", "n": n}, reason="同") for n in range(9)
    ]

    (summary,) = summarised(many)

    assert summarised(few) == few
    assert (summary.detail["count"], summary.detail["decree_no"], summary.reason) == (9, "示例1号", "同")
    assert "n" not in summary.detail


def test_a_summary_tells_which_things_it_stands_for() -> None:
    one, two = ([AuditNote("act", "thing", str(n)) for n in range(k, k + 9)] for k in (0, 1))

    assert summarised(one)[0].detail["things"] != summarised(two)[0].detail["things"]
