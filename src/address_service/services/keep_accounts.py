"""Use-case: give an account its office, disable and enable it, unlock it, end its sessions, take its second factor."""

from uuid import UUID

from address_service.errors import Conflict, Forbidden, InvalidInput, NotFound
from address_service.model.accounts import ADMINISTRATORS, Actor, Right, Role
from address_service.model.audit import AuditNote
from address_service.services.open_account import require_county_scope
from address_service.services.scope import require_scope
from address_service.store.accounts import AccountCard, Office
from address_service.store.work import Work


def give_office(work: Work, account_id: UUID, office: Office, securing: frozenset[Role]) -> AccountCard:
    """Give an account its office, scope and dates, or change them; its sessions end.

    ``securing`` are the offices with the right to do this, of which one must remain. Raises Forbidden for one's own
    account, NotFound, Conflict `last-security-admin` or `identity-taken`, InvalidInput.
    """
    card = _card_of_another(work, account_id)
    require_county_scope(work, office.division_code)
    require_scope(work.actor, office.division_code)
    if office.valid_from and office.valid_until and office.valid_from > office.valid_until:
        raise InvalidInput("生效日期晚于截止日期", code="dates-reversed")
    if (
        office.role in ADMINISTRATORS
        and office.division_code != work.county_code
        and office.role is not Role.ADMIN
    ):
        raise InvalidInput("安全管理员和审计管理员的辖区为全县", code="administrator-of-the-county")
    stays = office.role in securing and office.division_code == work.county_code and not office.valid_until
    if not stays or office.valid_from:
        _require_another(work, card.actor, securing)
    work.accounts.give_office(account_id, office)
    work.sessions.end_all(account_id, work.now)
    work.note(AuditNote("account.office", "account", str(account_id), _changes(card, office)))
    return _reread(work, account_id)


def disable_account(work: Work, account_id: UUID, securing: frozenset[Role]) -> AccountCard:
    """Disable an account: its sessions end, its keys no longer work. Raises as `give_office` does."""
    card = _card_of_another(work, account_id)
    _require_another(work, card.actor, securing)
    if card.disabled_at is None:
        work.accounts.set_disabled(account_id, work.now)
        work.sessions.end_all(account_id, work.now)
        work.note(AuditNote("account.disable", "account", str(account_id)))
    return _reread(work, account_id)


def enable_account(work: Work, account_id: UUID) -> AccountCard:
    """Enable an account again; who may not give offices gives it back without one."""
    card = _card_of_another(work, account_id)
    if card.disabled_at is None:
        return card
    if Right.SECURE not in work.actor.rights:
        work.accounts.give_office(
            account_id, Office(Role.PENDING, card.actor.division_code, identity=card.identity)
        )
    work.accounts.set_disabled(account_id, None)
    work.note(AuditNote("account.enable", "account", str(account_id)))
    return _reread(work, account_id)


def unlock_account(work: Work, account_id: UUID) -> AccountCard:
    """Forget the failed tries at an account; raises NotFound."""
    _card_within(work, account_id)
    work.credentials.clear_tries(account_id)
    work.note(AuditNote("account.unlock", "account", str(account_id)))
    return _reread(work, account_id)


def remove_second_factor(work: Work, account_id: UUID) -> AccountCard:
    """Take an account's second factor away, lost as it is; its sessions end. Raises NotFound, Forbidden."""
    _card_of_another(work, account_id)
    if not work.second_factors.remove(account_id, work.now):
        raise NotFound("该账户没有第二因素", code="second-factor-not-found")
    work.sessions.end_all(account_id, work.now)
    work.note(AuditNote("second-factor.remove", "account", str(account_id)))
    return _reread(work, account_id)


def end_session(work: Work, session_id: UUID, *, own: bool) -> None:
    """End a session: one of the actor's own, or one of an account within the actor's scope; raises NotFound."""
    owner = work.sessions.owner(session_id)
    if owner is None or (own and owner != work.actor.account_id):
        raise NotFound(f"没有会话 {session_id}", code="session-not-found")
    if not own:
        _card_within(work, owner)
    if not work.sessions.end(session_id, work.now):
        raise NotFound(f"会话 {session_id} 已结束", code="session-not-found")
    work.note(AuditNote("session.end", "session", str(session_id), {"account": str(owner)}))


def account_within(work: Work, account_id: UUID) -> AccountCard:
    """An account of the actor's scope; raises NotFound, Forbidden."""
    return _card_within(work, account_id)


def _card_within(work: Work, account_id: UUID) -> AccountCard:
    card = work.accounts.card(account_id, work.now)
    if card is None:
        raise NotFound(f"没有账户 {account_id}", code="account-not-found")
    require_scope(work.actor, card.actor.division_code)
    return card


def _card_of_another(work: Work, account_id: UUID) -> AccountCard:
    card = _card_within(work, account_id)
    if account_id == work.actor.account_id:
        raise Forbidden("不能更改自己的账户，请由另一位管理员办理", code="own-account")
    return card


def _require_another(work: Work, actor: Actor, securing: frozenset[Role]) -> None:
    """One at a time, so that two security administrators cannot take each other away at the same moment."""
    if actor.role not in securing:
        return
    work.accounts.lock_name("security-administrators")
    if not work.accounts.is_held_by_another(securing, actor.account_id, work.now):
        raise Conflict("这是最后一位安全管理员，请先授予另一账户", code="last-security-admin")


def _reread(work: Work, account_id: UUID) -> AccountCard:
    card = work.accounts.card(account_id, work.now)
    if card is None:
        raise NotFound(f"没有账户 {account_id}", code="account-not-found")
    return card


def _changes(card: AccountCard, office: Office) -> dict[str, str | int]:
    """Before and after, as codes."""
    return {
        "role": f"{card.actor.role} {office.role}",
        "division_code": f"{card.actor.division_code} {office.division_code}",
        "valid_from": f"{card.valid_from or '-'} {office.valid_from or '-'}",
        "valid_until": f"{card.valid_until or '-'} {office.valid_until or '-'}",
        "identity": "same" if card.identity == office.identity else "changed",
    }
