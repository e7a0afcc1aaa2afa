"""The command that imports a layer from a file."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from address_service.cli.acting import Desk
    from address_service.model.division_lists import ListSystem
    from address_service.services.import_layer import ImportReport
    from address_service.services.queue_import import ImportLayer, ImportOptions

_LAYERS = (
    "divisions division-changes boundaries streets lanes groups parcels buildings plans addresses residents"
)
_SHOWN = 10
"""Lines of each kind that are printed; the report has them all."""


def register(app: typer.Typer) -> None:
    """Add `import` to the program."""
    app.command("import", help="导入图层：读取、检查、写入；不合格的行另存为文件，重复导入不改变任何内容")(
        import_command
    )


def import_command(
    layer: Annotated[str, typer.Argument(help=f"图层：{_LAYERS}")],
    file: Annotated[Path, typer.Argument(exists=True, help="GeoPackage、Shapefile、GeoJSON、CSV、XLSX")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
    mapping: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="列对应文件（YAML）")
    ] = None,
    valid_from: Annotated[str | None, typer.Option(help="生效日期，如 2026-03-02；缺省为今天")] = None,
    decree: Annotated[str | None, typer.Option(help="批准文号，用于文件里没有文号的行")] = None,
    year: Annotated[int | None, typer.Option(min=1949, max=2200, help="区划名录的年份")] = None,
    system: Annotated[str, typer.Option(help="区划名录的代码体系：nbs 统计、mca 民政")] = "nbs",
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="有一行不合格就全部不写入")
    ] = False,
    rejects: Annotated[Path | None, typer.Option(help="不合格行的文件；缺省在 DATA_DIR/rejects 下")] = None,
    acting_as: Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")] = None,
) -> None:
    """Import a file and print what was read, accepted, unchanged and rejected."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import require_right, right_to_bring
    from address_service.services.queue_import import ImportOptions

    options = ImportOptions(
        dry_run=dry_run,
        all_or_nothing=all_or_nothing,
        mapping=mapping.read_text(encoding="utf-8") if mapping else None,
        valid_from=_day(valid_from),
        decree_no=decree,
        year=year,
        system=_system(system),
    )
    with desk(acting_as) as manned:
        require_right(manned.actor, right_to_bring(_layer(layer)))
        report = _run(manned, file, _layer(layer), options)
        path = rejects or manned.files.reject_file(report.run_id)
    _print(report)
    if report.rejects:
        from address_service.services.write_rejects import write_rejects

        write_rejects(path, report.rejects)
        typer.echo(f"不合格的行：{path}")
    if report.stage == "failed":
        typer.echo("有不合格的行，按要求全部未写入", err=True)
        raise typer.Exit(3)


def _run(manned: "Desk", file: Path, layer: "ImportLayer", options: "ImportOptions") -> "ImportReport":
    import tempfile

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from address_service.edge.rights import Right, has_right
    from address_service.gis.layer_read import ReadLimits
    from address_service.services.import_layer import import_file

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        tempfile.TemporaryDirectory(dir=manned.files.work_folder()) as folder,
        Progress(*columns, console=Console(stderr=True), transient=True) as bar,
        manned.work() as work,
    ):
        shown = bar.add_task("打开")
        limits = ReadLimits(Path(folder), max_unpacked_bytes=manned.settings.max_unpacked_mb << 20)

        def progress(phase: str, done: int, total: int) -> None:
            bar.update(shown, description=phase, completed=done, total=total)

        may_name = has_right(manned.actor, Right.NAME)
        return import_file(
            work, file, layer, options, limits, progress=progress, may_approve_names=may_name,
            keep_ethnicity=manned.settings.keep_ethnicity,
        )  # fmt: skip


def _print(report: "ImportReport") -> None:
    from rich.console import Console
    from rich.table import Table

    from address_service.model.labels import label
    from address_service.model.residents import LinkWay

    counts = report.counts
    table = Table("读取", "接受", "未变", "拒绝")
    table.add_row(*(str(n) for n in (counts.read, counts.accepted, counts.unchanged, counts.rejected)))
    Console().print(table)
    for note in report.notes:
        typer.echo(f"· {note}")
    if report.ways:
        ways = "，".join(f"{label(LinkWay(way))}{n}户" for way, n in report.ways.items())
        typer.echo(f"· 关联到门牌：{ways}")
    if report.topology:
        typer.echo(f"· 村界面积合计 {report.topology['total_hectares']} 公顷")
        counted = "，".join(f"{kind} {n}" for kind, n in report.topology["counts"].items() if n)
        typer.echo(f"· 拓扑检查：{counted or '未发现问题'}")
    _list("待决定", [entry["text"] for entry in report.pending], len(report.pending))
    _list("请核对", [f.text for f in report.findings], sum(report.finding_counts.values()))
    _list("拒绝", [_line(r.row_no, r.field, r.message) for r in report.rejects], len(report.rejects))
    if report.dry_run:
        typer.echo("仅检查，未写入")


def _list(title: str, lines: list[str], count: int) -> None:
    if not lines:
        return
    typer.echo(f"{title}（{count}）：")
    for line in lines[:_SHOWN]:
        typer.echo(f"  {line}")
    if count > _SHOWN:
        typer.echo("  …")


def _line(row: int, field: str | None, message: str) -> str:
    return f"第{row}行 {field or ''} {message}"


def _layer(name: str) -> "ImportLayer":
    from address_service.errors import InvalidInput
    from address_service.services.queue_import import ImportLayer

    try:
        return ImportLayer(name)
    except ValueError as error:
        raise InvalidInput(f"没有图层“{name}”，可用：{_LAYERS}", code="layer-unknown") from error


def _system(name: str) -> "ListSystem":
    from address_service.errors import InvalidInput
    from address_service.model.division_lists import ListSystem

    try:
        return ListSystem(name)
    except ValueError as error:
        raise InvalidInput(f"没有代码体系“{name}”，可用：nbs、mca", code="list-system-unknown") from error


def _day(text: str | None) -> date | None:
    from address_service.errors import InvalidInput

    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(f"日期应如 2026-03-02，收到“{text}”", code="date-malformed") from error
