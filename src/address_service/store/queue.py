"""Jobs put into the same transaction as the write that caused them (procrastinate's tables)."""

import json
from typing import Any

from sqlalchemy import Connection, text

_DEFER = text(
    """
    SELECT unnest(queue.procrastinate_defer_jobs_v1(ARRAY[
        ROW('default', CAST(:task AS varchar), 0, CAST(:lock AS text), NULL, CAST(:args AS jsonb), NULL)
            ::queue.procrastinate_job_to_defer_v1]))
    """
)


class Queue:
    """Defers jobs by name; arguments are ids, never data of people."""

    def __init__(self, conn: Connection) -> None:
        """Bind to a transaction."""
        self._conn = conn

    def defer(self, task: str, *, lock: str | None = None, **args: Any) -> int:
        """Queue a job that starts once this transaction commits; jobs under one lock run one after another."""
        values = {"task": task, "lock": lock, "args": json.dumps(args)}
        return int(self._conn.execute(_DEFER, values).scalar_one())
