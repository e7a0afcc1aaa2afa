"""Whether a password keeps the rules: length, kinds of characters, nothing of the account's own name."""

from address_service.errors import FieldError
from address_service.model.accounts import SignInPolicy

MAX_LENGTH = 128
_MOST_OF_ONE = 3


def password_faults(password: str, name: str, policy: SignInPolicy) -> list[FieldError]:
    """What is wrong with a new password, in Chinese with stable codes; empty when nothing is."""
    faults = []
    if len(password) < policy.min_length:
        faults.append(("password-short", f"口令至少{policy.min_length}个字符"))
    if len(password) > MAX_LENGTH:
        faults.append(("password-long", f"口令至多{MAX_LENGTH}个字符"))
    if not password.isprintable():
        faults.append(("password-unprintable", "口令不能含控制字符"))
    if _kinds(password) < policy.classes:
        faults.append(("password-plain", f"口令须含大写字母、小写字母、数字、其他字符中的{policy.classes}类"))
    if len(name) > 1 and name.casefold() in password.casefold():
        faults.append(("password-has-name", "口令不能含账户名"))
    if _repeats(password):
        faults.append(("password-repeats", f"口令不能含{_MOST_OF_ONE + 1}个以上连续相同的字符"))
    return [FieldError(code, message, "new_password") for code, message in faults]


def _kinds(password: str) -> int:
    lower = any(c.islower() for c in password)
    upper = any(c.isupper() for c in password)
    digit = any(c.isdigit() for c in password)
    other = any(not (c.islower() or c.isupper() or c.isdigit()) for c in password)
    return lower + upper + digit + other


def _repeats(password: str) -> bool:
    return any(
        password[i : i + _MOST_OF_ONE + 1] == password[i] * (_MOST_OF_ONE + 1) for i in range(len(password))
    )
