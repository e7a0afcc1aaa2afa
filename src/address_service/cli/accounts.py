"""Commands for the county, accounts and keys."""

from typing import Annotated

import typer

from address_service.model.accounts import Role


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


@_user.command("create", help="开设账户；首个账户须为系统管理员")
def create(
    name: Annotated[str, typer.Argument(help="账户名")],
    role: Annotated[Role, typer.Option(help="职责")] = Role.ADMIN,
    division: Annotated[str | None, typer.Option(help="辖区代码，缺省为全县")] = None,
    acting_as: Annotated[str | None, typer.Option("--as", help="以哪个管理员的身份")] = None,
    if_absent: Annotated[bool, typer.Option(help="已有同名账户时不报错")] = False,
) -> None:
    """Open an account."""
    from address_service.cli.acting import desk, unmanned_desk
    from address_service.edge.rights import Right, require_right
    from address_service.services.open_account import open_account
    from address_service.services.set_up_county import open_first_admin

    with unmanned_desk() as bare, bare.work() as work:
        if if_absent and work.accounts.find_by_name(name):
            typer.echo(f"账户“{name}”已存在")
            return
        is_first = not work.accounts.list()
        if is_first and role is Role.ADMIN:
            open_first_admin(work, name)
    if not (is_first and role is Role.ADMIN):
        with desk(acting_as) as manned, manned.work() as work:
            require_right(manned.actor, Right.ADMINISTER)
            open_account(work, name, role, division or work.county_code)
    typer.echo(f"账户“{name}”已开设")


@_user.command("key", help="签发API密钥，只显示这一次")
def key(
    name: Annotated[str, typer.Argument(help="账户名")],
    label: Annotated[str, typer.Option(help="用途")] = "命令行签发",
    days: Annotated[int, typer.Option(help="有效天数")] = 90,
) -> None:
    """Issue an API key and print it."""
    from address_service.cli.acting import unmanned_desk
    from address_service.errors import NotFound
    from address_service.services.open_account import issue_api_key

    with unmanned_desk() as desk, desk.work() as work:
        account = work.accounts.find_by_name(name)
        if account is None:
            raise NotFound(f"没有账户“{name}”", code="account-not-found")
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
