"""Commands for the county, accounts and keys."""

from typing import TYPE_CHECKING, Annotated

import typer

from address_service.model.accounts import Role

if TYPE_CHECKING:
    from datetime import date

    from address_service.model.accounts import Actor
    from address_service.store.work import Work


def register(app: typer.Typer) -> None:
    """Add `county` and `user` to the program."""
    app.add_typer(_county, name="county", help="设置县")
    app.add_typer(_user, name="user", help="账户与密钥")


_county = typer.Typer(no_args_is_help=True)
_user = typer.Typer(no_args_is_help=True)


@_county.command("set-up", help="设置县名、邮编、量算投影和范围；重复执行即更改")
def set_up(
    name: Annotated[str, typer.Option(help="县名，如 平江县")],
    prefecture: Annotated[str, typer.Option(help="所属地级市，如 岳阳市")],
    province: Annotated[str, typer.Option(help="所属省，如 湖南省")],
    postcode: Annotated[str, typer.Option(help="邮政编码")],
    extent: Annotated[str, typer.Option(help="县域范围 西,南,东,北（度）")],
    srid: Annotated[int, typer.Option(help="量算用的3度带投影 EPSG 代码")] = 4547,
    synthetic: Annotated[bool, typer.Option(help="合成的示例数据")] = False,
) -> None:
    """Record the county's facts."""
    from address_service.cli.acting import unmanned_desk
    from address_service.errors import InvalidInput
    from address_service.services.set_up_county import set_up_county
    from address_service.store.county import County

    try:
        west, south, east, north = (float(part) for part in extent.split(","))
    except ValueError as error:
        raise InvalidInput("县域范围应为 西,南,东,北 四个数", code="extent-invalid") from error
    county = County(name, prefecture, province, postcode, srid, (west, south, east, north), synthetic)
    with unmanned_desk() as desk, desk.work() as work:
        done = set_up_county(work, county)
    typer.echo(f"{name}已{'设置' if done.created else '更新'}")


@_user.command("create", help="开设账户；首位系统、安全、审计管理员由运行维护人员这样开设")
def create(
    name: Annotated[str, typer.Argument(help="账户名")],
    role: Annotated[Role, typer.Option(help="职责；三员分立时其他职责由安全管理员授予")] = Role.ADMIN,
    division: Annotated[str | None, typer.Option(help="辖区代码，缺省为全县")] = None,
    acting_as: Annotated[str | None, typer.Option("--as", help="以哪个管理员的身份")] = None,
    if_absent: Annotated[bool, typer.Option(help="已有同名账户时不报错")] = False,
    one_time: Annotated[
        bool, typer.Option("--one-time-password", help="同时发放一次性口令并显示这一次")
    ] = False,
) -> None:
    """Open an account."""
    from address_service.cli.acting import desk, unmanned_desk
    from address_service.edge.rights import Right, require_right
    from address_service.model.accounts import ADMINISTRATORS
    from address_service.services.open_account import open_account
    from address_service.services.set_up_county import open_first_admin

    with unmanned_desk() as bare, bare.work() as work:
        if if_absent and work.accounts.find_by_name(name):
            typer.echo(f"账户“{name}”已存在")
            return
        is_first = role in ADMINISTRATORS and all(actor.role is not role for actor in work.accounts.list())
        if is_first:
            open_first_admin(work, name, role)
    if not is_first:
        with desk(acting_as) as manned, manned.work() as work:
            require_right(manned.actor, Right.ADMINISTER)
            open_account(work, name, role, division or work.county_code)
    typer.echo(f"账户“{name}”已开设")
    if one_time:
        give_password(name, None)


