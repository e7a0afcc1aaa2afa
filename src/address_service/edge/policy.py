"""The rules of signing in, from the settings."""

from address_service.errors import InvalidInput
from address_service.model.accounts import Confinement, Role, SignInPolicy, SignInWay
from address_service.settings import Settings
from address_service.store.sessions import Session


def policy_of(settings: Settings) -> SignInPolicy:
    """The rules; raises InvalidInput when an office is named that there is not."""
    try:
        roles = frozenset(Role(name) for name in settings.second_factor_roles)
    except ValueError as error:
        raise InvalidInput("设置 SECOND_FACTOR_ROLES 中有不认识的职责", code="setting-invalid") from error
    return SignInPolicy(
        min_length=settings.password_min_length,
        classes=settings.password_classes,
        history=settings.password_history,
        max_days=settings.password_max_days,
        tries=settings.sign_in_tries,
        lock_minutes=settings.lock_minutes,
        source_tries=settings.source_tries,
        idle_minutes=settings.session_idle_minutes,
        session_hours=settings.session_hours,
        second_factor=roles,
    )


def confinement_of(session: Session, policy: SignInPolicy) -> Confinement | None:
    """What a session must do first; only one by password can do it, the others prove themselves elsewhere."""
    if session.opened_by is not SignInWay.PASSWORD:
        return None
    age = session.seen_at - session.password_set_at if session.password_set_at else None
    is_old = age is not None and policy.max_days > 0 and age.days >= policy.max_days
    if session.password_is_one_time or is_old:
        return Confinement.PASSWORD
    if session.actor.role in policy.second_factor and not session.has_second_factor:
        return Confinement.SECOND_FACTOR
    return None
