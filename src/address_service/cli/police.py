"""Commands for police dictionaries: take a list, look at the crosswalk."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

_As = Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")]
_SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add the group `police` to the program."""
    group = typer.Typer(help="公安字典（jlx、pcs、zrq、jcwh）与代码对照", no_args_is_help=True)
    group.command("import", help="导入一份字典；重复导入不改变任何内容")(import_command)
    group.command("crosswalk", help="代码对照的进度")(crosswalk)
    app.add_typer(group, name="police")


def import_command(
    kind: Annotated[str, typer.Argument(help="jlx 街路巷、pcs 派出所、zrq 责任区、jcwh 居村委会")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV 或 XLSX，GBK 或 UTF-8")],
    day: Annotated[str | None, typer.Option(help="字典所反映的日期，如 2026-03-02；缺省为今天")] = None,
    complete: Annotated[bool, typer.Option("--complete", help="全量：本表没有的代码自该日停用")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
    rejects: Annotated[Path | None, typer.Option(help="不合格行的文件")] = None,
    acting_as: _As = None,
) -> None:
    """Import a list and print what was read, written, unchanged, rejected and proposed."""
    import tempfile

    from address_service.cli.acting import desk
    from address_service.cli.division_words import read_choice, read_day
    from address_service.edge.rights import Right, require_right
    from address_service.gis.layer_read import ReadLimits
    from address_service.model.police_dictionaries import DictionaryKind
    from address_service.services.import_police_dictionary import DictionaryOptions, import_police_dictionary

    list_day: date | None = read_day(day)
    options = DictionaryOptions(read_choice(DictionaryKind, kind), list_day, complete, dry_run)
    with desk(acting_as) as manned, tempfile.TemporaryDirectory(dir=manned.files.work_folder()) as folder:
        require_right(manned.actor, Right.EXCHANGE)
        limits = ReadLimits(Path(folder), max_unpacked_bytes=manned.settings.max_unpacked_mb << 20)
        with manned.work() as work:
            report = import_police_dictionary(work, file.read_bytes(), file.name, limits, options)
    typer.echo(
        f"读取 {report.read}，新增 {report.added}，更改 {report.changed}，未变 {report.unchanged}，"
        f"停用 {report.ended}，拒绝 {len(report.rejects)}，提出对照 {report.proposed}"
    )
    for note in report.notes:
        typer.echo(f"· {note}")
    for one in report.rejects[:_SHOWN]:
        typer.echo(f"  第{one.row_no}行 {one.field} {one.message}")
    if report.missing:
        typer.echo(f"· 已有而本表没有的代码 {len(report.missing)} 个：{'、'.join(report.missing[:_SHOWN])}")
    if rejects is not None and report.rejects:
        from address_service.services.write_rejects import write_rejects

        write_rejects(rejects, report.rejects)
        typer.echo(f"不合格的行：{rejects}")
    if dry_run:
        typer.echo("仅检查，未写入")


def crosswalk(acting_as: _As = None) -> None:
    """Pairs by kind and state."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.model.labels import label
    from address_service.model.police_dictionaries import CrosswalkState, DictionaryKind
    from address_service.store.crosswalk import Crosswalk

    with desk(acting_as) as manned, manned.work() as work:
        require_right(manned.actor, Right.EXCHANGE)
        found = Crosswalk(work.conn, work.county_code, work.actor.account_id, work.now)
        rows = found.counts(work.actor.division_code)
    for row in rows:
        kind, state = label(DictionaryKind(row["kind"])), label(CrosswalkState(row["state"]))
        typer.echo(f"{kind} {state} {row['pairs']}")
    if not rows:
        typer.echo("还没有代码对照")
