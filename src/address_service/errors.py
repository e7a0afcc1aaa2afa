"""The exceptions of the service: states of the world, each with a stable code and a Chinese message.

The tree::

    ServiceError
    ├── InvalidInput      the caller's data break a rule      (422)
    │   └── RejectedRows  some rows of a batch do             (422)
    ├── NotFound          no such thing in this county        (404)
    ├── Conflict          the state of the world forbids it   (409)
    │   └── Stale         somebody changed it meanwhile       (412)
    ├── Forbidden         this account may not                (403)
    ├── Unauthenticated   nobody is signed in                 (401)
    ├── TooLarge          more than the service takes         (413)
    ├── TooMany           more than this account may at once  (429)
    └── NotReady          the machine or database is not fit  (503)

The edges map class to status or exit code; ``code`` is what clients branch on and never changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong at one place of the input.

    ``row`` is the 1-based data row of a file (header excluded), or None outside of files;
    ``field`` is the column or JSON member as the caller named it.
    """

    code: str
    message: str
    field: str | None = None
    row: int | None = None


class ServiceError(Exception):
    """Base of every error that a caller may see."""

    default_code = "service-error"

    def __init__(self, message: str, *, code: str | None = None, errors: Sequence[FieldError] = ()) -> None:
        """``message`` is Chinese and names the thing and its id; ``code`` is stable kebab-case English."""
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.errors = tuple(errors)


class InvalidInput(ServiceError):
    """The caller's data break a rule."""

    default_code = "invalid-input"


class RejectedRows(InvalidInput):
    """Rows of a batch were refused, and the caller asked for all or nothing."""

    default_code = "rejected-rows"


class NotFound(ServiceError):
    """No such thing in this county."""

    default_code = "not-found"


class Conflict(ServiceError):
    """The state of the world forbids the act."""

    default_code = "conflict"


class Stale(Conflict):
    """Somebody changed the thing since the caller read it."""

    default_code = "stale"


class Forbidden(ServiceError):
    """This account may not do that."""

    default_code = "forbidden"


class Unauthenticated(ServiceError):
    """Nobody is signed in, or the key is unknown or expired."""

    default_code = "unauthenticated"


class TooLarge(ServiceError):
    """More bytes or rows than the service takes at once."""

    default_code = "too-large"


class TooMany(ServiceError):
    """More than this account may do in the time; it may again later."""

    default_code = "too-many"


class NotReady(ServiceError):
    """The machine or the database is not fit; the message names the cure."""

    default_code = "not-ready"
