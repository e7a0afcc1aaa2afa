"""New identities: time-ordered UUIDs (version 7), so that indexes grow at one end."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A fresh identity."""
    return UUID(bytes=uuid_utils.uuid7().bytes)
