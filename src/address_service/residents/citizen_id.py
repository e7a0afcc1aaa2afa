"""The citizen identity number (公民身份号码, GB 11643-1999): checked, read, and lengthened from its 15-digit form.

The six leading digits are those of first registration and may be abolished since: they are not looked up.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from stdnum.iso7064 import mod_11_2

from address_service.errors import InvalidInput
from address_service.model.residents import Sex

_LONG = re.compile(r"[1-9][0-9]{16}[0-9X]")
_SHORT = re.compile(r"[1-9][0-9]{14}")
_FIRST_BIRTH_YEAR = 1880


@dataclass(frozen=True, slots=True)
class CitizenId:
    """A good number of 18 characters and what it says."""

    number: str
    born_on: date
    sex: Sex

    def __repr__(self) -> str:
        """Nothing of the number: representations end up in logs."""
        return "CitizenId(…)"


def read_citizen_id(text: str, today: date) -> CitizenId:
    """A number as typed, full-width digits, spaces and a small x included.

    Raises InvalidInput `citizen-id-malformed`, `citizen-id-birth-date`, `citizen-id-check-digit`; no message repeats
    the number.
    """
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if _SHORT.fullmatch(plain):
        body = f"{plain[:6]}19{plain[6:]}"
        plain = body + str(mod_11_2.calc_check_digit(body))
    if not _LONG.fullmatch(plain):
        raise InvalidInput("公民身份号码应为18位（旧号15位）", code="citizen-id-malformed")
    born_on = _birth_date(plain, today)
    if not mod_11_2.is_valid(plain):
        raise InvalidInput("公民身份号码的校验码不符，请核对", code="citizen-id-check-digit")
    return CitizenId(plain, born_on, Sex.MALE if int(plain[16]) % 2 else Sex.FEMALE)


def _birth_date(number: str, today: date) -> date:
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born_on = date.min
    if not date(_FIRST_BIRTH_YEAR, 1, 1) <= born_on <= today:
        raise InvalidInput("公民身份号码中的出生日期不对", code="citizen-id-birth-date")
    return born_on
