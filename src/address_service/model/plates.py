"""Plates (门牌): the object on the wall, with a life of its own."""

from enum import StrEnum


class PlateStage(StrEnum):
    """Life of one plate from the order to the wall."""

    ORDERED = "ordered"
    MADE = "made"
    DELIVERED = "delivered"
    RECEIVED = "received"
    INSTALLED = "installed"
    SKIPPED = "skipped"
    REPLACED = "replaced"


class BatchStage(StrEnum):
    """Life of a batch of plates."""

    ORDERED = "ordered"
    PRINTED = "printed"
    FAILED = "failed"
    MADE = "made"
