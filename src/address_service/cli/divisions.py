"""Commands for divisions over time: look, decide on what lists propose, change by decree, compare names."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from address_service.cli.acting import Desk
    from address_service.services.division_act import Act
    from address_service.store.work import Work

_As = Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")]
_On = Annotated[str | None, typer.Option("--on", help="哪一天，如 2016-01-01；缺省为今天")]
_Decree = Annotated[str, typer.Option(help="批准文号")]
_Effective = Annotated[str | None, typer.Option(help="生效日期，如 2026-03-02；缺省为今天")]
_Note = Annotated[str, typer.Option(help="说明")]
_Code = Annotated[str, typer.Argument(help="区划代码")]
_KINDS = "rename respell recode transfer change_kind abolish"
_OUTCOMES = "respelled renamed kind_changed code_reused recoded moved_town merged abolished created rejected"

_group = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `division` to the program."""
    app.add_typer(_group, name="division", help="行政区划：沿革、名录建议、变更、重名")


@_group.command("show", help="某日持有该代码的区划及其沿革")
def show(code: _Code, on: _On = None, acting_as: _As = None) -> None:
    """A division with its stretches of time, and who came before and after."""
    from address_service.cli.acting import desk
    from address_service.model.divisions import DivisionKind
    from address_service.model.labels import label
    from address_service.store.division_history import load_division_card, load_division_history

    with desk(acting_as) as manned, manned.work() as work:
        day = _day(on) or work.today
        card = load_division_card(work.conn, work.county_code, code, day, work.now)
        history = load_division_history(work.conn, work.county_code, card["id"])
    typer.echo(f"{card['name']}（{code}），{day}，{card['parent'] or ''}")
    for version in history["versions"]:
        since, until = version["valid_from"], version["valid_to"] or "今"
        kind = label(DivisionKind(version["kind"]))
        typer.echo(f"  {since} 至 {until}  {version['code']}  {version['name']}  {kind}")
    for word, kin in (("来自", history["predecessors"]), ("去向", history["successors"])):
        for one in kin:
            share = "整体" if one["share"] == "whole" else "部分"
            typer.echo(f"  {word} {one['name']}（{one['code']}） {share} {one['effective_on']} {one['note']}")


@_group.command("lists", help="已导入的区划名录")
def lists(acting_as: _As = None) -> None:
    """Lists with what they proposed."""
    from address_service.cli.acting import desk
    from address_service.store.division_lists import DivisionLists

    with desk(acting_as) as manned, manned.work() as work:
        rows = DivisionLists(work.conn, work.county_code).lists(None, 1000)
    _table(
        ("标识", "年份", "体系", "行数", "待决定", "文件"),
        ((r["id"], r["year"], r["system"], r["rows"], r["open_proposals"], r["filename"]) for r in rows),
    )


@_group.command("proposals", help="名录与在册情况的差异，等人决定")
def proposals(
    state: Annotated[str, typer.Option(help="open、decided、superseded 或 all")] = "open",
    acting_as: _As = None,
) -> None:
    """What lists propose, with the evidence."""
    from address_service.cli.acting import desk
    from address_service.edge.reading import scope_prefix
    from address_service.model.division_lists import DivisionOutcome, ProposalKind, ProposalState
    from address_service.model.labels import label
    from address_service.store.division_proposals import DivisionProposals

    with desk(acting_as) as manned, manned.work() as work:
        wanted = None if state == "all" else state
        rows = DivisionProposals(work.conn, work.county_code).page(
            None, 10_000, state=wanted, scope=scope_prefix(manned.actor)
        )
    for r in rows:
        old = f"{r['old_name']}（{r['old_code']}）" if r["old_code"] else "无"
        new = f"{r['new_name']}（{r['new_code']}）" if r["new_code"] else "无"
        said = DivisionOutcome(r["outcome"]) if r["outcome"] else ProposalState(r["state"])
        kind = label(ProposalKind(r["kind"]))
        typer.echo(f"{r['id']}  {r['year']}年  {kind}  {old} → {new}  {label(said)}")
        for clue in r["evidence"]:
            typer.echo(f"    {clue['text']}")


@_group.command("decide", help=f"决定一项建议，说明实际发生了什么：{_OUTCOMES}")
def decide(
    proposal: Annotated[UUID, typer.Argument(help="建议标识（UUID）")],
    outcome: Annotated[str, typer.Argument(help=_OUTCOMES)],
    other_code: Annotated[
        str | None, typer.Option("--other-code", help="并入的、改为的或原来的区划代码")
    ] = None,
    decree: Annotated[str | None, typer.Option(help="批准文号")] = None,
    effective_on: Annotated[str | None, typer.Option(help="生效日期，缺省为名录的日期")] = None,
    note: _Note = "",
    acting_as: _As = None,
) -> None:
    """Carry out what a person decided."""
    from address_service.model.division_lists import DivisionOutcome
    from address_service.model.labels import label
    from address_service.services.decide_division_proposal import decide_division_proposal
    from address_service.services.division_outcomes import Decision

    said = _choice(DivisionOutcome, outcome)
    decision = Decision(said, _day(effective_on), decree, note, other_code)
    with _namer(acting_as) as manned, manned.work() as work:
        decide_division_proposal(work, proposal, decision)
    typer.echo(f"已决定：{label(said)}")


