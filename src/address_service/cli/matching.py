"""The command that matches a list of addresses."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from address_service.cli.acting import Desk
    from address_service.coding.matching import MatchAnswer, MatchAsk, MatchBook
    from address_service.gis.match_lists import MatchColumns, MatchList
    from address_service.services.match_texts import Matched, RowError


def register(app: typer.Typer) -> None:
    """Add `match` and `reconcile` to the program."""
    app.command("match", help="匹配地址清单：每行今天是哪个地址，附依据、候选和说明；不写入数据库")(
        match_command
    )


def match_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV、TSV 或 XLSX，GBK 或 UTF-8")],
    out: Annotated[
        Path | None, typer.Option(help="结果文件（.xlsx 或 .csv）；缺省在原文件旁，名称加“-匹配”")
    ] = None,
    text: Annotated[str | None, typer.Option("--column", help="地址所在的列，缺省自动识别")] = None,
    external_id: Annotated[str | None, typer.Option("--id-column", help="地址编码或外部编号所在的列")] = None,
    day: Annotated[str | None, typer.Option("--day-column", help="地址日期所在的列，如 2012-05-01")] = None,
    encoding: Annotated[str, typer.Option(help="CSV 结果的文字编码：gbk 或 utf-8")] = "gbk",
    workers: Annotated[int, typer.Option(min=1, max=256, help="同时匹配的进程数")] = 1,
    dask: Annotated[str | None, typer.Option(help="Dask 调度器的地址，如 tcp://10.0.0.5:8786")] = None,
    acting_as: Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")] = None,
) -> None:
    """Match every row of a file and write the file with what they mean."""
    from address_service.cli.acting import desk
    from address_service.cli.table_files import table_target, write_private
    from address_service.edge.rights import Right, require_right
    from address_service.gis.match_lists import MatchColumns
    from address_service.services.write_matches import write_matches
    from address_service.store.engine import Lane

    suffix = ".xlsx" if file.suffix.lower() == ".xlsx" else ".csv"
    target = table_target(out or file.with_name(f"{file.stem}-匹配{suffix}"), encoding)
    with desk(acting_as, Lane.JOBS) as manned:
        require_right(manned.actor, Right.READ)
        listed = _read(manned, file, MatchColumns(text, external_id, day))
        found = _match(manned, listed, workers, dask)
    write_private(target, write_matches(listed, found, target.suffix.lower(), encoding))
    _print(listed, found, target)


def _read(manned: "Desk", file: Path, columns: "MatchColumns") -> "MatchList":
    import tempfile

    from address_service.gis.layer_read import ReadLimits
    from address_service.gis.match_lists import read_match_list

    with tempfile.TemporaryDirectory(dir=manned.files.work_folder()) as folder:
        limits = ReadLimits(Path(folder), max_unpacked_bytes=manned.settings.max_unpacked_mb << 20)
        return read_match_list(file.read_bytes(), file.suffix.lower(), limits, columns)


def _match(
    manned: "Desk", listed: "MatchList", workers: int, dask: str | None
) -> "Sequence[Matched | RowError]":
    from address_service.services.match_texts import MatchRow, RowError, home_of, read_ask, show_answers
    from address_service.store.learnt_ids import LearntIds, with_learnt_ids
    from address_service.store.match_book import load_match_book

    with manned.work() as work:
        work.unnamed = None
        learnt = LearntIds().read(work.conn, work.county_code, work.seal)
        book = with_learnt_ids(load_match_book(work.conn, work.county_code, work.today), learnt)
    home = home_of(book, manned.actor.division_code)
    asks = [read_ask(MatchRow(line.text, line.external_id, line.day), home) for line in listed.lines]
    answers = iter(_spread([one for one in asks if not isinstance(one, RowError)], book, workers, dask))
    with manned.work() as work:
        return show_answers(work, [one if isinstance(one, RowError) else next(answers) for one in asks])


def _spread(
    asks: "Sequence[MatchAsk]", book: "MatchBook", workers: int, dask: str | None
) -> "Iterator[MatchAnswer]":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from address_service.services.match_rows import match_parts, match_parts_on_dask

    parts = match_parts_on_dask(asks, book, dask) if dask else match_parts(asks, book, workers)
    columns = (TextColumn("匹配"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        shown = bar.add_task("匹配", total=len(asks))
        for answers in parts:
            bar.advance(shown, len(answers))
            yield from answers


def _print(listed: "MatchList", found: "Sequence[Matched | RowError]", target: Path) -> None:
    from collections import Counter

    from address_service.services.write_matches import OUTCOMES, REFUSED, outcome_text

    for note in listed.notes:
        typer.echo(f"· {note}")
    counts = Counter(map(outcome_text, found))
    told = "，".join(f"{name} {counts[name]}" for name in (*OUTCOMES.values(), REFUSED))
    typer.echo(f"共 {len(found)} 行：{told}")
    typer.echo(f"结果：{target}")
