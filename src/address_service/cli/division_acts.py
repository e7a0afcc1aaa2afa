"""Commands for acts on divisions and names: asked for by one, approved under a decree by another."""

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from address_service.cli.division_words import print_table, read_choice, read_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from address_service.cli.acting import Desk
    from address_service.store.division_acts import DivisionActHead

_As = Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")]
_Effective = Annotated[str | None, typer.Option(help="生效日期，如 2026-03-02；缺省为今天")]
_Note = Annotated[str, typer.Option(help="说明")]
_Code = Annotated[str, typer.Argument(help="区划代码")]
_Act = Annotated[UUID, typer.Argument(help="变更标识（UUID）")]
_KINDS = "rename respell recode transfer change_kind abolish"
_OUTCOMES = "respelled renamed kind_changed code_reused recoded moved_town merged abolished created rejected"


def register(group: typer.Typer) -> None:
    """Add the acts to `division`."""
    group.command("decide", help=f"决定一项建议，说明实际发生了什么：{_OUTCOMES}")(decide)
    group.command("create", help="拟定新设区划")(create)
    group.command("change", help=f"拟定区划变更：{_KINDS}")(change)
    group.command("rename-place", help="拟定街路、村民小组、自然村更名")(rename)
    group.command("acts", help="区划地名变更：planned 待批准，committed 已执行，dropped 已作废")(acts)
    group.command("commit", help="批准执行一项区划地名变更；须由拟定人以外的人办理")(commit)
    group.command("drop", help="作废一项待批准的区划地名变更")(drop)


def decide(
    proposal: Annotated[UUID, typer.Argument(help="建议标识（UUID）")],
    outcome: Annotated[str, typer.Argument(help=_OUTCOMES)],
    other_code: Annotated[
        str | None, typer.Option("--other-code", help="并入的、改为的或原来的区划代码")
    ] = None,
    effective_on: Annotated[str | None, typer.Option(help="生效日期，缺省为名录的日期")] = None,
    note: _Note = "",
    acting_as: _As = None,
) -> None:
    """Ask for what a person says has happened, or say that nothing did."""
    from address_service.model.division_acts import DivisionActKind, DivisionActRequest
    from address_service.model.division_lists import DivisionOutcome
    from address_service.services.decide_on_proposal import decide_on_proposal

    asked = DivisionActRequest(
        DivisionActKind.PROPOSAL,
        proposal_id=proposal,
        effective_on=read_day(effective_on),
        note=note,
        outcome=read_choice(DivisionOutcome, outcome),
        other_code=other_code,
    )
    with _namer(acting_as) as manned, manned.work() as work:
        head = decide_on_proposal(work, asked)
    _say(head) if head else typer.echo("已决定：不成立")


def create(
    code: _Code,
    name: Annotated[str, typer.Argument(help="名称")],
    effective_on: _Effective = None,
    note: _Note = "",
    acting_as: _As = None,
) -> None:
    """Ask for a division that was not there before."""
    _draw(acting_as, "create", effective_on, note, code=code, name=name)


def change(
    code: _Code,
    kind: Annotated[str, typer.Argument(help=_KINDS)],
    name: Annotated[str | None, typer.Option(help="新名称")] = None,
    new_code: Annotated[str | None, typer.Option("--new-code", help="新代码")] = None,
    effective_on: _Effective = None,
    note: _Note = "",
    acting_as: _As = None,
) -> None:
    """Ask to rename, respell, recode, transfer, turn 村 into 社区 or back, abolish."""
    _draw(acting_as, kind, effective_on, note, division_code=code, name=name, code=new_code)


def rename(
    place: Annotated[UUID, typer.Argument(help="地名标识（UUID）")],
    name: Annotated[str, typer.Argument(help="新名称")],
    effective_on: _Effective = None,
    note: _Note = "",
    acting_as: _As = None,
) -> None:
    """Ask for another name of a place."""
    _draw(acting_as, "rename_place", effective_on, note, place_id=place, name=name)


def acts(
    stage: Annotated[str, typer.Option(help="planned、committed、dropped 或 all")] = "planned",
    acting_as: _As = None,
) -> None:
    """What was asked for, and how it was decided."""
    from address_service.cli.acting import desk
    from address_service.edge.reading import scope_prefix
    from address_service.store.division_acts import DivisionActRepository

    with desk(acting_as) as manned, manned.work() as work:
        wanted = None if stage == "all" else stage
        acts = DivisionActRepository(work.conn, work.county_code)
        heads = acts.heads(None, 10_000, wanted, scope_prefix(manned.actor))
    print_table(
        ("标识", "变更", "区划", "新名称", "新代码", "生效", "拟定", "批准", "文号"),
        (
            (
                head.id,
                _kind_label(head.kind),
                "、".join(head.codes),
                head.request.get("name") or "",
                head.request.get("code") or "",
                head.effective_on,
                head.drawn_by,
                head.decided_by or "",
                head.decree_no or "",
            )
            for head in heads
        ),
    )


def commit(
    act: _Act,
    decree: Annotated[str | None, typer.Option(help="批准文号；名录建议可以没有")] = None,
    acting_as: _As = None,
) -> None:
    """Carry an act out from its day on."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.services.commit_division_act import commit_division_act

    with desk(acting_as) as manned:
        require_right(manned.actor, Right.APPROVE)
        with manned.work() as work:
            head = commit_division_act(work, act, decree)
    typer.echo(f"已执行：{_kind_label(head.kind)}，{head.effective_on}起，{head.decree_no or '无文号'}")


def drop(act: _Act, acting_as: _As = None) -> None:
    """Put an act aside."""
    from address_service.services.draw_division_act import drop_division_act

    with _namer(acting_as) as manned, manned.work() as work:
        head = drop_division_act(work, act)
    typer.echo(f"已作废：{_kind_label(head.kind)}")


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


def _draw(
    acting_as: str | None,
    kind: str,
    effective_on: str | None,
    note: str,
    division_code: str | None = None,
    **more: Any,
) -> None:
    from address_service.model.division_acts import DivisionActKind, DivisionActRequest
    from address_service.services.draw_division_act import draw_division_act

    with _namer(acting_as) as manned, manned.work() as work:
        day = read_day(effective_on) or work.today
        if division_code is not None:
            more["division_id"] = work.divisions.id_of_code(division_code, day)
        asked = DivisionActRequest(read_choice(DivisionActKind, kind), effective_on=day, note=note, **more)
        head = draw_division_act(work, asked)
    _say(head)


def _say(head: "DivisionActHead") -> None:
    found = head.summary
    typer.echo(f"已拟定 {head.id}：{_kind_label(head.kind)}，{head.effective_on}起，待他人批准")
    typer.echo(f"将有 {found['addresses']} 条地址改读新名，{found['plates']} 块门牌须重制")
    for clash in found["name_clashes"]:
        word = "重名" if clash["likeness"] == "homonym" else f"同音（{clash['reading']}）"
        typer.echo(
            f"注意{word}：" + "、".join(f"{n['name']}（{n['where']} {n['id']}）" for n in clash["names"])
        )


def _kind_label(kind: str) -> str:
    from address_service.model.division_acts import DivisionActKind
    from address_service.model.labels import label

    return label(DivisionActKind(kind))
