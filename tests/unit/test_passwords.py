"""A new password keeps the rules of length, kinds of characters, and says nothing of the account."""

import pytest

from address_service.coding.passwords import password_faults
from address_service.model.accounts import SignInPolicy

POLICY = SignInPolicy(min_length=10, classes=3)


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("Shi-Fan-2026", []),
        ("shifan2026xx", ["password-plain"]),
        ("Shi-2026", ["password-short"]),
        ("烟舟村村部-Tel-8", []),
        ("Shi-Fan\n2026", ["password-unprintable"]),
        ("Shi-aaaa-2026", ["password-repeats"]),
        ("x-ZHANGSAN-1", ["password-has-name"]),
        ("Aa1-" * 33, ["password-long"]),
        ("", ["password-short", "password-plain"]),
    ],
)
def test_each_rule_is_told_that_a_password_breaks(password: str, codes: list[str]) -> None:
    faults = password_faults(password, "zhangsan", POLICY)

    assert [fault.code for fault in faults] == codes


def test_the_rules_are_those_of_the_policy() -> None:
    easy = SignInPolicy(min_length=8, classes=1)

    assert password_faults("abcdefgh", "某", easy) == []
