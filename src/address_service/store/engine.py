"""How connections to the register are opened: search path, time limits, a name in `pg_stat_activity`."""

from dataclasses import dataclass
from enum import StrEnum

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Engine as Engine
from sqlalchemy import create_engine, event
from sqlalchemy.engine import ExceptionContext

from address_service.errors import InvalidInput

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
        creator=lambda: psycopg.connect(conninfo, connect_timeout=10),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=15,
        pool_pre_ping=True,
    )
    event.listen(engine, "handle_error", _refuse_unstorable)
    return engine


def _refuse_unstorable(context: ExceptionContext) -> None:
    """A NUL or half a surrogate pair in a text is the sender's mistake, whichever field it came in."""
    cause = context.original_exception
    if isinstance(cause, UnicodeEncodeError) or (
        isinstance(cause, psycopg.DataError) and "NUL" in str(cause)
    ):
        raise InvalidInput("文字中含有不能保存的字符", code="text-unstorable") from None


@dataclass(frozen=True, slots=True)
class Database:
    """The register as its three roles reach it: libpq URLs, and the write lane's engine."""

    app_url: str
    owner_url: str
    read_url: str
    engine: Engine
