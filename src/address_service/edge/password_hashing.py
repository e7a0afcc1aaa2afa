"""Argon2 (RFC 9106) within bounds: few at once, few in waiting, outside of every transaction."""

from contextlib import AbstractContextManager

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from address_service.edge.waiting_room import WaitingRoom
from address_service.errors import NotReady

_AT_ONCE = 2
_WAITING = 8
_PATIENCE_S = 10.0
# A hash of nobody's password, with the parameters of the others, so that an unknown name costs what a known one does.
_NOBODYS = PasswordHasher().hash("nobody has this password")


class PasswordHashing:
    """Verifies and makes hashes; safe to share between threads.

    Each takes 64 MiB and a good part of a second of one core. Who finds everything taken is refused at once: a flood of
    sign-ins holds a handful of threads and no connection while it waits.
    """

    def __init__(
        self, at_once: int = _AT_ONCE, waiting: int = _WAITING, patience_s: float = _PATIENCE_S
    ) -> None:
        """How many work and wait at one time, and for how long one waits."""
        self._hasher = PasswordHasher()
        self._room = WaitingRoom(at_once, waiting, patience_s, _busy)

    def turn(self) -> AbstractContextManager[None]:
        """Wait for a turn and keep it for the block; raises NotReady `sign-in-busy`."""
        return self._room.turn()

    def verify(self, hashed: str | None, password: str) -> bool:
        """Whether a password fits a hash; for None the work is the same, and the answer False."""
        try:
            self._hasher.verify(hashed or _NOBODYS, password.encode("utf-8", "surrogatepass"))
        except VerificationError:
            return False
        return hashed is not None

    def hash(self, password: str) -> str:
        """A hash with its salt and parameters."""
        return self._hasher.hash(password.encode("utf-8", "surrogatepass"))


def _busy() -> NotReady:
    return NotReady("登录的人较多，请稍后再试", code="sign-in-busy")
