"""Commands for the database: the private cluster, migrations, backup."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from address_service.settings import Settings
    from address_service.store.drill import Drill


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

    settings = Settings()
    for line in check_database(open_database(settings).app_url):
        typer.echo(line)
    typer.echo(_keys_line(settings))


def _keys_line(settings: "Settings") -> str:
    """Whether the keys are here that the data ask for: a question to a role that sees all rows."""
    from address_service.bootstrap import database_urls, register_place
    from address_service.store.backup_keys import keys_line
    from address_service.store.keys import ring_of

    if not database_urls(settings).owner:
        return "未设置 OWNER_DATABASE_URL，没有检查密钥"
    return keys_line(register_place(settings).url, ring_of(settings))


@_db.command("backup", help="把数据库和 DATA_DIR 中的文件备份到一个新目录，附清单；密钥不在其中，须另行保管")
def backup(folder: Annotated[Path, typer.Argument(help="目标目录，须尚不存在")]) -> None:
    """Write a backup folder, and print the digest of its manifest."""
    from address_service.bootstrap import register_place
    from address_service.settings import Settings
    from address_service.store.backup_files import unknown_entries
    from address_service.store.backup_folder import make_backup

    made = make_backup(register_place(Settings()), folder.absolute(), _now(), _progress)
    manifest = made.manifest
    rows = sum(table.rows for table in manifest.tables.values())
    size = sum(file.bytes for file in manifest.files.values())
    typer.echo(f"已备份到目录 {folder}：{len(manifest.tables)} 张表 {rows:,} 行，{size:,} 字节")
    typer.echo(f"清单摘要（请另行抄存，恢复时以 --digest 核对）：{made.digest}")
    typer.echo("密钥不在备份中，须与备份分开保管")
    if strange := unknown_entries(manifest.left_out):
        typer.echo(f"DATA_DIR 中还有不属于本程序的内容，未备份：{'、'.join(strange)}")


@_db.command("restore", help="把备份目录（或旧式单文件备份）恢复到空库和空的 DATA_DIR，并逐表核对")
def restore(
    source: Annotated[Path, typer.Argument(help="备份目录，或旧式的单个备份文件")],
    digest: Annotated[str | None, typer.Option(help="备份时抄存的清单摘要")] = None,
    drop_keys: Annotated[
        bool, typer.Option("--revoke-keys", help="同时吊销备份中仍有效的全部API密钥")
    ] = False,
) -> None:
    """Load a backup, hold it against its manifest, end what it brings back to life, then migrate it to the head."""
    from address_service import bootstrap
    from address_service.settings import Settings

    settings = Settings()
    if source.is_dir():
        _restore_folder(settings, source, digest)
    else:
        _restore_dump(settings, source)
    _end_revived(settings, drop_keys=drop_keys)
    typer.echo(f"已恢复，结构版本 {bootstrap.migrate(settings)}")
    typer.echo(_keys_line(settings))


def _end_revived(settings: "Settings", *, drop_keys: bool) -> None:
    """End the sessions that a backup held, and its keys or tell of them: what was ended after it is not forgotten."""
    from address_service import bootstrap
    from address_service.store.backup import database_as_admin
    from address_service.store.restored_access import end_sessions, living_keys, revoke_keys

    url = database_as_admin(*bootstrap.restoring_urls(settings))
    typer.echo(f"备份中仍有效的 {end_sessions(url)} 个登录会话已全部结束，请重新登录")
    if drop_keys:
        typer.echo(f"备份中仍有效的 {revoke_keys(url)} 个API密钥已全部吊销，请重新签发")
    elif keys := living_keys(url):
        typer.echo(f"以下 {len(keys)} 个API密钥又可使用；备份之后吊销过的，请逐一核对并再次吊销：")
        for key in keys:
            days = f"签发于 {key.created_at:%Y-%m-%d}，有效至 {key.expires_at:%Y-%m-%d}"
            typer.echo(f"  {key.id}  {key.account}  {key.label}  {days}")
    typer.echo("账户、职责、口令和第二因素都回到备份之时；备份之后停用、收回或更改过的，请逐一核对")


def _restore_folder(settings: "Settings", source: Path, digest: str | None) -> None:
    from address_service import bootstrap
    from address_service.store.restore_folder import check_backup, restore_backup

    check_backup(source, digest)  # before a server is started for it
    admin, owner = bootstrap.restoring_urls(settings)
    manifest = restore_backup(source, admin, owner, settings.data_dir.absolute(), digest, _progress)
    rows = sum(table.rows for table in manifest.tables.values())
    typer.echo(
        f"{len(manifest.tables)} 张表 {rows:,} 行、{len(manifest.files) - 1:,} 个文件与清单一致"
        f"（备份于 {manifest.made_at}）"
    )


def _restore_dump(settings: "Settings", source: Path) -> None:
    from address_service import bootstrap
    from address_service.errors import InvalidInput
    from address_service.store.backup import is_dump
    from address_service.store.backup import restore as restore_dump

    if not is_dump(source):
        raise InvalidInput(f"{source} 不是备份", code="backup-unreadable")
    restore_dump(*bootstrap.restoring_urls(settings), source)
    typer.echo("这是旧式的单文件备份：只有数据库，没有文件和清单，无从核对；DATA_DIR 中的文件请自行复制回来")


@_db.command("drill", help="演练：备份，恢复到临时数据库，逐表逐文件核对，报告；不改动登记库，可由 cron 运行")
def drill(
    source: Annotated[Path | None, typer.Option("--from", help="演练已有的备份目录，缺省为现做一份")] = None,
    scratch: Annotated[Path | None, typer.Option(help="临时数据所在的目录，缺省为系统临时目录")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象")] = False,
) -> None:
    """Prove that a backup can be restored; exits other than 0 where it cannot."""
    from address_service.bootstrap import register_place
    from address_service.settings import Settings
    from address_service.store.drill import run_drill
    from address_service.store.keys import ring_of

    settings = Settings()
    place = None if source else register_place(settings)
    say = _silent if as_json else _progress
    done = run_drill(place, source, scratch, _now(), ring_of(settings), say)
    if as_json:
        typer.echo(json.dumps(done.figures(), ensure_ascii=False))
        return
    _report(done)


def _report(done: "Drill") -> None:
    tables, files = len(done.manifest.tables), len(done.manifest.files) - 1
    for line in done.findings:
        typer.echo(line)
    typer.echo(f"演练通过：{tables} 张表 {done.rows:,} 行、{files:,} 个文件全部一致")
    typer.echo(
        f"备份 {done.backup_s:.1f} 秒，恢复 {done.restore_s:.1f} 秒，升级和检查 {done.upgrade_s:.1f} 秒"
    )


def _progress(line: str) -> None:
    typer.echo(f"… {line}", err=True)


def _silent(line: str) -> None:
    """Say nothing where a program reads along."""


def _now() -> datetime:
    from address_service.store.work import TIME_ZONE

    return datetime.now(TIME_ZONE)
