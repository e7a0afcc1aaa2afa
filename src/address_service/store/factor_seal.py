"""The secrets of second factors under a key outside of the database: SM4-GCM or AES-256-GCM by the key's suite."""

import os
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES256, SM4

from address_service.errors import NotReady
from address_service.settings import CryptoSuite
from address_service.store.keys import KeyRing, Purpose

_NONCE = 12
_TAG = 16


def seal_secret(keys: KeyRing, factor_id: UUID, secret: bytes) -> tuple[bytes, UUID]:
    """Nonce, ciphertext and tag as one, bound to the factor, and the id of the key; raises NotReady without a key."""
    key = keys.current_key(Purpose.TOTP)
    nonce = os.urandom(_NONCE)
    encryptor = Cipher(_algorithm(key.suite, key.secret), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(factor_id.bytes)
    return nonce + encryptor.update(secret) + encryptor.finalize() + encryptor.tag, key.id


def open_secret(keys: KeyRing, factor_id: UUID, sealed: bytes, key_id: UUID) -> bytes:
    """The secret; raises NotReady when the key is missing or the row was tampered with."""
    key = keys.find(Purpose.TOTP, key_id)
    nonce, body, tag = sealed[:_NONCE], sealed[_NONCE:-_TAG], sealed[-_TAG:]
    decryptor = Cipher(_algorithm(key.suite, key.secret), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(factor_id.bytes)
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag as error:
        raise NotReady("第二因素的密文与密钥不符", code="second-factor-unreadable") from error


def _algorithm(suite: CryptoSuite, secret: bytes) -> SM4 | AES256:
    """SM4 takes 128 bits: half of a digest of the key, so that every bit of it counts."""
    return SM4(sha256(secret).digest()[:16]) if suite is CryptoSuite.SM else AES256(secret)
