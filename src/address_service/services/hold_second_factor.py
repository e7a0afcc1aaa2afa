"""Use-case: a second factor by time (TOTP, RFC 6238): start it and confirm it."""

from dataclasses import dataclass

import pyotp

from address_service.errors import Conflict, InvalidInput, NotFound
from address_service.model.audit import AuditNote
from address_service.services.second_factor_codes import new_recovery_codes, recovery_digest, takes_code
from address_service.store.factor_seal import seal_secret
from address_service.store.ids import new_id
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class StartedFactor:
    """A secret in base32 and as the URI that apps read; shown until it is confirmed."""

    secret: str
    uri: str


def start_second_factor(work: Work, issuer: str) -> StartedFactor:
    """Begin a second factor for the actor, or begin anew one not yet confirmed; raises Conflict when there is one."""
    found = work.second_factors.find(work.actor.account_id)
    if found is not None and found.is_confirmed:
        raise Conflict("已有第二因素；更换请由安全管理员先解除", code="second-factor-exists")
    if found is not None:
        work.second_factors.remove(work.actor.account_id, work.now)
    secret, factor_id = pyotp.random_base32(), new_id()
    sealed, key_id = seal_secret(work.keys, work.county_code, factor_id, secret.encode())
    work.second_factors.add(factor_id, work.actor.account_id, sealed, key_id, work.now)
    work.note(AuditNote("second-factor.start", "account", str(work.actor.account_id)))
    return StartedFactor(
        secret, pyotp.TOTP(secret).provisioning_uri(name=work.actor.name, issuer_name=issuer)
    )


def confirm_second_factor(work: Work, code: str) -> list[str]:
    """Count the factor from now on, shown by a code; answers recovery codes, kept as digests and shown this once."""
    found = work.second_factors.find(work.actor.account_id)
    if found is None or found.is_confirmed:
        raise NotFound("没有待确认的第二因素", code="second-factor-not-found")
    if not takes_code(work, found, code):
        raise InvalidInput("验证码不对，请核对手机时间后输入当前的6位数字", code="code-wrong")
    codes = new_recovery_codes()
    work.second_factors.confirm(found.id, [recovery_digest(each) for each in codes], work.now)
    work.note(AuditNote("second-factor.confirm", "account", str(work.actor.account_id)))
    return codes
