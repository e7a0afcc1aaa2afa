"""Commands for the database: the private cluster, migrations, backup."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add `db` to the program."""
    app.add_typer(_db, name="db", help="数据库：启动、停止、迁移、检查、备份、恢复")


_db = typer.Typer(no_args_is_help=True)


@_db.command("start", help="启动自带的数据库；已在运行则不动")
def start() -> None:
    """Start the private cluster."""
    from address_service.bootstrap import private_cluster
    from address_service.settings import Settings

    cluster = private_cluster(Settings())
    if cluster is None:
        typer.echo("已设置 DATABASE_URL，不使用自带数据库")
        return
    started = cluster.start()
    typer.echo(f"数据库{'已启动' if started else '正在运行'}，数据在 {cluster.pgdata}")


@_db.command("stop", help="停止自带的数据库")
def stop() -> None:
    """Stop the private cluster."""
    from address_service.bootstrap import private_cluster
    from address_service.settings import Settings

    cluster = private_cluster(Settings())
    if cluster is None:
        typer.echo("已设置 DATABASE_URL，不使用自带数据库")
        return
    typer.echo("数据库已停止" if cluster.stop() else "数据库没有在运行")


@_db.command("migrate", help="建立角色、数据库和扩展，并迁移到程序所需的结构版本")
def migrate() -> None:
    """Migrate to the head."""
    from address_service import bootstrap
    from address_service.settings import Settings

    typer.echo(f"结构版本 {bootstrap.migrate(Settings())}")


@_db.command("check", help="检查数据库能否供本服务使用")
def check() -> None:
    """Print what was found, or fail with the cure."""
    from address_service.bootstrap import open_database
    from address_service.settings import Settings
    from address_service.store.readiness import check_database

    for line in check_database(open_database(Settings()).app_url):
        typer.echo(line)


@_db.command("backup", help="把整个数据库备份到一个文件；DATA_DIR 中的其他文件须另行备份")
def backup(file: Annotated[Path, typer.Argument(help="目标文件，须尚不存在")]) -> None:
    """Write a dump."""
    from address_service.bootstrap import open_database
    from address_service.errors import NotReady
    from address_service.settings import Settings
    from address_service.store.backup import back_up

    database = open_database(Settings())
    if not database.owner_url:
        raise NotReady("请设置 OWNER_DATABASE_URL：备份须以表的所有者进行。", code="owner-url-missing")
    typer.echo(f"已备份到 {file}，{back_up(database.owner_url, file):,} 字节")


@_db.command("restore", help="从备份文件恢复到空库")
def restore(file: Annotated[Path, typer.Argument(help="备份文件")]) -> None:
    """Load a dump, then migrate it to the head."""
    from address_service import bootstrap
    from address_service.errors import NotReady
    from address_service.settings import Settings
    from address_service.store.backup import restore as restore_dump

    settings = Settings()
    urls = bootstrap.start_server(settings)
    if not urls.admin or not urls.owner:
        raise NotReady(
            "请设置 ADMIN_DATABASE_URL 和 OWNER_DATABASE_URL：恢复须以超级用户进行。",
            code="admin-url-missing",
        )
    restore_dump(urls.admin, urls.owner, file)
    typer.echo(f"已恢复，结构版本 {bootstrap.migrate(settings)}")
