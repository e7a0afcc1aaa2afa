"""Settings and their example file tell the same."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from address_service.settings import Settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"
_KEY = re.compile(r"^(?P<off># )?(?P<key>[A-Z][A-Z0-9_]+)=(?P<value>.*)$")


def example_lines() -> list[re.Match[str]]:
    return [match for line in EXAMPLE.read_text(encoding="utf-8").splitlines() if (match := _KEY.match(line))]


def test_the_example_names_every_setting_and_no_other() -> None:
    assert sorted(line["key"] for line in example_lines()) == sorted(
        key.upper() for key in Settings.model_fields
    )


def test_every_key_of_the_example_stands_under_a_sentence() -> None:
    for block in EXAMPLE.read_text(encoding="utf-8").strip().split("\n\n"):
        first = block.splitlines()[0]

        assert first.startswith("# "), block
        assert not _KEY.match(first), block


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in Settings.model_fields:
        monkeypatch.delenv(key.upper(), raising=False)
    shown = {line["key"].lower(): line["value"] for line in example_lines() if not line["off"]}

    defaults = Settings(_env_file=None)

    assert {key: str(getattr(defaults, key)) for key in shown} == shown


def test_a_plate_address_that_would_not_fit_the_code_is_refused() -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, public_url="https://addresses.example.gov.cn")


def test_passwords_do_not_show_in_a_log() -> None:
    settings = Settings(_env_file=None, database_url=SecretStr("postgresql://address_app:geheim@db/register"))

    assert "geheim" not in repr(settings)
