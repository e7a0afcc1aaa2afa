"""Tables of the register as SQLAlchemy Core sees them, a module a subject.

Constraints, indexes and privileges stand in `migrations/sql`, where they are read and reviewed as SQL; a test compares
every column here with the migrated database. Geometry is EPSG:4490 (lon, lat); `*_3857` columns are generated from it.
"""

from address_service.store.tables import (
    accounts,
    addresses,
    applications,
    audit,
    divisions,
    events,
    imports,
    land,
    mapping,
    mergers,
    numbering,
    places,
    plates,
    police,
    receipts,
    reconciliation,
    residents,
)
from address_service.store.tables.columns import metadata

__all__ = (
    "accounts",
    "addresses",
    "applications",
    "audit",
    "divisions",
    "events",
    "imports",
    "land",
    "mapping",
    "mergers",
    "metadata",
    "numbering",
    "places",
    "plates",
    "police",
    "receipts",
    "reconciliation",
    "residents",
)
