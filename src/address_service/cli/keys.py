"""Commands for the keys that seal residents' data and second factors, find them again and chain the audit."""

from pathlib import Path
from typing import Annotated

import typer

from address_service.store.keys import Purpose


def register(app: typer.Typer) -> None:
    """Add `keys` to the program."""
    app.add_typer(_keys, name="keys", help="密钥：生成、列出；密钥不在数据库里，须与备份分开保管")


_keys = typer.Typer(no_args_is_help=True)


@_keys.command("create", help="为尚无密钥的用途各生成一把；指明用途则另生成一把新的，此后用它")
def create(
    purpose: Annotated[
        Purpose | None, typer.Option(help="用途：seal 密封、index 盲索引、audit 审计、totp 第二因素")
    ] = None,
) -> None:
    """Make keys under the key folder, mode 600."""
    from address_service.errors import Conflict
    from address_service.settings import Settings
    from address_service.store.keys import keep_key, make_key, ring_of, source_of

    settings = Settings()
    source = source_of(settings)
    if source.command or source.text:
        raise Conflict("密钥来自 KEY_COMMAND 或 KEY_TEXT，请在那里添加", code="keys-kept-elsewhere")
    present = {key.purpose for key in ring_of(settings).all()}
    wanted = [purpose] if purpose else [each for each in Purpose if each not in present]
    for each in wanted:
        file = keep_key(source.folder, make_key(each, settings.crypto_suite))
        typer.echo(f"已生成 {file}")
    if not wanted:
        typer.echo("各用途都已有密钥")


@_keys.command("export", help="把全部密钥另存到一个目录（每把一个文件，权限 600）；须与备份分开保管")
def export(folder: Annotated[Path, typer.Argument(help="目标目录，不能放有备份")]) -> None:
    """Copy every key, wherever it comes from, to a folder that is kept apart from the backups."""
    from address_service.errors import NotFound
    from address_service.settings import Settings
    from address_service.store.backup_keys import export_keys
    from address_service.store.keys import ring_of

    added, present = export_keys(ring_of(Settings()), folder)
    if not present:
        raise NotFound("还没有密钥，请先运行 address-service keys create", code="key-missing")
    typer.echo(f"{folder} 中现有 {present} 把密钥，本次新存 {added} 把；不要与备份放在一起")


@_keys.command("list", help="列出密钥的用途、算法和编号，不显示密钥本身")
def list_keys() -> None:
    """Print every key but its secret; the current one of a purpose is marked."""
    from address_service.settings import Settings
    from address_service.store.keys import ring_of

    ring = ring_of(Settings())
    for key in ring.all():
        mark = "在用" if key == ring.current_key(key.purpose) else "留用"
        typer.echo(f"{key.purpose}\t{key.suite}\t{key.id}\t{mark}")


@_keys.command("rotate", help="把已密封的资料逐批转到在用的密钥下；可随时中断，再次执行即继续")
def rotate(
    batch: Annotated[int, typer.Option(min=1, max=10_000, help="每批行数")] = 500,
    acting_as: Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")] = None,
) -> None:
    """Carry all sealed rows over to the current keys."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.services.rotate_keys import rotate_keys

    columns = (TextColumn("更换密钥"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with desk(acting_as) as manned, Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        require_right(manned.actor, Right.ADMINISTER)
        shown = bar.add_task("")
        done = rotate_keys(
            manned.work, batch, lambda carried, total: bar.update(shown, completed=carried, total=total)
        )
    typer.echo(f"已转换 {done:,} 行")
