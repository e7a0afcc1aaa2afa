"""New identities: time-ordered UUIDs (version 7), so that indexes grow at one end."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A fresh identity."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def new_id_text() -> str:
    """A fresh identity that is only written down: as text it goes into a COPY sooner."""
    return str(uuid_utils.uuid7())
