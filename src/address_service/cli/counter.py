"""Commands of the counter: applications received, decided, printed and closed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from address_service.cli.counter_words import line_of, read_day, read_id, read_number, read_paper
from address_service.model.applications import ApplicationKind

if TYPE_CHECKING:
    from address_service.model.applications import Application
    from address_service.store.work import Work

_As = Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")]
_No = Annotated[str, typer.Argument(help="申请编号，如 2026112400001")]
_Number = Annotated[str | None, typer.Option(help="门牌号，如 18 或 18-1（附号）")]
_Note = Annotated[str, typer.Option(help="说明")]


def register(app: typer.Typer) -> None:
    """Add `counter` to the program."""
    app.add_typer(_counter, name="counter", help="窗口：受理、核定、制牌、办结")


_counter = typer.Typer(no_args_is_help=True)


@_counter.command("list", help="列出未办结的申请，先到期的在前")
def list_open(
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期的")] = False,
    done: Annotated[bool, typer.Option("--done", help="改列已办结的，新的在前")] = False,
    village: Annotated[str | None, typer.Option(help="区划代码")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="最多列几件")] = 100,
    after: Annotated[str | None, typer.Option(help="从这个申请编号之后接着列")] = None,
    acting_as: _As = None,
) -> None:
    """Print one page of the applications of the account's division, the most overdue first."""
    from address_service.cli.acting import desk
    from address_service.edge.reading import narrowed
    from address_service.store.application_views import ApplicationViews, Order

    order = Order.NEWEST if done else Order.DUE
    with desk(acting_as) as manned, manned.work() as work:
        prefix = narrowed(manned.actor, village)
        last = _find(work, after).id if after else None
        views = ApplicationViews(work.conn, work.county_code, work.today)
        late = True if overdue else None
        rows = views.page(last, limit + 1, village=prefix, overdue=late, is_open=not done, order=order)
    for row in rows[:limit]:
        typer.echo(line_of(row))
    if len(rows) > limit:
        typer.echo(f"还有更多，接着列请加 --after {rows[limit - 1]['application_no']}", err=True)


@_counter.command("receive", help="受理申请；不登记姓名、电话和证件号")
def receive(
    kind: Annotated[ApplicationKind, typer.Argument(help="类别")],
    request: Annotated[str, typer.Option(help="申请事项")],
    building: Annotated[str | None, typer.Option(help="建筑编号")] = None,
    address: Annotated[str | None, typer.Option(help="地址编码")] = None,
    evidence: Annotated[list[str] | None, typer.Option(help="材料：类别 或 类别:文号，可多次")] = None,
    room: Annotated[str, typer.Option(help="分户所求户室")] = "",
    number: _Number = None,
    received_on: Annotated[str | None, typer.Option(help="受理日期，缺省为今天")] = None,
    acting_as: _As = None,
) -> None:
    """Receive an application and print its number and deadline."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.services.receive_application import Asked, receive_application

    asked = Asked(
        kind=kind,
        request=request,
        evidence=tuple(read_paper(one) for one in evidence or ()),
        building_code=building,
        address_code=address,
        room_label=room,
        wanted=read_number(number),
        received_on=read_day(received_on),
    )
    with desk(acting_as) as manned, manned.work() as work:
        require_right(manned.actor, Right.NUMBER)
        found = receive_application(work, asked, manned.settings.counter_deadline_days)
    typer.echo(f"{found.application_no}\t{found.due_on} 前办理")


@_counter.command("candidates", help="查看候选号")
def candidates(application_no: _No, acting_as: _As = None) -> None:
    """Print the numbers that an undecided application may be given, with their reasons."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.services.offer_numbers import offer_numbers
    from address_service.store.application_views import ApplicationViews

    with desk(acting_as) as manned, manned.work() as work:
        require_right(manned.actor, Right.NUMBER)
        found = _find(work, application_no)
        card = ApplicationViews(work.conn, work.county_code, work.today).one(found.id)
        offered, why = offer_numbers(work, card)
    if why is not None:
        raise why
    for one in offered:
        typer.echo(f"{one.number}\t" + "；".join(reason.text for reason in one.reasons))


