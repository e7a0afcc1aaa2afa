"""Commands that write files for others; `export mapping` is the way of a mapping package onto a medium."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uuid import UUID

    from address_service.store.work import Work

PASSPHRASE = "MAPPING_PASSPHRASE"  # noqa: S105 - the name of a variable


def register(app: typer.Typer) -> None:
    """Add the group `export` to the program."""
    group = typer.Typer(help="导出", no_args_is_help=True)
    group.callback()(lambda: None)  # a group of one command stays a group
    group.command("mapping", help="生成接收单位的下一个对照包并写入加密压缩包；未确认的包重复写出")(mapping)
    app.add_typer(group, name="export")


def mapping(
    consumer: Annotated[str, typer.Argument(help="接收单位名称")],
    folder: Annotated[Path, typer.Option("--into", help="写入的文件夹")] = Path(),
    acknowledge: Annotated[
        str | None, typer.Option(help="先确认对方已导入此摘要（SM3）的包；此时不写文件")
    ] = None,
    acting_as: Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")] = None,
) -> None:
    """Write a consumer's next package, or note that it took one; its passphrase is asked for or from a variable."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.services.issue_mapping_package import archive_of, issue_mapping_package

    with desk(acting_as) as manned:
        require_right(manned.actor, Right.EXCHANGE)
        with manned.work() as work:
            found = _consumer(work, consumer)
            if acknowledge is not None:
                _acknowledge(work, found, acknowledge)
                return
            package = issue_mapping_package(work, found)
        passphrase = _passphrase()
        with manned.work() as work:
            content = archive_of(work, package.id, passphrase)
    path = folder / f"mapping-{package.sequence:04d}.zip"
    path.write_bytes(content)
    typer.echo(f"对照包第 {package.sequence} 号：变更 {package.counts['moves']} 行，"
               f"暂不下发 {package.counts['held']} 行，已写入 {path}")  # fmt: skip
    typer.echo(f"本包摘要（SM3）：{package.digest}")


def _consumer(work: "Work", name: str) -> "UUID":
    from address_service.errors import NotFound
    from address_service.store.mapping_packages import MappingPackages

    found = [one for one in MappingPackages(work.conn, work.county_code).consumers("") if one.name == name]
    if not found:
        raise NotFound(f"没有接收单位“{name}”", code="mapping-consumer-not-found")
    return found[0].id


def _acknowledge(work: "Work", consumer_id: "UUID", digest: str) -> None:
    from address_service.errors import Conflict
    from address_service.services.issue_mapping_package import acknowledge_package
    from address_service.store.mapping_packages import MappingPackages

    package = MappingPackages(work.conn, work.county_code).last_of(consumer_id)
    if package is None:
        raise Conflict("还没有对照包", code="mapping-digest-differs")
    done = acknowledge_package(work, package.id, package.revision, digest)
    typer.echo(f"对照包第 {done.sequence} 号：已确认对方导入")


def _passphrase() -> str:
    """Never an argument: those of a running program are read by every account of the machine."""
    found = os.environ.get(PASSPHRASE)
    return found or str(typer.prompt("口令", hide_input=True, confirmation_prompt="再输一次"))