@_group.command("create", help="新设区划")
def create(
    code: _Code,
    name: Annotated[str, typer.Argument(help="名称")],
    decree: _Decree,
    effective_on: _Effective = None,
    note: _Note = "",
    acting_as: _As = None,
) -> None:
    """A division that was not there before."""
    from address_service.services.act_on_division import enter_division

    with _namer(acting_as) as manned, manned.work() as work:
        enter_division(work, code, name, _act(work, decree, effective_on, note))
    typer.echo(f"已新设 {name}（{code}）")


@_group.command("change", help=f"变更区划：{_KINDS}")
def change(
    code: _Code,
    kind: Annotated[str, typer.Argument(help=_KINDS)],
    decree: _Decree,
    name: Annotated[str | None, typer.Option(help="新名称")] = None,
    new_code: Annotated[str | None, typer.Option("--new-code", help="新代码")] = None,
    effective_on: _Effective = None,
    note: _Note = "",
    acting_as: _As = None,
) -> None:
    """Rename, respell, recode, transfer, 村 ⇄ 社区, abolish."""
    from address_service.services.act_on_division import (
        DivisionChange,
        DivisionChangeKind,
        act_on_division,
    )

    wanted = DivisionChange(_choice(DivisionChangeKind, kind), name, new_code)
    with _namer(acting_as) as manned, manned.work() as work:
        act = _act(work, decree, effective_on, note)
        _, done = act_on_division(work, work.divisions.id_of_code(code, act.effective_on), wanted, act)
    typer.echo(f"已变更：{done.addresses} 条地址改读新名，{done.plates} 块门牌须重制")


@_group.command("rename-place", help="街路、村民小组、自然村更名")
def rename(
    place: Annotated[UUID, typer.Argument(help="地名标识（UUID）")],
    name: Annotated[str, typer.Argument(help="新名称")],
    decree: _Decree,
    effective_on: _Effective = None,
    note: _Note = "",
    acting_as: _As = None,
) -> None:
    """A place gets another name, and its addresses read it."""
    from address_service.services.rename_place import rename_place

    with _namer(acting_as) as manned, manned.work() as work:
        done = rename_place(work, place, name, _act(work, decree, effective_on, note))
    typer.echo(f"已更名：{done.addresses} 条地址改读新名，{done.plates} 块门牌须重制")


@_group.command("names", help="重名与同音：villages 县内的村、streets 镇内的街路、groups 村内的组")
def names(
    circle: Annotated[str, typer.Argument(help="villages、streets 或 groups")] = "villages",
    acting_as: _As = None,
) -> None:
    """Names that are taken for one another."""
    from address_service.cli.acting import desk
    from address_service.edge.reading import scope_prefix
    from address_service.services.report_names import NameCircle, report_names

    with desk(acting_as) as manned, manned.work() as work:
        found = report_names(work, _choice(NameCircle, circle), scope_prefix(manned.actor))
    for one in found:
        word = "重名" if one.likeness == "homonym" else f"同音（{one.reading}）"
        typer.echo(f"{word}：" + "、".join(f"{n.name}（{n.where} {n.id}）" for n in one.names))
    typer.echo(f"共 {len(found)} 组")


def _namer(acting_as: str | None) -> "AbstractContextManager[Desk]":
    """The desk of an account that may name."""
    from contextlib import contextmanager

    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right

    @contextmanager
    def manned_desk() -> "Iterator[Desk]":
        with desk(acting_as) as manned:
            require_right(manned.actor, Right.NAME)
            yield manned

    return manned_desk()


def _act(work: "Work", decree: str, effective_on: str | None, note: str) -> "Act":
    from address_service.services.division_act import Act

    return Act(_day(effective_on) or work.today, decree, note)


def _choice(kind: Any, text: str) -> Any:
    from address_service.errors import InvalidInput

    try:
        return kind(text)
    except ValueError:
        known = "、".join(str(one) for one in kind)
        raise InvalidInput(f"没有“{text}”，可用：{known}", code="choice-unknown") from None


def _day(text: str | None) -> date | None:
    from address_service.errors import InvalidInput

    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(f"日期应如 2026-03-02，收到“{text}”", code="date-malformed") from error


def _table(head: tuple[str, ...], rows: "Iterator[tuple[Any, ...]]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*head)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    Console().print(table)
