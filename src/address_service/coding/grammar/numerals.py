"""Numerals as people write them in addresses: Arabic, Chinese, mixed, with zeros before them."""

from address_service.coding.grammar.folding import NUMERALS

_DIGITS = (
    {char: n for n, char in enumerate("零一二三四五六七八九")} | {"〇": 0} | {str(n): n for n in range(10)}
)
_SCORES = {"廿": 20, "卅": 30}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LONGEST = 9


def read_numeral(text: str, start: int) -> tuple[int | None, int]:
    """The numeral that begins at a place, and where it ends; None where it is no number that all would read alike."""
    end, limit = start, min(len(text), start + _LONGEST)
    while end < limit and text[end] in NUMERALS:
        end += 1
    return value_of(text[start:end]), end


def value_of(run: str) -> int | None:
    """The value of a run: ``018`` 18, ``二十三`` 23, ``廿三`` 23, ``一百零三`` 103, ``一二〇`` 120, ``二十3`` 23.

    ``一百二`` is None: some read 102, some 120.
    """
    if not run:
        return None
    if run.isascii():
        return int(run)
    if all(char in _DIGITS for char in run):
        return int("".join(str(_DIGITS[char]) for char in run))
    return _with_units(run)


def _with_units(run: str) -> int | None:
    total, digit, least, zero = 0, None, 10_000, False
    for char in run:
        if char in _UNITS or char in _SCORES:
            unit = _UNITS.get(char, 10)
            if unit >= least or (char in _SCORES and digit) or digit == 0:
                return None
            total += _SCORES.get(char) or (digit or 1) * unit
            digit, least, zero = None, unit, False
        elif digit is not None:
            return None
        elif _DIGITS[char] == 0:
            zero = True
        else:
            digit = _DIGITS[char]
    if digit is None:
        return None if zero else total
    return total + digit if least == 10 or zero else None
