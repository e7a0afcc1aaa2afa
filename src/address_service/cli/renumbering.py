"""Commands for renumbering plans: draw, show, commit, undo, drop."""

from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from address_service.cli.acting import Desk
    from address_service.services.renumbering_targets import Redraw, Wish
    from address_service.store.renumbering_plans import RenumberingChange, RenumberingHead
    from address_service.store.work import Work

_As = Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")]
_Plan = Annotated[UUID, typer.Argument(help="改号方案标识（UUID）")]
_File = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="编号规则文件（YAML）")]
_STAGES = {"draft": "草案", "committed": "已执行", "dropped": "已作废"}
_ROWS_SHOWN = 200

_group = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `renumber` to the program."""
    app.add_typer(_group, name="renumber", help="改号方案：拟定、查看、执行、撤销、作废")


@_group.command("draw", help="拟定改号方案：PLACE 为地名标识，或村名加地名如 烟舟村12组")
def draw(
    place: Annotated[str, typer.Argument(help="地名标识（UUID），或村名加地名")],
    changes: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="CSV：地址编码,门牌号（12 或 12附1）")
    ] = None,
    redraw: Annotated[bool, typer.Option("--redraw", help="整处重新编排")] = False,
    policies: _File = None,
    keep: Annotated[list[str] | None, typer.Option(help="重编时保留原号的门，可多次")] = None,
    title: Annotated[str, typer.Option(help="方案名称")] = "",
    reassign_decree: Annotated[str | None, typer.Option(help="重新启用已注销号码的文号")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看结果，不保存")] = False,
    acting_as: _As = None,
) -> None:
    """Draw a plan from a list or afresh, and say what it changes and costs."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.errors import InvalidInput
    from address_service.services.draw_renumbering import (
        Renumbering,
        draw_renumbering,
        preview_renumbering,
    )

    if (changes is None) is not redraw:
        raise InvalidInput("请用 --changes 给出清单，或用 --redraw 整处重编", code="renumbering-both")
    with desk(acting_as) as manned, manned.work() as work:
        require_right(manned.actor, Right.NUMBER)
        found = _place(work, place)
        wishes, afresh = (
            _wishes(changes) if changes else _redraw(work, found, policies, tuple(keep or ()), dry_run)
        )
        asked = Renumbering(found["id"], wishes, afresh, title, reassign_decree)
        prices = manned.settings.plate_prices
        if dry_run:
            draft = preview_renumbering(work, asked, prices)
            _print_changes(draft.changes, draft.summary)
            typer.echo("仅预览，未保存")
            return
        _print_plan(work, draw_renumbering(work, asked, prices))


@_group.command("show", help="查看改号方案")
def show(plan: _Plan, acting_as: _As = None) -> None:
    """One plan with its changes and its price."""
    from address_service.cli.acting import desk
    from address_service.services.scope import require_scope

    with desk(acting_as) as manned, manned.work() as work:
        head = work.renumbering_plans.head(plan)
        require_scope(manned.actor, head.village_code)
        _print_plan(work, head)


@_group.command("commit", help="批准执行；拟定人不能批准自己的方案")
def commit(
    plan: _Plan,
    decree: Annotated[str, typer.Option(help="批准文号")],
    effective_on: Annotated[str | None, typer.Option(help="生效日期，如 2026-03-02；缺省为今天")] = None,
    acting_as: _As = None,
) -> None:
    """Let everybody of a plan change numbers at once."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.services.commit_renumbering import commit_renumbering

    with desk(acting_as) as manned, manned.work() as work:
        require_right(manned.actor, Right.APPROVE)
        done = commit_renumbering(work, plan, decree, _day(work, effective_on))
    typer.echo(f"已执行“{done.title}”：{done.summary['doors']} 个门牌号，自 {done.effective_on} 起生效")


@_group.command("undo", help="拟定撤销方案，另行批准执行")
def undo(plan: _Plan, acting_as: _As = None) -> None:
    """Draw the plan that takes a committed one back."""
    from address_service.services.draw_renumbering import undo_renumbering

    with _clerk(acting_as) as manned, manned.work() as work:
        _print_plan(work, undo_renumbering(work, plan, manned.settings.plate_prices))


@_group.command("drop", help="作废尚未执行的改号方案")
def drop(plan: _Plan, acting_as: _As = None) -> None:
    """Put a plan aside."""
    from address_service.services.draw_renumbering import drop_renumbering

    with _clerk(acting_as) as manned, manned.work() as work:
        dropped = drop_renumbering(work, plan)
    typer.echo(f"已作废“{dropped.title}”")


@contextmanager
def _clerk(acting_as: str | None) -> "Iterator[Desk]":
    """The desk of an account that may number."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right

    with desk(acting_as) as manned:
        require_right(manned.actor, Right.NUMBER)
        yield manned


