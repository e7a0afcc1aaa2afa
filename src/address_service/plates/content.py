"""What stands on one plate, and what can be wrong with it before printing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlateContent:
    """Texts of one plate (门牌), ready to print.

    ``url`` is what the QR code holds: it ends in the opaque token of the plate, never in resident data.
    ``pinyin`` is used by the profiles that show it; left empty, it is derived from ``name_text``.
    """

    name_text: str
    number_text: str
    postcode: str
    url: str
    address_code: str
    pinyin: str = ""


@dataclass(frozen=True, slots=True)
class PreflightProblem:
    """Why one plate, or the batch as a whole, must not go to the printer as it is.

    ``position`` is the 1-based place in the batch (the page of the PDF), None for the batch itself.
    """

    code: str
    message: str
    position: int | None = None
    field: str | None = None
