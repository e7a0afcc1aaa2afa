"""The program answers errors of the service with a message and an exit code."""

import pytest

from address_service import cli
from address_service.errors import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    NotReady,
    ServiceError,
    Stale,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ServiceError("坏了"), 1),
        (InvalidInput("坏了"), 3),
        (NotFound("坏了"), 4),
        (Stale("坏了"), 5),
        (Conflict("坏了"), 5),
        (Forbidden("坏了"), 6),
        (NotReady("坏了"), 7),
    ],
)
def test_each_kind_of_error_has_its_exit_code(error: ServiceError, code: int) -> None:
    assert cli.exit_code(error) == code


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["address-service", *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return int(caught.value.code or 0)


def test_an_error_is_told_in_chinese_with_its_code_and_rows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(settings: object) -> None:
        raise InvalidInput(
            "两行有误", code="rejected-rows", errors=[FieldError("missing", "缺少代码", "code", 3)]
        )

    monkeypatch.setattr("address_service.bootstrap.migrate", refuse)

    assert run(monkeypatch, "db", "migrate") == 3
    assert capsys.readouterr().err == "错误：两行有误 [rejected-rows]\n  第 3 行 code 缺少代码\n"


def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "eighty")

    assert run(monkeypatch, "db", "check") == 3
    assert "设置 PORT 无效" in capsys.readouterr().err


def test_help_lists_the_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "--help") == 0
    answer = capsys.readouterr().out
    assert all(name in answer for name in ("serve", "db", "number", "plates", "user"))
