"""Commands for mapping packages that need no database and no settings: an isolated network runs them."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the group `mapping` to the program."""
    group = typer.Typer(help="地址变更对照包", no_args_is_help=True)
    group.callback()(lambda: None)  # a group of one command stays a group
    group.command("verify", help="校验对照包：口令不对、残缺或被改动的整包拒绝；不需要数据库")(verify)
    app.add_typer(group, name="mapping")


def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="对照包（.zip）")],
    passphrase: Annotated[
        str, typer.Option(envvar="MAPPING_PASSPHRASE", prompt="口令", hide_input=True, help="开包口令")
    ],
) -> None:
    """Open a package, compare all files with its manifest, and say what it holds."""
    from address_service.reconcile.package import open_package

    found = open_package(file.read_bytes(), passphrase)
    manifest = found.manifest
    typer.echo(f"对照包第 {manifest['sequence']} 号，完整无改动")
    typer.echo(f"变更游标：{manifest['from_cursor']} 之后至 {manifest['to_cursor']}")
    counts = manifest["counts"]
    typer.echo(f"变更 {counts['moves']} 行，步骤 {counts['steps']} 行，暂不下发 {counts['held']} 行")
    typer.echo(f"接收方地址写法 {counts.get('aliases', 0)} 行，先于变更导入")
    typer.echo(f"本包摘要（SM3）：{found.digest}")
    typer.echo(f"上一包摘要（SM3）：{manifest['previous_digest'] or '无（首包）'}")
