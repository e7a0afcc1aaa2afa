"""If-Match: a change names the revision that it was made on, so that nobody overwrites what he has not seen."""

from typing import Annotated

from fastapi import Depends, Header

from address_service.errors import InvalidInput


def _revision(
    if_match: Annotated[str | None, Header(max_length=20, description='读到的版次，如 "3"')] = None,
) -> int:
    if if_match is None:
        raise InvalidInput("更改须带 If-Match，内容为读到的版次", code="if-match-missing")
    plain = if_match.strip().strip('"')
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10):
        raise InvalidInput('If-Match 应为读到的版次，如 "3"', code="if-match-malformed")
    return int(plain)


ReadRevision = Annotated[int, Depends(_revision)]
"""The revision in If-Match; raises InvalidInput `if-match-missing`, `if-match-malformed`."""
