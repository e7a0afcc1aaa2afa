"""Keys that never lie in the database: read from files, the environment or a command, told apart by purpose and id.

One line for each key, wherever it comes from::

    PURPOSE SUITE KEY_ID SECRET        seal sm 019c…-… 64 hex digits

Ids are UUIDs of version 7, so the latest of a purpose is the current one; the others go on opening what they sealed.
"""

import os
import secrets
import shlex
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from threading import Lock
from uuid import UUID

from address_service.errors import NotReady
from address_service.settings import CryptoSuite, Settings
from address_service.store.ids import new_id

SECRET_BYTES = 32
_COMMAND_SECONDS = 30


class Purpose(StrEnum):
    """What a key is for; no key serves two purposes."""

    SEAL = "seal"
    INDEX = "index"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Key:
    """One key; its suite says which algorithms it is used with."""

    purpose: Purpose
    suite: CryptoSuite
    id: UUID
    secret: bytes = field(repr=False)

    def line(self) -> str:
        """The key as it is kept."""
        return f"{self.purpose} {self.suite} {self.id} {self.secret.hex()}"


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where the keys are: a command that prints them, a text, or the files of a folder; the first that is given."""

    folder: Path
    text: str | None = field(default=None, repr=False)
    command: str | None = None

    def read(self) -> list[Key]:
        """Every key; raises NotReady `keys-unreadable`, `keys-malformed` or `key-file-open`."""
        if self.command:
            return list(_parse(_ask(self.command)))
        if self.text:
            return list(_parse(self.text))
        return [key for file in sorted(self.folder.glob("*.key")) for key in _parse(_read_private(file))]

    def stamp(self) -> int:
        """What changes when keys are added; nothing but files is looked at twice."""
        if self.command or self.text or not self.folder.is_dir():
            return 0
        return self.folder.stat().st_mtime_ns


class KeyRing:
    """The keys of one source; safe to share between threads, aware of keys that are added while it is used."""

    def __init__(self, source: KeySource) -> None:
        """Nothing is read before the first question."""
        self._source = source
        self._stamp: int | None = None
        self._keys: dict[tuple[str, UUID], Key] = {}
        self._lock = Lock()

    def current(self, purpose: str) -> tuple[UUID, bytes]:
        """Id and secret of the key to use for new things; raises NotReady `key-missing`."""
        key = self.current_key(purpose)
        return key.id, key.secret

    def key(self, purpose: str, key_id: UUID) -> bytes:
        """The secret of a key in use; raises NotReady `key-missing`."""
        return self.find(purpose, key_id).secret

    def current_key(self, purpose: str) -> Key:
        """The latest key of a purpose; raises NotReady `key-missing`."""
        keys = self.all(purpose)
        if not keys:
            raise NotReady(
                f"没有用途为 {purpose} 的密钥，请先运行 address-service keys create", code="key-missing"
            )
        return keys[-1]

    def find(self, purpose: str, key_id: UUID) -> Key:
        """A key by its id; raises NotReady `key-missing`."""
        self._refresh()
        found = self._keys.get((purpose, key_id))
        if found is None:
            raise NotReady(f"缺少密钥 {purpose} {key_id}，请把它放回密钥目录", code="key-missing")
        return found

    def all(self, purpose: str | None = None) -> list[Key]:
        """The keys, the current one of a purpose last."""
        self._refresh()
        keys = [key for key in self._keys.values() if purpose in (None, key.purpose)]
        return sorted(keys, key=lambda key: (key.purpose, key.id))

    def _refresh(self) -> None:
        stamp = self._source.stamp()
        if stamp == self._stamp:
            return
        with self._lock:
            keys = self._source.read()
            self._keys = {(key.purpose, key.id): key for key in keys}
            self._stamp = stamp


def source_of(settings: Settings) -> KeySource:
    """Where the settings say that the keys are; by default files under DATA_DIR/keys."""
    text = settings.key_text.get_secret_value() if settings.key_text else None
    return KeySource(settings.key_dir or settings.data_dir / "keys", text, settings.key_command)


@lru_cache(maxsize=8)
def _ring(source: KeySource) -> KeyRing:
    return KeyRing(source)


def ring_of(settings: Settings) -> KeyRing:
    """The ring of the settings' keys, one for the whole process."""
    return _ring(source_of(settings))


def make_key(purpose: Purpose, suite: CryptoSuite) -> Key:
    """A fresh random key."""
    return Key(purpose, suite, new_id(), secrets.token_bytes(SECRET_BYTES))


def keep_key(folder: Path, key: Key) -> Path:
    """Write a key into its own file, mode 600, whole or not at all; never over another."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    final = folder / f"{key.purpose}.{key.id}.key"
    handle, name = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{key.line()}\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(name, final)
    finally:
        Path(name).unlink()
    return final


def _read_private(file: Path) -> str:
    try:
        mode = file.stat().st_mode
        if mode & 0o077:
            raise NotReady(f"密钥文件 {file} 可被他人读取，请执行 chmod 600", code="key-file-open")
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise NotReady(f"无法读取密钥文件 {file}", code="keys-unreadable") from error


def _ask(command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the installer's own command
            shlex.split(command), capture_output=True, text=True, timeout=_COMMAND_SECONDS, check=True
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        # The cause would carry what the command printed, which may be keys.
        raise NotReady("设置 KEY_COMMAND 的命令未能给出密钥", code="keys-unreadable") from None
    return done.stdout


def _parse(text: str) -> Iterable[Key]:
    for line in text.replace(";", "\n").splitlines():
        if line.strip():
            yield _key(line.split())


def _key(parts: list[str]) -> Key:
    try:
        purpose, suite, key_id, secret = parts
        key = Key(Purpose(purpose), CryptoSuite(suite), UUID(key_id), bytes.fromhex(secret))
    except ValueError:
        key = None
    if key is None or len(key.secret) != SECRET_BYTES:
        raise NotReady("密钥不是“用途 算法 编号 64位十六进制”的格式", code="keys-malformed") from None
    return key
