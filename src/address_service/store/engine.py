"""How connections to the register are opened: search path, time limits, a name in `pg_stat_activity`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from select import POLLIN, poll
from typing import Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, create_engine, event
from sqlalchemy import Engine as Engine
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from address_service.errors import Conflict, InvalidInput, NotReady
from address_service.store.notes import follow_savepoints, forget_notes
from address_service.store.plain_errors import forget_values

SEARCH_PATH = "registry,queue,public"


class Lane(StrEnum):
    """What a connection is for, which decides how long a statement may take."""

    WEB = "web"
    JOBS = "jobs"
    READ = "read"


# A web request that runs longer than its client waits only holds locks; imports and plans take their time.
_STATEMENT_TIMEOUT = {Lane.WEB: "60s", Lane.JOBS: "0", Lane.READ: "20s"}
_LOCK_TIMEOUT = {Lane.WEB: "10s", Lane.JOBS: "60s", Lane.READ: "5s"}
_IDLE_TIMEOUT = {Lane.WEB: "60s", Lane.JOBS: "10min", Lane.READ: "60s"}


def with_options(url: str, lane: Lane) -> str:
    """The URL as a libpq connection string that carries the lane's options after the URL's own."""
    own = str(conninfo_to_dict(url).get("options") or "")
    options = {
        "search_path": SEARCH_PATH,
        "statement_timeout": _STATEMENT_TIMEOUT[lane],
        "lock_timeout": _LOCK_TIMEOUT[lane],
        "idle_in_transaction_session_timeout": _IDLE_TIMEOUT[lane],
    }
    added = " ".join(f"-c {key}={value}" for key, value in options.items())
    return make_conninfo(url, options=f"{own} {added}".strip(), application_name=f"address-service {lane}")


def make_engine(url: str, lane: Lane = Lane.WEB, pool_size: int = 5) -> Engine:
    """An engine over psycopg 3; connections open on first use."""
    conninfo = with_options(url, lane)
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(conninfo),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=15,
        hide_parameters=True,  # an error that ends up in a log names no value
    )
    event.listen(engine, "checkout", _refuse_dead)
    event.listen(engine, "handle_error", _explain)
    follow_savepoints(engine)
    return engine


def connect(conninfo: str) -> "psycopg.Connection[Any]":
    """A connection as the write lane's are: what is said a second time on it is prepared."""
    return psycopg.connect(conninfo, connect_timeout=10, prepare_threshold=1)


def _refuse_dead(
    connection: "psycopg.Connection[object]", record: ConnectionPoolEntry, _proxy: object
) -> None:
    """Let the pool open another connection for one that the server has ended.

    A connection at rest has nothing to say; what can be read from it is the server's farewell. That is known without a
    trip to the server, which a ping would take for every request.
    """
    forget_notes(record.info)
    line = poll()
    if not connection.closed:
        line.register(connection.fileno(), POLLIN)
        if not line.poll(0):
            return
    raise DisconnectionError


_BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)


_UNSTORABLE = (
    "NUL",
    "unsupported Unicode escape sequence",
    "Unicode high surrogate",
    "Unicode low surrogate",
)
"""What the driver says of a text, and the server of a JSON value, that no column can hold."""


def _explain(context: ExceptionContext) -> None:
    explain(context.original_exception)
    if context.sqlalchemy_exception is not None:
        forget_values(context.sqlalchemy_exception)


def explain(cause: BaseException) -> None:
    """Raise what the database says of the caller or of the hour in words a caller may see; the rest keeps no value."""
    if isinstance(cause, UnicodeEncodeError) or (
        isinstance(cause, psycopg.DataError) and any(sign in str(cause) for sign in _UNSTORABLE)
    ):
        # A NUL or half a surrogate pair in a text is the sender's mistake, whichever field it came in.
        raise InvalidInput("文字中含有不能保存的字符", code="text-unstorable") from None
    if isinstance(cause, _BUSY):
        raise Conflict("别人正在处理同一处，请稍后再试", code="busy") from cause
    if isinstance(cause, errors.QueryCanceled):
        raise NotReady("数据库忙，未能及时完成，请稍后再试", code="database-busy") from cause
    forget_values(cause)


@contextmanager
def begin(engine: Engine) -> Iterator[Connection]:
    """A transaction that commits when the block ends well; raises NotReady when no connection comes free in time."""
    try:
        conn = engine.connect()
    except PoolTimeout as error:
        raise NotReady("服务繁忙，请稍后再试", code="database-busy") from error
    with conn, conn.begin():
        yield conn


@dataclass(frozen=True, slots=True)
class Database:
    """The register as its three roles reach it: libpq URLs, and the write lane's engine."""

    app_url: str
    owner_url: str
    read_url: str
    engine: Engine
