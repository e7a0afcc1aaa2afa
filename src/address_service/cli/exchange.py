"""Commands for what comes back from the other side of a mapping package."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from address_service.model.mapping import MappingPackage
    from address_service.services.receive_receipt import ReceiptReport
    from address_service.store.work import Work

_SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add the group `exchange` to the program."""
    group = typer.Typer(help="与接收单位往来", no_args_is_help=True)
    group.callback()(lambda: None)  # a group of one command stays a group
    group.command("receipt", help="收一个对照包的回执；同一文件收两次只算一次")(receipt)
    app.add_typer(group, name="exchange")


def receipt(
    consumer: Annotated[str, typer.Argument(help="接收单位名称")],
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV 或 XLSX，须有对照号和结果两列")
    ],
    number: Annotated[int | None, typer.Option(help="包号；缺省为最近一包")] = None,
    digest: Annotated[str | None, typer.Option(help="对方所报的本包摘要（SM3）")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
    acting_as: Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")] = None,
) -> None:
    """Take a receipt and print what it came to."""
    import tempfile

    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.gis.layer_read import ReadLimits
    from address_service.services.receive_receipt import receive_receipt

    with desk(acting_as) as manned, tempfile.TemporaryDirectory(dir=manned.files.work_folder()) as folder:
        require_right(manned.actor, Right.EXCHANGE)
        limits = ReadLimits(Path(folder), max_unpacked_bytes=manned.settings.max_unpacked_mb << 20)
        with manned.work() as work:
            package = _package(work, consumer, number)
            report = receive_receipt(
                work, package.id, file.read_bytes(), file.name, limits, digest=digest, dry_run=dry_run
            )
    typer.echo(f"对照包第 {package.sequence} 号的回执")
    _tell(report)
    if dry_run:
        typer.echo("仅检查，未写入")


def _package(work: "Work", consumer: str, number: int | None) -> "MappingPackage":
    from address_service.errors import NotFound
    from address_service.services.issue_mapping_package import package_of

    found = package_of(work, consumer, number)
    if found is None:
        raise NotFound(f"“{consumer}”没有这个对照包", code="mapping-package-not-found")
    return found


def _tell(report: "ReceiptReport") -> None:
    typer.echo(
        f"读取 {report.read}，接受 {report.accepted}，拒绝 {report.refused}，未变 {report.unchanged}，"
        f"尚无答复 {report.left}，应换发证件 {report.papers}"
    )
    if report.is_known:
        typer.echo("· 此文件已收过")
    if report.is_acknowledged:
        typer.echo("· 本包已确认")
    for one in report.rejects[:_SHOWN]:
        typer.echo(f"  第{one.row_no}行 {one.field} {one.message}")
