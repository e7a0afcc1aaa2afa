"""Commands for mergers and splits of villages: propose, show, decide, commit, undo, drop."""

from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from address_service.cli.acting import Desk
    from address_service.coding.merger.collisions import Choice
    from address_service.services.draw_merger import Terms
    from address_service.store.merger_plans import DivisionChangeHead
    from address_service.store.work import Work

_As = Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")]
_Plan = Annotated[UUID, typer.Argument(help="区划变更方案标识（UUID）")]
_Day = Annotated[str | None, typer.Option("--effective-on", help="生效日期，如 2026-03-02；缺省为今天")]
_STAGES = {"draft": "草案", "committed": "已执行", "dropped": "已作废"}
_KINDS = {
    "keep": "保留原名",
    "district": "保留旧村为片区",
    "rename": "改名",
    "join": "并入并重排门牌",
}

_group = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `merger` to the program."""
    app.add_typer(_group, name="merger", help="村的合并与拆分：拟定、查看、决定重名、执行、恢复、作废")


@_group.command(
    "propose", help="拟定合并或拆分：--end 旧村代码 --into 并入村代码；或 --split 原村代码 --place 地名标识"
)
def propose(
    end: Annotated[list[str] | None, typer.Option(help="并出的村的代码，可多次")] = None,
    into: Annotated[str | None, typer.Option(help="并入的村的代码")] = None,
    split: Annotated[str | None, typer.Option(help="被拆分的村的代码")] = None,
    place: Annotated[list[UUID] | None, typer.Option(help="划出的地名（UUID），可多次")] = None,
    new_code: Annotated[str | None, typer.Option(help="新设村的代码")] = None,
    new_name: Annotated[str | None, typer.Option(help="新设村的名称")] = None,
    boundary: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="划出的范围，GeoJSON 几何文件（EPSG:4490）"),
    ] = None,
    title: Annotated[str, typer.Option(help="方案名称")] = "",
    effective_on: _Day = None,
    acting_as: _As = None,
) -> None:
    """Keep a plan with its dry run; nothing of the register changes."""
    from address_service.services.draw_merger import draw_merger
    from address_service.services.merger_request import DivisionChange, NewVillage

    with _clerk(acting_as) as manned, manned.work() as work:
        on = _day(work, effective_on)
        asked = DivisionChange(
            "split" if split else "merge",
            on,
            title,
            tuple(work.divisions.id_of_code(code, on) for code in end or ()),
            work.divisions.id_of_code(into, on) if into else None,
            NewVillage(new_code, new_name) if new_code and new_name else None,
            work.divisions.id_of_code(split, on) if split else None,
            tuple(place or ()),
            boundary.read_text(encoding="utf-8") if boundary else None,
        )
        _print_plan(draw_merger(work, asked, _terms(manned)))


@_group.command("show", help="查看方案")
def show(plan: _Plan, acting_as: _As = None) -> None:
    """One plan with its dry run."""
    from address_service.cli.acting import desk
    from address_service.services.scope import require_scope
    from address_service.store.merger_plans import DivisionChangeRepository

    with desk(acting_as) as manned, manned.work() as work:
        head = DivisionChangeRepository(work.conn, work.county_code).head(plan)
        for code in head.village_codes:
            require_scope(manned.actor, code)
        _print_plan(head)


@_group.command(
    "decide", help="决定重名：SUBJECT 为地名或村的标识，HOW 为 keep、district、rename、join、undecided"
)
def decide(
    plan: _Plan,
    subject: Annotated[UUID, typer.Argument(help="地名，或保留为片区的村")],
    how: Annotated[str, typer.Argument(help="、".join(f"{key} {word}" for key, word in _KINDS.items()))],
    name: Annotated[str, typer.Option(help="片区名称，或新名称")] = "",
    into: Annotated[UUID | None, typer.Option(help="join：并入哪一处地名")] = None,
    acting_as: _As = None,
) -> None:
    """Record one decision and draw the dry run anew."""
    from address_service.services.draw_merger import choose_in_merger

    choice = _choice(subject, how, name, into)
    with _clerk(acting_as) as manned, manned.work() as work:
        _print_plan(choose_in_merger(work, plan, [choice], _terms(manned)))


@_group.command("commit", help="批准执行；拟定人不能批准自己的方案")
def commit(plan: _Plan, decree: Annotated[str, typer.Option(help="批准文号")], acting_as: _As = None) -> None:
    """Carry a plan out, whole or not at all."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.services.commit_merger import commit_merger

    with desk(acting_as) as manned, manned.work() as work:
        require_right(manned.actor, Right.APPROVE)
        done = commit_merger(work, plan, decree, manned.settings.merger_tolerance_m)
    count = done.summary["counts"]["addresses"]
    typer.echo(f"已执行“{done.title}”：{count} 条地址，自 {done.effective_on} 起生效")


