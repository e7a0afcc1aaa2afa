"""What may be shown of a person without a reason: enough to recognise who is known, too little to learn anything."""

_HEAD, _TAIL = 6, 4


def mask_id(number: str | None) -> str | None:
    """``430626********123X``."""
    if number is None:
        return None
    if len(number) <= _HEAD + _TAIL:
        return "*" * len(number)
    return number[:_HEAD] + "*" * (len(number) - _HEAD - _TAIL) + number[-_TAIL:]


def mask_name(name: str) -> str:
    """The first character, the others as stars: 张**."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def mask_phone(phone: str | None) -> str | None:
    """``138****5678``; of a short number the last two digits only."""
    if phone is None:
        return None
    if len(phone) < _HEAD + _TAIL:
        return "*" * (len(phone) - 2) + phone[-2:]
    return phone[:3] + "*" * (len(phone) - 3 - _TAIL) + phone[-_TAIL:]


def mask_book_no(number: str | None) -> str | None:
    """The last three characters of a household number."""
    if number is None:
        return None
    return "*" * max(len(number) - 3, 1) + number[-3:] if len(number) > 3 else "*" * len(number)
