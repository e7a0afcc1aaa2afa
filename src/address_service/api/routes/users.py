"""Accounts and their API keys."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas import KeyAnswer, KeyBody, UserBody, UserItem, UserPage
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.work import AdministerWork
from address_service.errors import NotFound
from address_service.model.accounts import Actor
from address_service.services.open_account import issue_api_key, open_account, revoke_api_key

router = APIRouter(prefix="/users", tags=["账户"])


@router.get("", summary="列出账户")
def list_users(work: AdministerWork) -> UserPage:
    """Enabled accounts of one's own scope by name."""
    within = [actor for actor in work.accounts.list() if work.actor.covers(actor.division_code)]
    return UserPage(items=[_item(actor) for actor in within], next_cursor=None)


@router.post("", status_code=201, summary="开设账户", response_model=UserItem)
def post_user(
    request: Request, work: AdministerWork, body: UserBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Open an account; it can do nothing before it has a key."""

    def act() -> UserItem:
        return _item(open_account(work, body.name, body.role, body.division_code))

    return answer_once(request, work, key, body, 201, act)


@router.post("/{user_id}/keys", status_code=201, summary="签发API密钥")
def post_key(work: AdministerWork, user_id: UUID, body: KeyBody) -> KeyAnswer:
    """Make an API key; its secret is in this answer and nowhere else.

    Takes no Idempotency-Key, under which the secret would have to be kept: end a key that was lost on its way.
    """
    account = next((actor for actor in work.accounts.list() if actor.account_id == user_id), None)
    if account is None:
        raise NotFound(f"没有账户 {user_id}", code="account-not-found")
    key = issue_api_key(work, account, body.label, body.days)
    return KeyAnswer(id=key.id, secret=key.secret)


@router.delete("/keys/{key_id}", status_code=204, summary="吊销API密钥")
def delete_key(work: AdministerWork, key_id: UUID) -> None:
    """End an API key at once; the row stays."""
    revoke_api_key(work, key_id)


def _item(actor: Actor) -> UserItem:
    return UserItem(id=actor.account_id, name=actor.name, role=actor.role, division_code=actor.division_code)
