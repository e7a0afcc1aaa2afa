"""Texts for cells of a spreadsheet, where what looks like a formula must not become one."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula; a Chinese one takes the wide forms too."""


def plain_cell(value: str) -> str:
    """A value for a CSV file: one that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value
