"""Passwords as argon2 hashes with their history, and the tries at them, counted before they are verified."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection, insert, select, text, update

from address_service.store.tables.accounts import password, sign_in_guard, sign_in_pair, sign_in_source

_COUNTED_FOR = timedelta(minutes=15)
_LONGEST_WAIT_S = 60
_LONGEST_LOCK = timedelta(hours=24)
"""How long a source that failed at an account waits for it at most."""
_REMEMBERED_FOR = timedelta(days=7)
"""After how long without a failure there its next wait is a short one again."""
_PAIR_BUCKETS = 4096

_FAILED_HERE = "CASE WHEN p.locked_until IS NULL THEN p.failures + 1 ELSE 1 END"
_LOCKED_BEFORE = "CASE WHEN p.failed_at <= :forgotten THEN 0 ELSE p.locks END"

# The WHERE is asked of the row as the transactions before left it: guesses at one moment get one number each. What a
# source tries while it waits for the account is no try at the account. While the account is locked, nothing is
# counted for its sources.
_COUNT = text(
    f"""
    WITH here AS (
      INSERT INTO sign_in_pair AS p (county_code, account_id, bucket, failures, locks, locked_until, failed_at)
      SELECT county_code, id, :bucket, 1, CASE WHEN :tries <= 1 THEN 1 ELSE 0 END,
        CASE WHEN :tries <= 1 THEN CAST(:until AS timestamptz) END, :now FROM account
      WHERE county_code = :county AND id = :id AND NOT EXISTS (
        SELECT FROM sign_in_guard WHERE county_code = :county AND account_id = :id AND locked_until > :now)
      ON CONFLICT (county_code, account_id, bucket) DO UPDATE SET
        failures = {_FAILED_HERE},
        locks = {_LOCKED_BEFORE} + CASE WHEN {_FAILED_HERE} >= :tries THEN 1 ELSE 0 END,
        locked_until = CASE WHEN {_FAILED_HERE} >= :tries THEN CAST(:now AS timestamptz) + least(
          CAST(:longest AS interval), CAST(:lock AS interval) * power(2, least({_LOCKED_BEFORE}, 10))) END,
        failed_at = :now
      WHERE p.locked_until IS NULL OR p.locked_until <= :now
      RETURNING bucket
    )
    INSERT INTO sign_in_guard AS g (county_code, account_id, failures, locked_until)
    SELECT county_code, id, 1, CASE WHEN :tries <= 1 THEN CAST(:until AS timestamptz) END FROM account
    WHERE county_code = :county AND id = :id AND EXISTS (SELECT FROM here)
    ON CONFLICT (county_code, account_id) DO UPDATE SET
      failures = CASE WHEN g.locked_until IS NULL THEN g.failures + 1 ELSE 1 END,
      locked_until = CASE WHEN CASE WHEN g.locked_until IS NULL THEN g.failures + 1 ELSE 1 END >= :tries
        THEN CAST(:until AS timestamptz) END
    WHERE g.locked_until IS NULL OR g.locked_until <= :now
    RETURNING failures
    """  # noqa: S608
)

_COUNT_SOURCE = text(
    """
    INSERT INTO sign_in_source AS s (county_code, bucket, failures, counted_from, waits_until)
    VALUES (:county, :bucket, 1, :now, CASE WHEN :tries <= 1 THEN CAST(:now AS timestamptz) + interval '1 second' END)
    ON CONFLICT (county_code, bucket) DO UPDATE SET
      failures = CASE WHEN s.counted_from <= :since THEN 1 ELSE s.failures + 1 END,
      counted_from = CASE WHEN s.counted_from <= :since THEN :now ELSE s.counted_from END,
      waits_until = CASE WHEN s.counted_from > :since AND s.failures + 1 >= :tries
        THEN CAST(:now AS timestamptz)
          + make_interval(secs => least(:longest, power(2, least(s.failures + 1 - :tries, 20)))) END
    WHERE s.waits_until IS NULL OR s.waits_until <= :now
    RETURNING failures
    """
)


@dataclass(frozen=True, slots=True)
class PasswordRow:
    """A password of an account; ``expires_at`` is set on those good for one time."""

    serial: int
    hash: str
    set_at: datetime
    one_time: bool
    expires_at: datetime | None


class CredentialRepository:
    """Passwords and tries of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def passwords(self, account_id: UUID, most: int) -> list[PasswordRow]:
        """The latest passwords of an account; the first is in force."""
        query = (
            select(
                password.c.serial,
                password.c.hash,
                password.c.set_at,
                password.c.one_time,
                password.c.expires_at,
            )
            .where(password.c.county_code == self._county, password.c.account_id == account_id)
            .order_by(password.c.serial.desc())
            .limit(most)
        )
        return [PasswordRow(*row) for row in self._conn.execute(query)]

    def set_password(self, account_id: UUID, row: PasswordRow) -> None:
        """Add a password, which is in force from now on; its serial is one more than the last one's.

        Two at one moment: the second breaks the primary key, and `IntegrityError` says so.
        """
        self._conn.execute(
            insert(password).values(
                county_code=self._county,
                account_id=account_id,
                serial=row.serial,
                hash=row.hash,
                set_at=row.set_at,
                one_time=row.one_time,
                expires_at=row.expires_at,
            )
        )

    def count_try(
        self, account_id: UUID, tries: int, lock_minutes: int, now: datetime, source: str = ""
    ) -> int | None:
        """Count a try before it is verified: its number, None when the account is locked or there is none.

        The last of the tries locks; `clear_tries` opens again if it was the right one. A source that failed so often
        here waits as long, twice as long the next time and so on up to a day; its tries do not count meanwhile.
        """
        lock = timedelta(minutes=lock_minutes)
        values = {
            "county": self._county,
            "id": account_id,
            "tries": tries,
            "now": now,
            "until": now + lock,
            "lock": lock,
            "longest": _LONGEST_LOCK,
            "forgotten": now - _REMEMBERED_FOR,
            "bucket": _bucket(source) % _PAIR_BUCKETS,
        }
        found: int | None = self._conn.execute(_COUNT, values).scalar_one_or_none()
        return found

    def clear_tries(self, account_id: UUID, source: str | None = None) -> bool:
        """Forget the tries and unlock; False when there was nothing to forget.

        With ``source`` that one proved itself, and how often it waited is forgotten too; without, no source waits now.
        """
        self._let_in(account_id, source)
        guard = sign_in_guard
        done = self._conn.execute(
            update(guard)
            .where(
                guard.c.county_code == self._county,
                guard.c.account_id == account_id,
                guard.c.failures > 0,
            )
            .values(failures=0, locked_until=None)
        )
        return done.rowcount == 1

    def _let_in(self, account_id: UUID, source: str | None) -> None:
        pair = sign_in_pair
        mine = update(pair).where(pair.c.county_code == self._county, pair.c.account_id == account_id)
        if source is None:
            self._conn.execute(mine.where(pair.c.failures > 0).values(failures=0, locked_until=None))
        else:
            here = mine.where(pair.c.bucket == _bucket(source) % _PAIR_BUCKETS)
            self._conn.execute(here.values(failures=0, locks=0, locked_until=None))

    def count_source(self, source: str, tries: int, now: datetime) -> int | None:
        """Count a try from a source before it is verified: its number, None when the source has to wait."""
        values = {
            "county": self._county,
            "bucket": _bucket(source),
            "tries": tries,
            "now": now,
            "since": now - _COUNTED_FOR,
            "longest": _LONGEST_WAIT_S,
        }
        found: int | None = self._conn.execute(_COUNT_SOURCE, values).scalar_one_or_none()
        return found

    def clear_source(self, source: str) -> None:
        """Take one try from the count of a source: it was a good one."""
        table = sign_in_source
        self._conn.execute(
            update(table)
            .where(
                table.c.county_code == self._county, table.c.bucket == _bucket(source), table.c.failures > 0
            )
            .values(failures=table.c.failures - 1)
        )


def _bucket(source: str) -> int:
    return int.from_bytes(sha256(source.encode("utf-8", "surrogatepass")).digest()[:2])
