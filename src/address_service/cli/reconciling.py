"""The command that holds a population extract against the register, as an upload is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uuid import UUID

    from address_service.cli.acting import Desk
    from address_service.services.queue_reconciliation import ExtractOptions
    from address_service.services.run_reconciliation import OpenWork
    from address_service.store.work import Work


def register(app: typer.Typer) -> None:
    """Add `reconcile` to the program."""
    app.command("reconcile", help="以人口底册核对地址库：逐行得出结果和人员情况，与网页上传的相同")(
        reconcile_command
    )


def reconcile_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV、TSV 或 XLSX，GBK 或 UTF-8")],
    division: Annotated[
        str | None, typer.Option(help="底册所说的区划代码（县、镇或村），缺省为账户的辖区")
    ] = None,
    profile: Annotated[str, typer.Option(help="底册格式的名称或 YAML 文件；auto 为自动识别")] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只核对，不写入")] = False,
    out: Annotated[Path | None, typer.Option(help="另存核对结果（.xlsx 或 .csv），含人员明文")] = None,
    encoding: Annotated[str, typer.Option(help="CSV 结果的文字编码：gbk 或 utf-8")] = "gbk",
    rejects: Annotated[
        Path | None, typer.Option(help="不能用的内容的文件；缺省在 DATA_DIR/rejects 下")
    ] = None,
    acting_as: Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")] = None,
) -> None:
    """Hold an extract against the register and print what its rows came to."""
    from address_service.cli.acting import desk
    from address_service.cli.table_files import table_target
    from address_service.edge.rights import Right, require_right
    from address_service.store.engine import Lane

    target = table_target(out, encoding) if out else None
    with desk(acting_as, Lane.JOBS) as manned:
        require_right(manned.actor, Right.RECONCILE)
        options = _options(division or manned.actor.division_code, profile)
        with _works(manned, dry_run=dry_run) as open_work:
            extract_id = _reconcile(manned, open_work, file, options, dry_run=dry_run)
            with open_work() as work:
                _tell(work, extract_id, rejects or manned.files.reject_file(extract_id))
                if target is not None:
                    _export(work, extract_id, target, encoding)
    if dry_run:
        typer.echo("仅核对，未写入")


def _options(division: str, profile: str) -> "ExtractOptions":
    from address_service.errors import InvalidInput
    from address_service.services.queue_reconciliation import AUTOMATIC, ExtractOptions

    if not profile.lower().endswith((".yaml", ".yml")):
        return ExtractOptions(division, profile)
    try:
        return ExtractOptions(division, AUTOMATIC, Path(profile).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"读不了底册格式文件 {profile}", code="layout-unknown") from error


@contextmanager
def _works(manned: "Desk", *, dry_run: bool) -> "Iterator[OpenWork]":
    if not dry_run:
        yield manned.work
        return
    with manned.trial() as work:
        yield work


def _reconcile(
    manned: "Desk", open_work: "OpenWork", file: Path, options: "ExtractOptions", *, dry_run: bool
) -> "UUID":
    """Keep and queue the file as an upload is, and do the work here; killed, the worker goes on with it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from address_service.services.queue_reconciliation import queue_reconciliation
    from address_service.services.run_reconciliation import run_reconciliation

    with open_work() as work, file.open("rb") as source:
        most = manned.settings.max_upload_mb << 20
        extract_id = queue_reconciliation(work, manned.files, file.name[-20:], source, most, options)
        upload = work.extracts.get(extract_id).upload
    columns = (TextColumn("核对"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            shown = bar.add_task("核对", total=None)
            run_reconciliation(
                open_work, manned.files, extract_id, manned.settings.max_unpacked_mb << 20,
                progress=lambda done, total: bar.update(shown, completed=done, total=total),
            )  # fmt: skip
    finally:
        if dry_run:
            manned.files.drop_upload(upload)
    return extract_id


def _tell(work: "Work", extract_id: "UUID", rejects: Path) -> None:
    from address_service.errors import InvalidInput
    from address_service.gis.layer_read import Reject
    from address_service.model.labels import label
    from address_service.model.reconciliation import ExtractStage, Outcome, PersonFinding
    from address_service.reconcile.layout import FIELDS
    from address_service.services.write_rejects import write_rejects

    extract = work.extracts.get(extract_id)
    if extract.stage is not ExtractStage.DONE:
        error = extract.report.get("error", {})
        raise InvalidInput(error.get("message", "没有核对完"), code=error.get("code", "extract-not-done"))
    for note in extract.report.get("notes", []):
        typer.echo(f"· {note}")
    counts = work.extract_rows.summary(extract_id)
    outcomes, findings = counts["outcomes"], counts["findings"]
    told = "，".join(f"{label(one)} {outcomes[one]}" for one in Outcome if one in outcomes)
    found = "，".join(f"{label(one)} {findings[one]}" for one in PersonFinding if one in findings)
    typer.echo(f"共 {extract.row_count} 行：{told}")
    typer.echo(f"人员情况：{found or '无'}")
    refused = work.extract_rows.rejects(extract_id, 1_000_000)
    if refused:
        lines = [
            Reject(r["row"], FIELDS.get(r["field"], r["field"]), r["code"], r["message"]) for r in refused
        ]
        write_rejects(rejects, lines)
        typer.echo(f"不能用的内容 {len(refused)} 处：{rejects}")
    typer.echo(f"底册编号：{extract_id}")


def _export(work: "Work", extract_id: "UUID", target: Path, encoding: str) -> None:
    from address_service.cli.table_files import write_private
    from address_service.services.export_extract import export_extract

    file_format = target.suffix.lower().removeprefix(".")
    write_private(target, export_extract(work, extract_id, file_format, encoding))
    typer.echo(f"结果：{target}")
