"""Which number a gate gets: streets, areas, reservations; no I/O."""

from address_service.coding.numbering.area import plan_area
from address_service.coding.numbering.plan import (
    Claim,
    Door,
    ItemKind,
    Ledger,
    Plan,
    Proposal,
    Reason,
)
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.street import plan_street

__all__ = [
    "Claim",
    "Door",
    "ItemKind",
    "Ledger",
    "Plan",
    "Policy",
    "Proposal",
    "Reason",
    "plan_area",
    "plan_street",
]
