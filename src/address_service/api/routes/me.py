"""One's own account: password, second factor, sessions, keys."""

import io
from uuid import UUID

import qrcode
from fastapi import APIRouter, Request
from qrcode.image.svg import SvgPathImage

from address_service.api.routes.users import key_item
from address_service.api.schemas.account import (
    CodeBody,
    FactorStart,
    KeyAnswer,
    KeyBody,
    KeyPage,
    MyAccount,
    PasswordBody,
    PasswordRules,
    RecoveryCodes,
    SessionItem,
    SessionPage,
)
from address_service.edge.origin import origin_of
from address_service.edge.password_desk import change_own_password
from address_service.edge.policy import confinement_of
from address_service.edge.work import (
    AnonymousWork,
    HouseDep,
    KnownSession,
    OwnSession,
    OwnWork,
    SettledWork,
)
from address_service.errors import InvalidInput
from address_service.model.labels import label
from address_service.services.hold_second_factor import confirm_second_factor, start_second_factor
from address_service.services.keep_accounts import end_session
from address_service.services.open_account import issue_api_key, revoke_own_key
from address_service.store.county import load_county

router = APIRouter(prefix="/me", tags=["我的账户"])


@router.get("", summary="我的账户")
def get_me(work: AnonymousWork, house: HouseDep, session: KnownSession) -> MyAccount:
    """Who asks; answered also while the session has to do something first."""
    actor, policy = work.actor, house.policy
    factor = work.second_factors.find(actor.account_id)
    return MyAccount(
        id=actor.account_id,
        name=actor.name,
        role=actor.role,
        office=label(actor.role),
        division_code=actor.division_code,
        rights=sorted(actor.rights),
        signed_in_by=session.opened_by if session else "api_key",
        must=confinement_of(session, policy) if session else None,
        has_second_factor=factor is not None and factor.is_confirmed,
        csrf_token=session.csrf_token if session else None,
        password_rules=PasswordRules(
            min_length=policy.min_length, classes=policy.classes, history=policy.history
        ),
    )


@router.post("/password", status_code=204, summary="更改口令")
def post_password(request: Request, house: HouseDep, session: OwnSession, body: PasswordBody) -> None:
    """Set another password; the account's other sessions end."""
    change_own_password(house, origin_of(request), session, body.old_password, body.new_password)


@router.post("/second-factor", status_code=201, summary="开始设置第二因素")
def post_second_factor(work: OwnWork) -> FactorStart:
    """A secret for an app that shows codes by time (TOTP); it counts once it is confirmed."""
    county = load_county(work.conn, work.county_code)
    started = start_second_factor(work, f"{county.name}标准地址")
    return FactorStart(secret=started.secret, uri=started.uri, qr_svg=_qr(started.uri))


@router.post("/second-factor/confirm", summary="确认第二因素")
def post_confirmation(work: OwnWork, body: CodeBody) -> RecoveryCodes:
    """Show a code of the app; from now on signing in asks for one."""
    return RecoveryCodes(codes=confirm_second_factor(work, body.code))


@router.get("/sessions", summary="我的会话")
def list_sessions(work: AnonymousWork, house: HouseDep, session: KnownSession) -> SessionPage:
    """One's own live browser sessions."""
    found = work.sessions.of_account(work.actor.account_id, work.now, house.policy.idle_minutes)
    items = [
        SessionItem(
            id=s.id,
            opened_by=s.opened_by,
            created_at=s.created_at,
            seen_at=s.seen_at,
            expires_at=s.expires_at,
            is_this=session is not None and s.id == session.id,
        )
        for s in found
    ]
    return SessionPage(items=items, next_cursor=None)


@router.delete("/sessions/{session_id}", status_code=204, summary="结束我的会话")
def delete_session(work: OwnWork, session_id: UUID) -> None:
    """End one of one's own sessions."""
    end_session(work, session_id, own=True)


@router.get("/keys", summary="我的API密钥")
def list_keys(work: AnonymousWork, session: KnownSession) -> KeyPage:
    """One's own keys, ended ones too, without their secrets."""
    del session  # it says who asks
    cards = work.api_keys.of_account(work.actor.account_id)
    return KeyPage(items=[key_item(card) for card in cards], next_cursor=None)


@router.post("/keys", status_code=201, summary="签发我的API密钥")
def post_key(work: SettledWork, body: KeyBody) -> KeyAnswer:
    """Make a key for a machine of one's own, with all or some of one's rights; its secret is in this answer only."""
    beyond = set(body.rights or ()) - work.actor.rights
    if beyond:
        raise InvalidInput("密钥的权限不能多于本人的", code="key-rights-beyond")
    key = issue_api_key(work, work.actor, body.label, body.days, body.rights)
    return KeyAnswer(id=key.id, secret=key.secret)


@router.delete("/keys/{key_id}", status_code=204, summary="吊销我的API密钥")
def delete_key(work: OwnWork, key_id: UUID) -> None:
    """End one of one's own keys at once."""
    revoke_own_key(work, key_id)


def _qr(uri: str) -> str:
    drawn = io.BytesIO()
    qrcode.make(uri, image_factory=SvgPathImage, border=2).save(drawn)
    return drawn.getvalue().decode()
