"""Accounts of others: open, give an office, disable, unlock, passwords, keys, sessions."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.account import (
    KeyAnswer,
    KeyBody,
    KeyItem,
    KeyPage,
    OfficeBody,
    OneTimePassword,
    SessionItem,
    SessionPage,
    UserBody,
    UserItem,
    UserPage,
)
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.origin import origin_of
from address_service.edge.password_desk import give_password
from address_service.edge.rights import Right, require_right, roles_with
from address_service.edge.sign_in import ApiKey
from address_service.edge.work import AdministerWork, HouseDep, KeepAccountsWork, SecureWork, signed_in_work
from address_service.errors import Forbidden, InvalidInput
from address_service.services import keep_accounts
from address_service.services.open_account import issue_api_key, open_account, revoke_api_key
from address_service.settings import Administrators
from address_service.store.accounts import AccountCard, Office
from address_service.store.api_keys import KeyCard

router = APIRouter(prefix="/users", tags=["账户"])


@router.get("", summary="列出账户")
def list_users(work: KeepAccountsWork) -> UserPage:
    """Accounts of one's own scope by name, disabled ones last."""
    within = [card for card in work.accounts.cards(work.now) if work.actor.covers(card.actor.division_code)]
    return UserPage(items=[_item(card) for card in within], next_cursor=None)


@router.post("", status_code=201, summary="开设账户", response_model=UserItem)
def post_user(
    request: Request, work: AdministerWork, body: UserBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Open an account; it can do nothing before it has an office, and a password or key."""

    def act() -> UserItem:
        opened = open_account(work, body.name, body.role, body.division_code or work.actor.division_code)
        return UserItem(
            id=opened.account_id, name=opened.name, role=opened.role, division_code=opened.division_code
        )

    return answer_once(request, work, key, body, 201, act)


@router.put("/{user_id}/office", summary="授予或更改职责与辖区")
def put_office(work: SecureWork, house: HouseDep, user_id: UUID, body: OfficeBody) -> UserItem:
    """Give office, scope and dates to another account; its sessions end."""
    office = Office(body.role, body.division_code, body.valid_from, body.valid_until, body.identity)
    securing = roles_with(Right.SECURE, house.settings.administrators)
    return _item(keep_accounts.give_office(work, user_id, office, securing))


@router.post("/{user_id}/disable", summary="停用账户")
def post_disable(work: AdministerWork, house: HouseDep, user_id: UUID) -> UserItem:
    """Disable another account: its sessions end, its keys no longer work."""
    securing = roles_with(Right.SECURE, house.settings.administrators)
    return _item(keep_accounts.disable_account(work, user_id, securing))


@router.post("/{user_id}/enable", summary="恢复账户")
def post_enable(work: AdministerWork, user_id: UUID) -> UserItem:
    """Enable an account again; where the administrators are apart it comes back without an office."""
    return _item(keep_accounts.enable_account(work, user_id))


@router.post("/{user_id}/unlock", summary="解锁账户")
def post_unlock(work: SecureWork, user_id: UUID) -> UserItem:
    """Forget the failed tries."""
    return _item(keep_accounts.unlock_account(work, user_id))


@router.post("/{user_id}/password", status_code=201, summary="发放一次性口令")
def post_password(request: Request, house: HouseDep, key: ApiKey, user_id: UUID) -> OneTimePassword:
    """Give another account a password that must be changed at its first sign-in; its sessions end."""
    with signed_in_work(request, key, Right.SECURE) as work:
        actor, card = work.actor, keep_accounts.account_within(work, user_id)
        if user_id == actor.account_id:
            raise Forbidden("自己的口令请在“我的账户”中更改", code="own-account")
    return OneTimePassword(password=give_password(house, origin_of(request), actor, card.actor) or "")


@router.delete("/{user_id}/second-factor", summary="解除第二因素")
def delete_second_factor(work: SecureWork, user_id: UUID) -> UserItem:
    """Take the second factor of another account away, when the phone is lost; its sessions end."""
    return _item(keep_accounts.remove_second_factor(work, user_id))


@router.get("/{user_id}/keys", summary="列出账户的API密钥")
def list_keys(work: SecureWork, user_id: UUID) -> KeyPage:
    """Keys of an account, ended ones too, without their secrets."""
    keep_accounts.account_within(work, user_id)
    return KeyPage(items=[key_item(card) for card in work.api_keys.of_account(user_id)], next_cursor=None)


@router.post("/{user_id}/keys", status_code=201, summary="签发API密钥")
def post_key(work: AdministerWork, house: HouseDep, user_id: UUID, body: KeyBody) -> KeyAnswer:
    """Make an API key for an account, where one administrator is all three; its secret is in this answer only.

    Takes no Idempotency-Key, under which the secret would have to be kept: end a key that was lost on its way.
    """
    if house.settings.administrators is Administrators.APART:
        raise Forbidden("三员分立时密钥由账户本人在“我的账户”中签发", code="key-by-owner")
    require_right(work.actor, Right.SECURE)  # a key of some rights makes none of more
    card = keep_accounts.account_within(work, user_id)
    if card.disabled_at is not None:
        raise InvalidInput(f"账户“{card.actor.name}”已停用", code="account-disabled")
    key = issue_api_key(work, card.actor, body.label, body.days, body.rights)
    return KeyAnswer(id=key.id, secret=key.secret)


@router.delete("/keys/{key_id}", status_code=204, summary="吊销API密钥")
def delete_key(work: SecureWork, key_id: UUID) -> None:
    """End an API key at once; the row stays."""
    revoke_api_key(work, key_id)


@router.get("/{user_id}/sessions", summary="列出账户的会话")
def list_sessions(work: SecureWork, house: HouseDep, user_id: UUID) -> SessionPage:
    """Live browser sessions of an account."""
    keep_accounts.account_within(work, user_id)
    found = work.sessions.of_account(user_id, work.now, house.policy.idle_minutes)
    items = [
        SessionItem(
            id=s.id,
            opened_by=s.opened_by,
            created_at=s.created_at,
            seen_at=s.seen_at,
            expires_at=s.expires_at,
            is_this=False,
        )
        for s in found
    ]
    return SessionPage(items=items, next_cursor=None)


@router.delete("/sessions/{session_id}", status_code=204, summary="结束会话")
def delete_session(work: SecureWork, session_id: UUID) -> None:
    """End a browser session of an account at once."""
    keep_accounts.end_session(work, session_id, own=False)


def _item(card: AccountCard) -> UserItem:
    actor = card.actor
    return UserItem(
        id=actor.account_id,
        name=actor.name,
        role=actor.role,
        division_code=actor.division_code,
        valid_from=card.valid_from,
        valid_until=card.valid_until,
        identity=card.identity,
        disabled_at=card.disabled_at,
        locked_until=card.locked_until,
        has_password=card.has_password,
        has_second_factor=card.has_second_factor,
    )


def key_item(card: KeyCard) -> KeyItem:
    """A key as it is answered."""
    return KeyItem(
        id=card.id,
        label=card.label,
        rights=None if card.rights is None else sorted(card.rights),
        created_at=card.created_at,
        expires_at=card.expires_at,
        revoked_at=card.revoked_at,
    )
