"""Answers about plates and the households behind them; of people masked data alone."""

from uuid import UUID

from pydantic import BaseModel, Field

from address_service.api.schemas.base import Page
from address_service.model.plates import PlateStage
from address_service.services.write_handout import MaskedHousehold


class HouseholdBehindItem(BaseModel):
    """A household behind a plate, masked."""

    household_id: UUID
    head: str = Field(examples=["张**"], description="户主，脱敏；集体户为“集体户”")
    book_no: str = Field(examples=["******123"], description="户号，脱敏")
    persons: int

    @classmethod
    def of(cls, one: MaskedHousehold) -> "HouseholdBehindItem":
        """From what the service found."""
        shown = one.shown
        return cls(
            household_id=one.household_id, head=shown.head, book_no=shown.book_no, persons=shown.persons
        )


class HouseholdBehindList(Page):
    """Households behind one plate."""

    items: list[HouseholdBehindItem]


class PlatePlace(BaseModel):
    """Where a plate is found: its batch, and its page in the batch's plates.pdf."""

    id: UUID
    batch_id: UUID
    batch_no: str
    position: int
    page: int
    stage: PlateStage
    name_text: str
    number_text: str
    address_code: str


class PlatePlaceList(Page):
    """The plates of one household."""

    items: list[PlatePlace]