@_user.command("grant", help="授予或更改职责、辖区和起止日期")
def grant(
    name: Annotated[str, typer.Argument(help="账户名")],
    role: Annotated[Role, typer.Option(help="职责")],
    division: Annotated[str | None, typer.Option(help="辖区代码，缺省为全县")] = None,
    valid_from: Annotated[str | None, typer.Option("--from", help="首日，如 2026-03-02")] = None,
    valid_until: Annotated[str | None, typer.Option("--until", help="末日")] = None,
    acting_as: Annotated[str | None, typer.Option("--as", help="以哪个安全管理员的身份")] = None,
) -> None:
    """Give an account its office."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right, roles_with
    from address_service.services.keep_accounts import give_office
    from address_service.store.accounts import Office

    with desk(acting_as) as manned, manned.work() as work:
        require_right(manned.actor, Right.SECURE)
        account = _named(work, name)
        office = Office(role, division or work.county_code, _day(valid_from), _day(valid_until))
        give_office(
            work, account.account_id, office, roles_with(Right.SECURE, manned.settings.administrators)
        )
    typer.echo(f"账户“{name}”已授权")


@_user.command("set-password", help="由运行维护人员设置口令并解锁：从标准输入读取，或发放一次性口令")
def set_password(
    name: Annotated[str, typer.Argument(help="账户名")],
    stdin: Annotated[bool, typer.Option(help="从标准输入读取一行口令，不提示")] = False,
    one_time: Annotated[bool, typer.Option("--one-time", help="发放一次性口令并显示这一次")] = False,
) -> None:
    """Set the password of an account, from a prompt, from a line on stdin, or one for a single use."""
    import sys

    if one_time:
        give_password(name, None)
        return
    text = (
        sys.stdin.readline().rstrip("\n")
        if stdin
        else typer.prompt("新口令", hide_input=True, confirmation_prompt=True)
    )
    give_password(name, text)
    typer.echo(f"账户“{name}”的口令已设置")


def give_password(name: str, password: str | None) -> None:
    """Set a password as the operator; None: one for a single use, which is printed."""
    from address_service.cli.acting import unmanned_desk
    from address_service.edge import password_desk

    with unmanned_desk() as desk:
        with desk.work() as work:
            account = _named(work, name)
        single = password_desk.give_password(desk.house(), desk.origin, desk.actor, account, password)
    if single is not None:
        typer.echo(single)


@_user.command("unlock", help="由运行维护人员解锁账户，如最后一位安全管理员")
def unlock(
    name: Annotated[str, typer.Argument(help="账户名")],
    second_factor: Annotated[
        bool, typer.Option("--remove-second-factor", help="同时解除其第二因素（手机和恢复码都已丢失）")
    ] = False,
) -> None:
    """Forget the failed tries of an account."""
    from address_service.cli.acting import unmanned_desk
    from address_service.services.keep_accounts import remove_second_factor, unlock_account

    with unmanned_desk() as desk, desk.work() as work:
        account = _named(work, name)
        unlock_account(work, account.account_id)
        if second_factor:
            remove_second_factor(work, account.account_id)
    typer.echo(f"账户“{name}”已解锁")


def _named(work: "Work", name: str) -> "Actor":
    from address_service.errors import NotFound

    account = work.accounts.find_by_name(name)
    if account is None:
        raise NotFound(f"没有账户“{name}”", code="account-not-found")
    return account


def _day(text: str | None) -> "date | None":
    from datetime import date

    from address_service.errors import InvalidInput

    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(f"日期应如 2026-03-02，收到 {text}", code="date-invalid") from error


@_user.command("key", help="签发API密钥，只显示这一次")
def key(
    name: Annotated[str, typer.Argument(help="账户名")],
    label: Annotated[str, typer.Option(help="用途")] = "命令行签发",
    days: Annotated[int, typer.Option(help="有效天数")] = 90,
) -> None:
    """Issue an API key and print it."""
    from address_service.cli.acting import unmanned_desk
    from address_service.services.open_account import issue_api_key

    with unmanned_desk() as desk, desk.work() as work:
        account = _named(work, name)
        issued = issue_api_key(work, account, label, days)
    typer.echo(issued.secret)


@_user.command("list", help="列出账户")
def list_accounts() -> None:
    """Print the accounts."""
    from address_service.cli.acting import unmanned_desk
    from address_service.model.labels import label as label_of

    with unmanned_desk() as desk, desk.work() as work:
        for actor in work.accounts.list():
            typer.echo(f"{actor.name}\t{label_of(actor.role)}\t{actor.division_code}")
