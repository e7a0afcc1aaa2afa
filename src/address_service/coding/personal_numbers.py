"""Numbers that name a person in free text: citizen ids (公民身份号码) and mobile numbers, however they are typed."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from stdnum.iso7064 import mod_11_2

_MOBILE = re.compile(r"(?:00)?(?:86)?1[3-9][0-9]{9}")
_CLUSTER = re.compile(r"[0-9][0-9Xx\s\-‐-―−_.·•/()]*")
_PIECE = re.compile(r"[0-9Xx]+")
_LONGEST = 18
_CITIZEN_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_FIRST_BIRTH_YEAR, _LAST_BIRTH_YEAR = 1880, 2099
_OLD_LENGTH = 15


def holds_personal_number(text: str) -> bool:
    """Whether a text holds a citizen id of 18 or 15 digits or a mobile number.

    Full-width digits count, and so do digits with spaces, dashes or dots between them; commas part the
    numbers of a list. A longer row of digits, as an
    address code is, holds none.
    """
    return any(_names_a_person(run) for run in _runs(text))


def _runs(text: str) -> Iterator[str]:
    """Rows of digits as they stand, and neighbouring ones as they read without what separates them."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    for cluster in _CLUSTER.findall(plain):
        pieces = _PIECE.findall(cluster)
        for start in range(len(pieces)):
            run = ""
            for piece in pieces[start:]:
                run += piece
                if len(run) > _LONGEST:
                    break
                yield run


def _names_a_person(run: str) -> bool:
    if len(run) == _OLD_LENGTH and run.isdecimal():
        return _is_citizen_id(_lengthened(run))
    return bool(_MOBILE.fullmatch(run)) or _is_citizen_id(run.upper())


def _lengthened(old: str) -> str:
    """An id of the old form in the form of GB 11643-1999."""
    body = f"{old[:6]}19{old[6:]}"
    return body + str(mod_11_2.calc_check_digit(body))


def _is_citizen_id(number: str) -> bool:
    """By form, birth date and check digit; the place of first registration may be abolished since, or not be listed."""
    if not _CITIZEN_ID.fullmatch(number) or not mod_11_2.is_valid(number):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return _FIRST_BIRTH_YEAR <= born.year <= _LAST_BIRTH_YEAR
