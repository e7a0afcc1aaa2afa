"""The seal over residents' data: one random key for each row, wrapped under a key that is not in the database.

Layout of a sealed value: one byte for the suite, 12 of nonce, the ciphertext, 16 of tag. The tag also covers county,
table and row (additional data), so that a value moved to another row does not open. The index that finds a value again
is a keyed digest of its normalised text: equal texts have equal digests, and nothing else can be told from one.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from address_service.errors import NotReady
from address_service.settings import CryptoSuite
from address_service.store.keys import Key, KeyRing, Purpose

_NONCE, _TAG = 12, 16
_MARKS = {CryptoSuite.SM: 1, CryptoSuite.INTERNATIONAL: 2}
_SUITES = {mark: suite for suite, mark in _MARKS.items()}
_KEY_BYTES = {CryptoSuite.SM: 16, CryptoSuite.INTERNATIONAL: 32}
_HASHES: dict[CryptoSuite, type[hashes.HashAlgorithm]] = {
    CryptoSuite.SM: hashes.SM3,
    CryptoSuite.INTERNATIONAL: hashes.SHA256,
}
_BLOCKS: dict[CryptoSuite, Any] = {CryptoSuite.SM: algorithms.SM4, CryptoSuite.INTERNATIONAL: algorithms.AES}


@dataclass(frozen=True, slots=True)
class Place:
    """The row that a sealed value belongs to."""

    county_code: str
    table: str
    row_id: UUID

    def bound(self) -> bytes:
        """What the tag covers beside the value."""
        return f"{self.county_code}|{self.table}|".encode() + self.row_id.bytes


@dataclass(frozen=True, slots=True)
class RowKey:
    """A row's key as it is kept: under which key of the ring it is wrapped, and the wrapped bytes."""

    key_id: UUID
    wrapped: bytes


class Seal:
    """Seals, opens and finds for one county within one unit of work, which uses the keys that it began with.

    Cheap to make; derived keys are remembered for the process.
    """

    def __init__(self, ring: KeyRing, county_code: str) -> None:
        """Nothing is read before the first use."""
        self._ring = ring
        self._county = county_code
        self._current: dict[Purpose, Key] = {}
        self._finding: list[Key] = []

    def seal_new(self, table: str, row_id: UUID, payload: Mapping[str, Any]) -> tuple[RowKey, bytes]:
        """A fresh row key, wrapped, and the payload (JSON) sealed under it."""
        place = Place(self._county, table, row_id)
        wrapping = self._in_use(Purpose.SEAL)
        secret = os.urandom(_KEY_BYTES[wrapping.suite])
        wrapped = seal_under(wrapping, place, secret)
        return RowKey(wrapping.id, wrapped), _encrypt(wrapping.suite, secret, orjson.dumps(payload), place)

    def seal_again(self, table: str, row_id: UUID, key: RowKey, payload: Mapping[str, Any]) -> bytes:
        """Another payload of a row under the key it has, so that one destruction ends them all."""
        place = Place(self._county, table, row_id)
        secret = self._unwrap(key, place)
        return _encrypt(_suite_of_length(secret), secret, orjson.dumps(payload), place)

    def open(self, table: str, row_id: UUID, key: RowKey, sealed: bytes) -> dict[str, Any]:
        """A payload; raises NotReady `seal-broken` when it was altered or belongs to another row, or `key-missing`."""
        place = Place(self._county, table, row_id)
        found: dict[str, Any] = orjson.loads(_decrypt(self._unwrap(key, place), sealed, place))
        return found

    def seal_file(self, file_id: UUID, content: bytes) -> bytes:
        """A file's content to lie on a disk for a while: key id, length of the wrapped key, wrapped key, content."""
        place = Place(self._county, "file", file_id)
        wrapping = self._in_use(Purpose.SEAL)
        secret = os.urandom(_KEY_BYTES[wrapping.suite])
        wrapped = seal_under(wrapping, place, secret)
        sealed = _encrypt(wrapping.suite, secret, content, place)
        return wrapping.id.bytes + bytes([len(wrapped)]) + wrapped + sealed

    def open_file(self, file_id: UUID, sealed: bytes) -> bytes:
        """The content of such a file; raises NotReady `seal-broken` or `key-missing`."""
        place = Place(self._county, "file", file_id)
        end = 17 + sealed[16]
        secret = self._unwrap(RowKey(UUID(bytes=sealed[:16]), sealed[17:end]), place)
        return _decrypt(secret, sealed[end:], place)

    def rewrap(self, table: str, row_id: UUID, key: RowKey) -> RowKey:
        """The row's key under the current key of the ring; the payloads stay as they are."""
        place = Place(self._county, table, row_id)
        secret = self._unwrap(key, place)
        wrapping = self._in_use(Purpose.SEAL)
        return RowKey(wrapping.id, seal_under(wrapping, place, secret))

    def current_ids(self) -> tuple[UUID, UUID]:
        """The keys in use now for sealing and for finding."""
        return self._in_use(Purpose.SEAL).id, self._in_use(Purpose.INDEX).id

    def index(self, kind: str, value: str | None) -> bytes | None:
        """The digest by which a normalised value is found, under the key in use; None of None."""
        return None if value is None else _digest(self._in_use(Purpose.INDEX), self._county, kind, value)

    def indexes(self, kind: str, value: str) -> list[bytes]:
        """The digests of a value under every key, for look-ups while rows are carried over to another."""
        if not self._finding:
            self._finding = self._ring.all(Purpose.INDEX)
        return [_digest(key, self._county, kind, value) for key in self._finding]

    def _in_use(self, purpose: Purpose) -> Key:
        # Asked for every value of every row: the ring would look at its source each time.
        key = self._current.get(purpose)
        if key is None:
            key = self._current[purpose] = self._ring.current_key(purpose)
        return key

    def _unwrap(self, key: RowKey, place: Place) -> bytes:
        wrapping = self._ring.find(Purpose.SEAL, key.key_id)
        return open_under(wrapping, place, key.wrapped)


