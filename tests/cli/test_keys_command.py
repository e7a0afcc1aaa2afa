"""`keys create` makes what is missing once, `keys list` shows no secret."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from address_service.cli import build
from address_service.errors import Conflict


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return tmp_path / "keys"


def run(*words: str) -> str:
    done = CliRunner().invoke(build(), ["keys", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_create_makes_one_key_for_each_purpose_and_no_second_one(folder: Path) -> None:
    run("create")
    again = run("create")

    assert sorted(file.name.split(".")[0] for file in folder.iterdir()) == ["audit", "index", "seal"]
    assert "都已有密钥" in again


def test_a_further_key_is_in_use_from_then_on(folder: Path) -> None:
    run("create")
    run("create", "--purpose", "seal")

    rows = [line.split("\t") for line in run("list").splitlines()]

    assert [row[3] for row in rows if row[0] == "seal"] == ["留用", "在用"]


def test_the_list_shows_no_secret(folder: Path) -> None:
    run("create")

    shown = run("list")

    secrets = [file.read_text().split()[3] for file in folder.iterdir()]
    assert len(secrets) == 3
    assert not any(secret in shown for secret in secrets)


def test_keys_kept_elsewhere_are_not_made_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY_COMMAND", "print-keys")

    with pytest.raises(Conflict) as refused:
        run("create")

    assert refused.value.code == "keys-kept-elsewhere"
    assert not folder.exists()
