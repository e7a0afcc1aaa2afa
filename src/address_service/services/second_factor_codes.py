"""Codes of a second factor: those by time, each good once (RFC 6238, 5.2), and those for the day the phone is lost."""

import base64
import hmac
import secrets

import pyotp

from address_service.model.accounts import Actor
from address_service.model.audit import AuditNote
from address_service.services.session_opening import digest_of
from address_service.store.factor_seal import open_secret
from address_service.store.second_factors import FactorRow
from address_service.store.work import Work

_STEP_S = 30
_DRIFT = 1
"""Steps by which the clock of a phone may be off."""
_RECOVERY_CODES = 10
_RECOVERY_BYTES = 10


def new_recovery_codes() -> list[str]:
    """Ten codes of 80 random bits each, in groups of four letters."""
    return [
        _grouped(base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode())
        for _ in range(_RECOVERY_CODES)
    ]


def recovery_digest(code: str) -> bytes:
    """The digest of a recovery code however it was typed."""
    return digest_of("".join(c for c in code.upper() if c.isalnum()))


def _grouped(code: str) -> str:
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def is_code_good(work: Work, actor: Actor, code: str) -> bool:
    """Whether a code fits the account: True without a second factor; each code is good once."""
    found = work.second_factors.find(actor.account_id)
    if found is None or not found.is_confirmed:
        return True
    if takes_code(work, found, code):
        return True
    if not work.second_factors.use_recovery_code(found.id, recovery_digest(code), work.now):
        return False
    work.note(AuditNote("second-factor.recover", "account", str(actor.account_id)))
    return True


def takes_code(work: Work, found: FactorRow, code: str) -> bool:
    """Whether a code is the one of this half minute, or of the next to it, and was not taken before."""
    code = "".join(code.split())
    totp = pyotp.TOTP(open_secret(work.keys, work.county_code, found.id, found.sealed, found.key_id).decode())
    now = int(work.now.timestamp()) // _STEP_S
    fits = [
        step
        for step in range(now - _DRIFT, now + _DRIFT + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode("utf-8", "replace"))
    ]
    return bool(fits) and work.second_factors.take_step(found.id, fits[-1])
