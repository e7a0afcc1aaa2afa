"""What may be shown of a person without a reason: enough to recognise who is known, too little to learn anything.

Stars do not count what they hide: a name of seven characters would name its only bearer in the village.
"""

_HEAD, _TAIL = 6, 4
_HIDDEN = "****"
_BOOK_TAIL = 3


def mask_id(number: str | None) -> str | None:
    """``430626********123X``."""
    if number is None:
        return None
    if len(number) <= _HEAD + _TAIL:
        return "*" * len(number)
    return number[:_HEAD] + "*" * (len(number) - _HEAD - _TAIL) + number[-_TAIL:]


def mask_name(name: str) -> str:
    """The first character, and as many stars as a short name needs: 张* up to two characters, 张** of all others."""
    return name[:1] + ("*" if len(name) <= 2 else "**")


def mask_phone(phone: str | None) -> str | None:
    """``138****5678``; of a short number the last two digits only."""
    if phone is None:
        return None
    if len(phone) < _HEAD + _TAIL:
        return _HIDDEN + phone[-2:]
    return phone[:3] + "*" * (len(phone) - 3 - _TAIL) + phone[-_TAIL:]


def mask_book_no(number: str | None) -> str | None:
    """``****123``: the last three characters of a household number, nothing of one that is not twice as long."""
    if number is None:
        return None
    return _HIDDEN + (number[-_BOOK_TAIL:] if len(number) >= 2 * _BOOK_TAIL else "")
