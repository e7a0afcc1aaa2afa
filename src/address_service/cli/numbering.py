"""Commands that number places and approve what was drafted."""

from collections import Counter
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from uuid import UUID

    from address_service.services.choose_places import PolicyBook
    from address_service.store.work import Work

_FIGURES = {"doors": "门户", "kept": "沿用旧号", "new": "新编", "reserved": "预留", "rooms": "户室"}
_PLACES_SHOWN = 60
"""Beyond so many places the table has a line for each village instead."""

_As = Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")]


def register(app: typer.Typer) -> None:
    """Add `number` and `approve` to the program."""
    app.command("number", help="编号：PLACE 为村代码、村名、地名标识，或 all；默认只试算，--commit 才写入")(
        number
    )
    app.command("approve", help="批准草案：SCOPE 为区划代码；起草人不能批准自己的草案")(approve)


def number(
    place: Annotated[str, typer.Argument(help="村代码、村名、地名标识（UUID），或 all")],
    policies: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="编号规则文件（YAML）")
    ] = None,
    commit: Annotated[bool, typer.Option(help="写入台账并起草地址")] = False,
    acting_as: _As = None,
) -> None:
    """Draw plans for the places of a village, a place, or everything; commit them on demand."""
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

    from address_service.cli.acting import desk
    from address_service.cli.targets import find_targets
    from address_service.edge.rights import Right, require_right
    from address_service.edge.side_by_side import side_by_side
    from address_service.services.choose_places import choose_places

    book = read_book(policies)
    with desk(acting_as) as manned:
        require_right(manned.actor, Right.NUMBER)
        jobs = []
        for village_code, single in find_targets(manned, place):
            with manned.work() as work:
                found = choose_places(work, village_code, book.parameters(village_code))
            jobs += [(village_code, p) for p in found if single is None or str(p.id) == single]
        lines: dict[str, Counter[str]] = {}
        with Progress(console=Console(stderr=True), transient=True) as progress:
            acts = [partial(_number_one, book, code, target.id, commit) for code, target in jobs]
            done = side_by_side(manned.work, acts)
            for (_, target), summary in zip(
                jobs, progress.track(done, total=len(jobs), description="编号"), strict=True
            ):
                name = target.village if len(jobs) > _PLACES_SHOWN else f"{target.village}{target.name}"
                lines.setdefault(name, Counter()).update({key: summary[key] for key in _FIGURES})
    table = Table("村" if len(jobs) > _PLACES_SHOWN else "地名", *_FIGURES.values())
    for name, figures in lines.items():
        table.add_row(name, *(str(figures[key]) for key in _FIGURES))
    table.add_section()
    totals = sum(lines.values(), Counter())
    table.add_row(f"合计 {len(jobs)} 处", *(str(totals[key]) for key in _FIGURES))
    Console().print(table)
    typer.echo("已写入，待县级批准" if commit else "仅试算，未写入；加 --commit 写入")


def _number_one(
    book: "PolicyBook", village_code: str, place_id: "UUID", commit: bool, work: "Work"
) -> dict[str, Any]:
    from address_service.services.commit_numbering_plan import number_place
    from address_service.services.plan_numbering import define_policy, plan_numbering

    define_policy(work, book.name(village_code), book.parameters(village_code))
    act = number_place if commit else plan_numbering
    return dict(act(work, place_id, book.name(village_code)).summary)


def read_book(path: Path | None) -> "PolicyBook":
    """The policies of a file; without one, the defaults everywhere."""
    import yaml

    from address_service.errors import InvalidInput
    from address_service.services.choose_places import PolicyBook

    if path is None:
        return PolicyBook({}, {})
    try:
        return PolicyBook.from_document(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(f"编号规则文件不是有效的YAML：{path.name}", code="policy-file-invalid") from error


def approve(
    scope: Annotated[str, typer.Argument(help="区划代码：县、镇或村")],
    decree: Annotated[str, typer.Option(help="批准文号")],
    effective_on: Annotated[str | None, typer.Option(help="生效日期，如 2026-03-02；缺省为今天")] = None,
    acting_as: _As = None,
) -> None:
    """Make the drafts of a scope current."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.services.approve_addresses import approve_addresses
    from address_service.store.addresses import Scope

    with desk(acting_as) as manned, manned.work() as work:
        require_right(manned.actor, Right.APPROVE)
        on = date.fromisoformat(effective_on) if effective_on else work.today
        done = approve_addresses(work, Scope(village_code=scope), decree, on)
    typer.echo(f"已批准 {done.approved} 条")
    for held in done.held_back:
        typer.echo(
            f"未批准：{held['village']}{held['place']}，地名未批准 {held['on_unapproved_name']} 条，"
            f"本人起草 {held['own_drafts']} 条"
        )
