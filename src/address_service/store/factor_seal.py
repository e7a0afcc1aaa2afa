"""The secrets of second factors under a key of their own, so that no rotation of residents' keys strands them."""

from uuid import UUID

from address_service.errors import NotReady
from address_service.store.keys import KeyRing, Purpose
from address_service.store.seal import Place, open_under, seal_under


def seal_secret(keys: KeyRing, county_code: str, factor_id: UUID, secret: bytes) -> tuple[bytes, UUID]:
    """The sealed secret, bound to the factor, and the id of the key; raises NotReady without a key."""
    key = keys.current_key(Purpose.TOTP)
    return seal_under(key, _place(county_code, factor_id), secret), key.id


def open_secret(keys: KeyRing, county_code: str, factor_id: UUID, sealed: bytes, key_id: UUID) -> bytes:
    """The secret; raises NotReady when the key is missing or the row was tampered with."""
    key = keys.find(Purpose.TOTP, key_id)
    try:
        return open_under(key, _place(county_code, factor_id), sealed)
    except NotReady as error:
        raise NotReady("第二因素的密文与密钥不符", code="second-factor-unreadable") from error


def _place(county_code: str, factor_id: UUID) -> Place:
    return Place(county_code, "second_factor", factor_id)
