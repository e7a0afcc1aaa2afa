"""Commands on reservations: list, overdue, release, extend, and the review of a construction plan."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

if TYPE_CHECKING:
    from address_service.services.site_as_reserved import SiteReview

_As = Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")]
_Decree = Annotated[str, typer.Option("--decree", help="文号")]
_Reason = Annotated[str, typer.Option("--reason", help="理由")]
_PAGE = 500
_STAGES = {"active": "预留中", "released": "已释放"}


def register(app: typer.Typer) -> None:
    """Add `reservation …` to the program."""
    group = typer.Typer(help="预留号：查看、释放、延期、按规划核对", no_args_is_help=True)
    group.command("list", help="列出预留")(show)
    group.command("overdue", help="列出逾期而未决定的预留")(overdue)
    group.command("release", help="释放一项预留（标识见 list）")(release)
    group.command("extend", help="延长一项预留")(extend)
    group.command("review", help="核对建设计划与其预留；--apply 才变更")(review)
    app.add_typer(group, name="reservation")


def show(acting_as: _As = None) -> None:
    """Every reservation within the account's scope."""
    from address_service.edge.reading import scope_prefix

    with _desk(acting_as) as manned, manned.work() as work:
        after, rows = None, []
        while page := work.numbers.reservations(after, _PAGE, scope=scope_prefix(work.actor)):
            rows += page
            after = page[-1]["id"]
        today = work.today
    table = _table("标识", "地名", "规划", "用途", "到期", "状态", "预留号数")
    for row in rows:
        late = row["stage"] == "active" and row["expires_on"] is not None and row["expires_on"] < today
        stage = "逾期" if late else _STAGES[row["stage"]]
        cells = row["id"], row["place"], row["plan_no"] or "", row["purpose"], row["expires_on"] or "", stage
        table.add_row(*map(str, cells), str(len(row["numbers"])))
    _print(table)


def overdue(acting_as: _As = None) -> None:
    """Reservations past their end; they hold their numbers until somebody decides."""
    from address_service.services.manage_reservation import overdue_reservations

    with _desk(acting_as) as manned, manned.work() as work:
        found = overdue_reservations(work)
    table = _table("标识", "用途", "建设单位", "到期", "预留号数")
    for one in found:
        table.add_row(str(one.id), one.purpose, one.holder, str(one.expires_on), str(one.numbers))
    _print(table)


def release(
    reservation: Annotated[UUID, typer.Argument(help="预留的标识")],
    decree: _Decree,
    reason: _Reason,
    acting_as: _As = None,
) -> None:
    """End a reservation by decree."""
    from address_service.services.manage_reservation import release_reservation

    with _desk(acting_as) as manned, manned.work() as work:
        done = release_reservation(work, reservation, decree, reason)
    typer.echo(f"已释放“{done.purpose}”，未用的号可再编")


def extend(
    reservation: Annotated[UUID, typer.Argument(help="预留的标识")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="新的到期日")],
    decree: _Decree,
    reason: _Reason,
    acting_as: _As = None,
) -> None:
    """Keep a reservation longer."""
    from address_service.services.manage_reservation import extend_reservation

    with _desk(acting_as) as manned, manned.work() as work:
        done = extend_reservation(work, reservation, date(until.year, until.month, until.day), decree, reason)
    typer.echo(f"“{done.purpose}”已延至 {done.expires_on}")


def review(
    plan_no: Annotated[str, typer.Argument(help="计划编号")],
    apply: Annotated[bool, typer.Option("--apply", help="按核对结果变更")] = False,
    decree: Annotated[str, typer.Option("--decree", help="文号，变更时必填")] = "",
    reason: Annotated[str, typer.Option("--reason", help="理由，变更时必填")] = "",
    frontage: Annotated[bool, typer.Option("--frontage", help="按临街宽度核算，不按规划户数")] = False,
    acting_as: _As = None,
) -> None:
    """What a plan that came again changes for its reservation; with --apply by decree."""
    from address_service.services.review_site import apply_site_review, review_site
    from address_service.store.planned_ground import PlannedGroundReader

    with _desk(acting_as) as manned, manned.work() as work:
        plan_id = PlannedGroundReader(work.conn, work.county_code).plan_by_no(plan_no).site.id
        found = review_site(work, plan_id, by_frontage=frontage)
        _show_review(found)
        if apply:
            apply_site_review(work, plan_id, decree, reason, by_frontage=frontage, digest=found.digest)
    if apply:
        typer.echo("已按核对结果变更")
    elif found.changes:
        typer.echo("仅核对，未变更；加 --apply --decree --reason 执行")


def _show_review(found: "SiteReview") -> None:
    states = [one.state.value for one in found.block]
    typer.echo(f"{found.ground.plan_no} {found.ground.site.name}（{found.village}{found.place}）")
    typer.echo(f"{found.need.reason.text}；在用 {states.count('issued')}，预留 {states.count('reserved')}")
    for note in found.notes:
        typer.echo(f"· {note.text}")
    for add in found.change.add:
        typer.echo(f"增 {add.number}：{add.reason.text}")
    for gone in found.change.give_up:
        typer.echo(f"释 {gone.number}：{gone.reason.text}")
    for change in found.amendments:
        name = {"holder": "建设单位", "expires_on": "到期日"}[change.field]
        typer.echo(f"改 {name}：{change.before} → {change.after}")
    if not found.changes:
        typer.echo("预留与规划一致")


def _desk(acting_as: str | None) -> Any:
    from contextlib import contextmanager

    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right

    @contextmanager
    def numbering() -> Any:
        with desk(acting_as) as manned:
            require_right(manned.actor, Right.NUMBER)
            yield manned

    return numbering()


def _table(*columns: str) -> Any:
    from rich.table import Table

    return Table(*columns)


def _print(table: Any) -> None:
    from rich.console import Console

    Console().print(table)
    typer.echo(f"共 {table.row_count} 项")
