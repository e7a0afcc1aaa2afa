"""The command line: parses, calls one service, prints.

Exit codes: 0 done · 1 another failure · 2 wrong usage · 3 invalid input · 4 not found · 5 conflict · 6 not allowed ·
7 machine or database not ready. Messages are Chinese and go to stderr.
"""

import sys
from importlib import import_module

import typer

from address_service.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    NotReady,
    ServiceError,
    TooLarge,
    TooMany,
    Unauthenticated,
)

_GROUPS = (
    "serving",
    "database",
    "accounts",
    "keys",
    "imports",
    "divisions",
    "numbering",
    "reservations",
    "renumbering",
    "merger",
    "matching",
    "reconciling",
    "mapping",
    "exports",
    "exchange",
    "police",
    "audit",
    "plates",
    "counter",
    "bench",
)
"""Modules of this package that add commands; each offers `register(app)` and imports what is heavy when called."""

_EXIT_CODES: dict[type[ServiceError], int] = {
    InvalidInput: 3,
    TooLarge: 3,
    TooMany: 5,
    NotFound: 4,
    Conflict: 5,
    Forbidden: 6,
    Unauthenticated: 6,
    NotReady: 7,
}


def build() -> typer.Typer:
    """The program with all its commands."""
    app = typer.Typer(
        help="乡镇标准地址与门牌服务",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name in _GROUPS:
        import_module(f"{__name__}.{name}").register(app)
    return app


def exit_code(error: ServiceError) -> int:
    """The exit code of an error, by its nearest class."""
    return next((code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), 1)


def main() -> None:
    """Run the program; errors of the service become a message and an exit code."""
    try:
        build()()
    except ServiceError as error:
        _report(error)
        sys.exit(exit_code(error))
    except Exception as error:
        if _report_settings(error):
            sys.exit(_EXIT_CODES[InvalidInput])
        typer.echo(f"错误：程序内部出错，详情已写入 {_write_trace(error)}", err=True)
        sys.exit(1)


def _write_trace(error: Exception) -> str:
    """Keep what went wrong for whoever mends the program; the screen is for the clerk."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="address-service-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.writelines(traceback.format_exception(error))
    return log.name


def _report(error: ServiceError) -> None:
    typer.echo(f"错误：{error.message} [{error.code}]", err=True)
    for part in error.errors:
        row = f"第 {part.row} 行 " if part.row is not None else ""
        typer.echo(f"  {row}{part.field or ''} {part.message}", err=True)


def _report_settings(error: Exception) -> bool:
    """Say which setting is wrong, if that is what the error is about."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError) or error.title != "Settings":
        return False
    for part in error.errors(include_input=False, include_url=False):
        typer.echo(f"错误：设置 {'.'.join(map(str, part['loc'])).upper()} 无效：{part['msg']}", err=True)
    return True