def seal_under(key: Key, place: Place, content: bytes) -> bytes:
    """Content sealed under a key of the ring itself, without a row key between."""
    return _encrypt(key.suite, _wrapping_secret(key), content, place)


def open_under(key: Key, place: Place, sealed: bytes) -> bytes:
    """Such content; raises NotReady `seal-broken` when it was altered or belongs to another row."""
    return _decrypt(_wrapping_secret(key), sealed, place)


@lru_cache(maxsize=64)
def _wrapping_secret(key: Key) -> bytes:
    algorithm = _HASHES[key.suite]()
    return HKDF(algorithm, _KEY_BYTES[key.suite], None, b"address-service row keys").derive(key.secret)


@lru_cache(maxsize=64)
def _index_state(key: Key) -> hmac.HMAC:
    return hmac.HMAC(key.secret, _HASHES[key.suite]())


def _digest(key: Key, county_code: str, kind: str, value: str) -> bytes:
    state = _index_state(key).copy()
    state.update(f"{county_code}\0{kind}\0{value}".encode())
    return state.finalize()


def _suite_of_length(secret: bytes) -> CryptoSuite:
    return next(suite for suite, length in _KEY_BYTES.items() if length == len(secret))


def _encrypt(suite: CryptoSuite, secret: bytes, plain: bytes, place: Place) -> bytes:
    nonce = os.urandom(_NONCE)
    encryptor = Cipher(_BLOCKS[suite](secret), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(place.bound())
    sealed = encryptor.update(plain) + encryptor.finalize()
    return bytes([_MARKS[suite]]) + nonce + sealed + encryptor.tag


def _decrypt(secret: bytes, sealed: bytes, place: Place) -> bytes:
    try:
        suite = _SUITES[sealed[0]]
        nonce, body, tag = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE : -_TAG], sealed[-_TAG:]
        decryptor = Cipher(_BLOCKS[suite](secret), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(place.bound())
        return decryptor.update(body) + decryptor.finalize()
    except (InvalidTag, KeyError, IndexError, ValueError):
        raise NotReady(
            f"{place.table} {place.row_id} 的密封数据打不开：内容被改动，或密钥不符", code="seal-broken"
        ) from None
