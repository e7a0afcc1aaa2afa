"""Use-case: set a password: one's own, one for a single use given by an administrator, or by the operator."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from address_service.coding.passwords import password_faults
from address_service.errors import Conflict, Forbidden, InvalidInput
from address_service.model.accounts import Actor, SignInPolicy
from address_service.model.audit import AuditNote
from address_service.store.credentials import PasswordRow
from address_service.store.work import Work

_ONE_TIME_DAYS = 7
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_ONE_TIME_LENGTH = 16


@dataclass(frozen=True, slots=True)
class PasswordsInForce:
    """What a new password is held against: the serial it follows, and the hashes it must not fit."""

    serial: int
    hashes: tuple[str, ...]


def one_time_password() -> str:
    """Random letters and digits without those that look alike, in groups: about 90 bits."""
    letters = [secrets.choice(_LETTERS) for _ in range(_ONE_TIME_LENGTH)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, _ONE_TIME_LENGTH, 4))


def passwords_in_force(work: Work, account_id: UUID, policy: SignInPolicy) -> PasswordsInForce:
    """What is to be compared before a new password is hashed."""
    rows = work.credentials.passwords(account_id, max(policy.history, 1))
    hashes = tuple(row.hash for row in rows[: policy.history])
    return PasswordsInForce(rows[0].serial if rows else 0, hashes)


def require_good_password(actor: Actor, password: str, policy: SignInPolicy) -> None:
    """Raise InvalidInput with every rule that a new password breaks."""
    faults = password_faults(password, actor.name, policy)
    if faults:
        message = "；".join(fault.message for fault in faults)
        raise InvalidInput(message, code="password-weak", errors=faults)


def require_fresh(fits: Sequence[bool]) -> None:
    """Raise InvalidInput when a new password fits one of those in the history."""
    if any(fits):
        raise InvalidInput(f"新口令不能与最近{len(fits)}次用过的相同", code="password-reused")


def keep_own_password(work: Work, session_id: UUID, serial: int, hashed: str) -> None:
    """Set the actor's own password; all its other sessions end. Raises Conflict when it was set meanwhile."""
    account_id = work.actor.account_id
    _keep(work, account_id, serial, hashed, one_time=False)
    work.sessions.end_all(account_id, work.now, but=session_id)
    work.note(AuditNote("password.change", "account", str(account_id)))


def keep_given_password(work: Work, account_id: UUID, serial: int, hashed: str, *, one_time: bool) -> None:
    """Set the password of another account and unlock it; all its sessions end. Raises Forbidden for one's own."""
    if account_id == work.actor.account_id:
        raise Forbidden("自己的口令请在“我的账户”中更改", code="own-account")
    _keep(work, account_id, serial, hashed, one_time=one_time)
    work.credentials.clear_tries(account_id)
    work.sessions.end_all(account_id, work.now)
    work.note(AuditNote("password.give", "account", str(account_id), {"one_time": int(one_time)}))


def _keep(work: Work, account_id: UUID, serial: int, hashed: str, *, one_time: bool) -> None:
    work.accounts.lock_password(account_id)
    rows = work.credentials.passwords(account_id, 1)
    if (rows[0].serial if rows else 0) != serial:
        raise Conflict("口令刚被更改过，请重试", code="password-changed-meanwhile")
    ends = work.now + timedelta(days=_ONE_TIME_DAYS) if one_time else None
    work.credentials.set_password(account_id, PasswordRow(serial + 1, hashed, work.now, one_time, ends))
