"""The words that scripts of pages carry, held against those of the service."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from address_service.model.accounts import Right, Role, SignInWay
from address_service.model.labels import LABELS

SCRIPTS = Path(__file__).parents[3] / "frontend" / "src"


def words_of(script: str, name: str) -> dict[str, str]:
    """The entries of one ``const`` record of a script."""
    text = (SCRIPTS / script).read_text(encoding="utf-8")
    body = re.search(rf"export const {name}: Record<string, string> = {{(.*?)}};", text, re.DOTALL)
    assert body is not None
    return dict(re.findall(r"(\w+): '([^']+)'", body[1]))


@pytest.mark.parametrize(("name", "kind"), [("OFFICES", Role), ("RIGHTS", Right), ("WAYS", SignInWay)])
def test_pages_of_accounts_name_every_office_right_and_way_as_the_service_does(
    name: str, kind: type[StrEnum]
) -> None:
    said = {str(value): label for value, label in LABELS[kind].items()}

    assert words_of("accounts/accounts_labels.ts", name) == said