@_counter.command("decide", help="核定：缺省同意，--refuse 不予办理")
def decide(
    application_no: _No,
    refuse: Annotated[bool, typer.Option("--refuse", help="不予办理，须写 --note")] = False,
    number: _Number = None,
    room: Annotated[str, typer.Option(help="分户：在原门牌下编的户室")] = "",
    plan: Annotated[str | None, typer.Option(help="更正：改号方案标识")] = None,
    note: _Note = "",
    acting_as: _As = None,
) -> None:
    """Decide on an application."""
    from address_service.services.decide_application import Decision, decide_application

    decision = Decision(not refuse, note, read_number(number), room, read_id(plan))
    found = _act(acting_as, application_no, lambda work, one: decide_application(work, one.id, decision))
    given = f"\t{found.taken}" if found.taken else ""
    typer.echo(f"{found.application_no}\t{_stage(found)}{given}")


@_counter.command("withdraw", help="撤回未核定的申请")
def withdraw(application_no: _No, note: _Note = "", acting_as: _As = None) -> None:
    """Take an application back."""
    from address_service.services.end_application import withdraw_application

    found = _act(acting_as, application_no, lambda work, one: withdraw_application(work, one.id, note))
    typer.echo(f"{found.application_no}\t{_stage(found)}")


@_counter.command("close", help="办结")
def close(application_no: _No, note: _Note = "", acting_as: _As = None) -> None:
    """Close an application."""
    from address_service.services.end_application import close_application

    found = _act(acting_as, application_no, lambda work, one: close_application(work, one.id, note))
    typer.echo(f"{found.application_no}\t{_stage(found)}")


@_counter.command("plate", help="订制门牌并生成文件")
def plate(
    application_no: _No,
    profile: Annotated[str | None, typer.Option(help="规格，缺省同原门牌")] = None,
    queue: Annotated[bool, typer.Option("--queue", help="只下单，文件由后台作业生成")] = False,
    acting_as: _As = None,
) -> None:
    """Order the plate of an application, and print its files."""
    from address_service.cli.acting import desk
    from address_service.cli.plates import print_files
    from address_service.edge.rights import Right, require_right
    from address_service.services.order_application_plate import order_application_plate
    from address_service.services.order_plates import queue_print

    with desk(acting_as) as manned:
        require_right(manned.actor, Right.PLATES)
        with manned.work() as work:
            batch_id = order_application_plate(work, _find(work, application_no).id, profile)
            if queue:
                queue_print(work, batch_id)
            batch_no = work.plates.batch(batch_id)["batch_no"]
        if queue:
            typer.echo(f"批次 {batch_no}：已排队")
        else:
            print_files(manned, batch_id)


@_counter.command("receipt", help="生成受理回执（PDF），--notice 生成办结通知")
def receipt(
    application_no: _No,
    to: Annotated[Path | None, typer.Option(dir_okay=False, help="写到哪里，缺省为 编号.pdf")] = None,
    notice: Annotated[bool, typer.Option("--notice", help="办结通知")] = False,
    acting_as: _As = None,
) -> None:
    """Write a slip of an application."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.plates.fonts import name_character
    from address_service.services.write_slip import write_notice, write_receipt
    from address_service.store.fonts import load_fonts

    write = write_notice if notice else write_receipt
    with desk(acting_as) as manned, manned.work() as work:
        require_right(manned.actor, Right.READ)
        found = _find(work, application_no)
        printed = write(work, found.id, manned.settings.counter_office, load_fonts())
    target = to or Path(f"{application_no}.pdf")
    target.write_bytes(printed.content)
    typer.echo(f"{target}")
    if printed.missing:
        typer.echo("字库缺字，印作〓：" + "、".join(map(name_character, printed.missing)), err=True)


def _act(acting_as: str | None, application_no: str, do: Any) -> "Application":
    """Run a clerk's act on an application by its number."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right

    with desk(acting_as) as manned, manned.work() as work:
        require_right(manned.actor, Right.NUMBER)
        done: Application = do(work, _find(work, application_no))
    return done


def _find(work: "Work", application_no: str) -> "Application":
    from address_service.services.scope import require_scope
    from address_service.store.applications import ApplicationRepository

    found = ApplicationRepository(work.conn, work.county_code).by_no(application_no)
    require_scope(work.actor, found.village_code)
    return found


def _stage(found: "Application") -> str:
    from address_service.model.labels import label

    return label(found.stage)
