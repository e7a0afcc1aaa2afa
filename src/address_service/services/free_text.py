"""What free text of any use-case may not hold."""

from address_service.coding.personal_numbers import holds_personal_number
from address_service.errors import InvalidInput


def refuse_personal_numbers(*texts: str) -> None:
    """Raise InvalidInput `personal-data-not-here` for a citizen id or a mobile number, which have no place here yet."""
    if any(holds_personal_number(text) for text in texts):
        raise InvalidInput(
            "此处不登记身份证号码和手机号码，请删去后再提交；证件只需注明“已查验”",
            code="personal-data-not-here",
        )
