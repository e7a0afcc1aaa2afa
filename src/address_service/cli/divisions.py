"""Commands for divisions over time: look, read what lists propose, compare names."""

from typing import Annotated

import typer

from address_service.cli import division_acts
from address_service.cli.division_words import print_table, read_choice, read_day

_As = Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")]
_On = Annotated[str | None, typer.Option("--on", help="哪一天，如 2016-01-01；缺省为今天")]
_Code = Annotated[str, typer.Argument(help="区划代码")]
_group = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `division` to the program."""
    division_acts.register(_group)
    app.add_typer(_group, name="division", help="行政区划：沿革、名录建议、变更、重名")


@_group.command("show", help="某日持有该代码的区划及其沿革")
def show(code: _Code, on: _On = None, acting_as: _As = None) -> None:
    """A division with its stretches of time, and who came before and after."""
    from address_service.cli.acting import desk
    from address_service.model.divisions import DivisionKind
    from address_service.model.labels import label
    from address_service.store.division_history import load_division_card, load_division_history

    with desk(acting_as) as manned, manned.work() as work:
        day = read_day(on) or work.today
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
    print_table(
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
        found = report_names(work, read_choice(NameCircle, circle), scope_prefix(manned.actor))
    for one in found:
        word = "重名" if one.likeness == "homonym" else f"同音（{one.reading}）"
        typer.echo(f"{word}：" + "、".join(f"{n.name}（{n.where} {n.id}）" for n in one.names))
    typer.echo(f"共 {len(found)} 组")