def _day(work: "Work", text: str | None) -> date:
    from address_service.errors import InvalidInput

    try:
        return date.fromisoformat(text) if text else work.today
    except ValueError as error:
        raise InvalidInput(f"日期应如 2026-03-02，收到“{text}”", code="date-malformed") from error


def _wishes(changes: Path) -> "tuple[tuple[Wish, ...], None]":
    from address_service.gis.renumbering_list import read_renumbering_list
    from address_service.services.renumbering_targets import Wish

    return tuple(Wish(code, number) for code, number in read_renumbering_list(changes)), None


def _redraw(
    work: "Work", place: "Mapping[str, Any]", policies: Path | None, keep: tuple[str, ...], dry_run: bool
) -> "tuple[tuple[()], Redraw]":
    """By the policy of the file where one is given; a dry run does not keep it."""
    from address_service.cli.numbering import read_book
    from address_service.services.plan_numbering import define_policy
    from address_service.services.renumbering_targets import Redraw

    if policies is None:
        return (), Redraw(keep=keep)
    book, village = read_book(policies), place["village_code"]
    if dry_run:
        return (), Redraw(parameters=book.parameters(village), keep=keep)
    define_policy(work, book.name(village), book.parameters(village))
    return (), Redraw(book.name(village), keep=keep)


def _place(work: "Work", place: str) -> "Mapping[str, Any]":
    from address_service.errors import NotFound
    from address_service.store.listings import Listings

    listings = Listings(work.conn, work.county_code, work.today)
    try:
        found = listings.places(None, 2, place_id=UUID(place))
    except ValueError:
        every = listings.places(None, 100_000)
        found = [p for p in every if place in (p["name"], f"{p['village']}{p['name']}")]
    if len(found) != 1:
        words = f"有 {len(found)} 处叫“{place}”，请写明村名，或用标识" if found else f"没有地名“{place}”"
        raise NotFound(words, code="place-not-found")
    return found[0]


def _print_plan(work: "Work", head: "RenumberingHead") -> None:
    typer.echo(
        f"方案 {head.id}  {head.title}（{head.village}{head.place}）  {_STAGES[head.stage]}  {head.drawn_by}拟定"
    )
    _print_changes(work.renumbering_plans.changes(head.id), head.summary)
    if head.decree_no:
        typer.echo(f"文号 {head.decree_no}，自 {head.effective_on} 起生效，{head.decided_by}批准")


def _print_changes(changes: "Sequence[RenumberingChange]", summary: "Mapping[str, Any]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("地址编码", "原号", "新号", "新全称", "户室")
    for change in changes[:_ROWS_SHOWN]:
        rooms = str(len(change.rooms)) if change.rooms else ""
        table.add_row(change.code, str(change.before), str(change.after), change.new_text, rooms)
    console = Console()
    console.print(table)
    if len(changes) > _ROWS_SHOWN:
        typer.echo(f"……共 {len(changes)} 处，此处列出 {_ROWS_SHOWN} 处")
    console.print(_price_table(summary))


def _price_table(summary: "Mapping[str, Any]") -> Any:
    from rich.table import Table

    table = Table("项目", "结果")
    plates = "、".join(f"{line['label']} {line['count']} 块" for line in summary["plates"]) or "无"
    cost = "未设单价" if summary["cost_yuan"] is None else f"{summary['cost_yuan']:.2f} 元"
    rows = [
        ("改动门牌号", f"{summary['doors']}（草案 {summary['drafts']}）"),
        ("户室", str(summary["rooms"])),
        ("户数（按户室推算）", str(summary["dwellings"])),
        ("须重制门牌", plates),
        ("失效的完好旧牌", f"{summary['wall_plates']} 块"),
        ("费用", cost),
        ("轮换", "；".join(summary["cycles"]) or "无"),
        ("改后注销", "、".join(summary["retired"]) or "无"),
        ("重名", "；".join(f"{h['text']}（{h['code']}）" for h in summary["homonyms"]) or "无"),
        (
            "次序与单双号问题",
            f"现状 {_count(summary['faults_before'])}，改后 {_count(summary['faults_after'])}",
        ),
    ]
    for row in rows:
        table.add_row(*row)
    return table


def _count(faults: int | None) -> str:
    return "未检查（无中心线）" if faults is None else f"{faults} 处"