@_group.command("undo", help="拟定恢复方案：让并出的村的人恢复旧村名；另行批准执行")
def undo(
    plan: _Plan,
    restores: Annotated[UUID | None, typer.Option(help="恢复哪个并出的村；只有一个时可省略")] = None,
    code: Annotated[str | None, typer.Option(help="新村代码，缺省为旧村的代码")] = None,
    effective_on: _Day = None,
    acting_as: _As = None,
) -> None:
    """Draw the split that gives those concerned their old village name back."""
    from address_service.services.draw_merger import undo_merger

    with _clerk(acting_as) as manned, manned.work() as work:
        _print_plan(undo_merger(work, plan, restores, _day(work, effective_on), _terms(manned), code))


@_group.command("drop", help="作废尚未执行的方案")
def drop(plan: _Plan, acting_as: _As = None) -> None:
    """Put a plan aside."""
    from address_service.services.draw_merger import drop_merger

    with _clerk(acting_as) as manned, manned.work() as work:
        dropped = drop_merger(work, plan)
    typer.echo(f"已作废“{dropped.title}”")


@contextmanager
def _clerk(acting_as: str | None) -> "Iterator[Desk]":
    """The desk of an account that may name."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right

    with desk(acting_as) as manned:
        require_right(manned.actor, Right.NAME)
        yield manned


def _terms(manned: "Desk") -> "Terms":
    from address_service.services.draw_merger import Terms

    return Terms(manned.settings.plate_prices, manned.settings.merger_tolerance_m)


def _day(work: "Work", text: str | None) -> date:
    from address_service.errors import InvalidInput

    try:
        return date.fromisoformat(text) if text else work.today
    except ValueError as error:
        raise InvalidInput(f"日期应如 2026-03-02，收到“{text}”", code="date-malformed") from error


def _choice(subject: UUID, how: str, name: str, into: UUID | None) -> "Choice":
    from address_service.coding.merger.collisions import Choice, ChoiceKind
    from address_service.errors import InvalidInput

    try:
        return Choice(subject, ChoiceKind(how), name.strip(), into)
    except ValueError as error:
        raise InvalidInput(
            f"没有处理方式“{how}”，可用：{'、'.join(ChoiceKind)}", code="choice-invalid"
        ) from error


def _print_plan(head: "DivisionChangeHead") -> None:
    from rich.console import Console

    summary = head.summary
    typer.echo(
        f"方案 {head.id}  {head.title}  {_STAGES[head.stage]}  {head.drawn_by}拟定  自 {head.effective_on} 起"
    )
    console = Console()
    console.print(_counts_table(summary))
    if summary["collisions"]:
        console.print(_collisions_table(summary))
    for finding in (*summary["invariants"]["findings"], *summary["findings"]):
        typer.echo(f"注意：{finding['text']}")
    if head.decree_no:
        typer.echo(f"文号 {head.decree_no}，{head.decided_by}批准")


def _counts_table(summary: "Mapping[str, Any]") -> Any:
    from rich.table import Table

    counts, invariants = summary["counts"], summary["invariants"]
    table = Table("项目", "结果")
    areas = "；".join(f"{name} {_hectares(area)}" for name, area in invariants["areas_after_m2"].items())
    plates = "、".join(f"{line['label']} {line['count']} 块" for line in summary["plates"]) or "无"
    cost = "未设单价" if summary["cost_yuan"] is None else f"{summary['cost_yuan']:.2f} 元"
    for row in (
        ("村", "、".join(f"{v['name']}（{v['code']}）" for v in summary["villages"])),
        ("变更后", f"{summary['target']['name']}（{summary['target']['code']}）"),
        ("界线", f"{'符合' if invariants['hold'] else '不符合'}：{areas}"),
        ("地名", str(counts["places"])),
        ("地址", f"{counts['addresses']}（草案 {counts['drafts']}，改号 {counts['renumbered']}）"),
        ("户数（按户室推算）", str(counts["dwellings"])),
        ("宗地、房屋", f"{counts['parcels']}、{counts['buildings']}"),
        (
            "预留、建设计划、在办申请",
            f"{counts['reservations']}、{counts['construction_plans']}、{counts['applications']}",
        ),
        ("须重制门牌", plates),
        ("费用", cost),
        ("未决重名", str(summary["undecided"])),
        ("仍将重复的全称", str(summary["homonym_count"])),
    ):
        table.add_row(*row)
    return table


def _hectares(area: float | None) -> str:
    return "面积不详" if area is None else f"{area / 10_000:.2f} 公顷"


def _collisions_table(summary: "Mapping[str, Any]") -> Any:
    from rich.table import Table

    table = Table("重名", "村", "地名标识", "门", "处理", "可选")
    for one in summary["collisions"]:
        for place in one["places"]:
            chosen = place["chosen"]
            options = [_said(option) for option in one["options"] if option["subject_id"] == place["id"]]
            how = _said(chosen) if chosen else ("已决" if one["decided"] else "未决")
            row = (one["words"], place["village"], place["id"], str(place["doors"]), how, "；".join(options))
            table.add_row(*row)
    return table


def _said(choice: "Mapping[str, Any]") -> str:
    return f"{_KINDS.get(choice['kind'], '未决')}{choice['name'] and '：' + choice['name']}"
