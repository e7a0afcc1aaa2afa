"""Use-case: sign in with name, password and code, in two steps with the slow verification between them.

The first step counts the try and commits, the second opens the session. Whether the account exists, is locked, out of
its dates or has no password, a caller does the same work and hears the same sentence.
"""

from dataclasses import dataclass

from address_service.model.accounts import Actor, SignInPolicy, SignInWay
from address_service.model.audit import AuditNote
from address_service.services.second_factor_codes import is_code_good
from address_service.services.session_opening import OpenedSession, admit_source, open_session
from address_service.store.work import Work

REFUSED = "登录未成功：账户名、口令或验证码不对，或账户暂被锁定、已停用"
"""All that whoever fails to sign in is told."""


@dataclass(frozen=True, slots=True)
class PasswordTry:
    """A try that was counted; ``hash`` None: nothing would open this account now. ``serial`` is the password's."""

    actor: Actor | None
    hash: str | None
    source: str
    serial: int = 0


def begin_try(work: Work, policy: SignInPolicy, name: str, source: str) -> PasswordTry:
    """Count a try at an account; raises TooMany when the source has to wait."""
    admit_source(work, source, policy.source_tries)
    return count_try(work, policy, work.accounts.find_by_name(name.strip()), source)


def count_try(work: Work, policy: SignInPolicy, actor: Actor | None, source: str = "") -> PasswordTry:
    """Count a try at an account's password, and give its hash when the account is there, open and not locked."""
    account_id = actor.account_id if actor else work.actor.account_id  # nobody's: the same statements
    number = work.credentials.count_try(account_id, policy.tries, policy.lock_minutes, work.now, source)
    rows = work.credentials.passwords(account_id, 1)
    is_open = work.accounts.is_open(account_id, work.now)
    usable = [row for row in rows if row.expires_at is None or row.expires_at > work.now]
    if actor and number == policy.tries:
        work.note(AuditNote("account.lock", "account", str(account_id), {"minutes": policy.lock_minutes}))
    good = number is not None and is_open and usable
    return PasswordTry(actor, usable[0].hash if good else None, source, rows[0].serial if rows else 0)


def end_try(
    work: Work, policy: SignInPolicy, tried: PasswordTry, is_password_good: bool, code: str
) -> OpenedSession | None:
    """Open a session when password and code are good; None otherwise, which the caller commits and refuses.

    Verifying took its time: a password that was set meanwhile, or an account that was closed, is found here.
    """
    actor = tried.actor
    if (
        actor is None
        or tried.hash is None
        or not is_password_good
        or not _still_stands(work, actor, tried.serial)
        or not is_code_good(work, actor, code)
    ):
        object_id = str(actor.account_id) if actor else None
        work.note(AuditNote("session.refuse", "account", object_id))
        return None
    work.credentials.clear_tries(actor.account_id, tried.source)
    work.credentials.clear_source(tried.source)
    work.actor = actor
    return open_session(work, actor, SignInWay.PASSWORD, policy.session_hours)


def _still_stands(work: Work, actor: Actor, serial: int) -> bool:
    """Whether the password that was verified is in force and the account open, and both stay so until this commits."""
    work.accounts.lock_password(actor.account_id)
    rows = work.credentials.passwords(actor.account_id, 1)
    return bool(rows) and rows[0].serial == serial and work.accounts.hold_open(actor.account_id, work.now)
