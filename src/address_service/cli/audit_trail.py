"""Commands for the audit of who did what: verify its chains, anchor their ends, export lines."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from address_service.services.verify_audit import Verdict


def add_commands(group: typer.Typer) -> None:
    """Add `verify`, `anchor` and `export` to the group `audit`."""
    group.command(
        "verify", help="校验审计记录：改动、缺失、换位、插入，并指出链号和序号；有问题时退出码为 5"
    )(verify)
    group.command("anchor", help="锚定各链末端，写入数据库和 DATA_DIR/audit-anchors，并打印以便存档")(anchor)
    group.command("export", help="按日期导出审计记录；jsonl 可凭密钥校验，csv 供查阅")(export)


def verify(
    anchors: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="另处保存的锚点文件")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="校验导出的 jsonl 文件")
    ] = None,
) -> None:
    """Check the register's audit, or an export."""
    from address_service.errors import Conflict

    found = _verify_file(file) if file else _verify_register(anchors)
    for words in _report(found):
        typer.echo(words)
    if not found.is_sound:
        raise Conflict(f"审计记录有 {sum(found.flaws.values())} 处问题", code="audit-flawed")


def _verify_register(anchors: Path | None) -> "Verdict":
    from address_service.cli.acting import unmanned_desk
    from address_service.model.audit import AuditNote
    from address_service.services.verify_audit import verify_audit
    from address_service.store.keys import ring_of

    with unmanned_desk() as desk:
        years = desk.settings.audit_years
        now = datetime.now().astimezone()
        kept_since = now.replace(year=now.year - years, day=min(now.day, 28))
        with desk.work() as work:
            work.unnamed = None
            found = verify_audit(work, desk.files, ring_of(desk.settings), kept_since, anchors)
        with desk.work() as work:
            detail: dict[str, str | int] = {"lines": found.tally.lines, "flaws": sum(found.flaws.values())}
            work.note(AuditNote("audit.verify", "audit", None, detail))
    return found


def _verify_file(path: Path) -> "Verdict":
    from address_service.coding.audit_export import read_exported
    from address_service.errors import InvalidInput
    from address_service.services.verify_audit import verify_extract
    from address_service.settings import Settings
    from address_service.store.keys import ring_of

    try:
        with path.open(encoding="utf-8") as lines:
            return verify_extract(read_exported(lines), ring_of(Settings()))
    except (ValueError, OSError) as error:
        raise InvalidInput(f"{path} 不是导出的审计记录（jsonl）", code="audit-file-unreadable") from error


_FLAWS = {
    "changed": "内容被改动，或不是本系统写入",
    "missing": "缺少记录",
    "repeated": "序号重复或次序颠倒",
    "broken": "与前一条接不上",
    "cut": "末尾被截去",
    "head": "与链末登记不符",
    "anchor": "与锚点不符",
    "key": "缺少密钥，无法判断",
}
_ANCHOR_FLAWS = {
    "anchor-changed": "锚点被改动",
    "anchor-missing": "锚点接不上前一个",
    "anchor-key": "缺少锚点的密钥，无法判断",
    "anchor-different": "数据库与文件中的锚点不同",
    "anchor-cut": "数据库缺少文件中的锚点",
}


def _report(found: "Verdict") -> list[str]:
    """What a check found, line by line."""
    words = [f"已校验 {found.tally.lines:,} 条记录，{found.tally.chains} 条链，{found.anchors} 个锚点"]
    words.append(f"锚点已覆盖前 {found.anchored_lines:,} 条；其后末尾的截去要到下一个锚点才能发现")
    if found.file_is_missing:
        words.append("没有锚点文件，只与数据库中的锚点核对")
    if found.past_keeping:
        words.append(f"{found.past_keeping:,} 条已超过保存年限（AUDIT_YEARS），仍予保留")
    words += [f"锚点 {no}：{_ANCHOR_FLAWS[flaw]}" for flaw, no in found.anchor_flaws]
    for one in found.findings:
        place = f"{one.seq}" if one.last in (None, one.seq) else f"{one.seq}至{one.last}"
        words.append(f"第 {one.chain} 链第 {place} 条：{_FLAWS[one.flaw]}")
    hidden = sum(found.flaws.values()) - len(found.findings) - len(found.anchor_flaws)
    if hidden > 0:
        words.append(f"……另有 {hidden:,} 处")
    return words if not found.is_sound else [*words, "未发现问题"]


def anchor() -> None:
    """Keep an anchor, and print it."""
    from address_service.cli.acting import unmanned_desk
    from address_service.model.audit import AuditNote
    from address_service.services.verify_audit import anchor_audit, write_anchor_file
    from address_service.store.keys import ring_of

    with unmanned_desk() as desk:
        with desk.work() as work:
            work.unnamed = None
            kept = anchor_audit(work, ring_of(desk.settings))
        with desk.work() as work:
            path = write_anchor_file(work, desk.files)
            if kept is not None:
                work.note(AuditNote("audit.anchor", "audit_anchor", str(kept.no)))
    if kept is None:
        typer.echo("还没有审计记录")
        return
    typer.echo(f"锚点第 {kept.no} 号，{kept.at.astimezone():%Y-%m-%d %H:%M:%S}，摘要 {kept.mac.hex()}")
    for chain, head in sorted(kept.heads.items()):
        typer.echo(f"第 {chain} 链\t{head.seq:,} 条\t{head.mac.hex()}")
    typer.echo(f"已写入 {path}；请把它另存一处")


def export(
    target: Annotated[
        Path, typer.Argument(dir_okay=False, help="目标文件，扩展名 .jsonl 或 .csv，须尚不存在")
    ],
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="开始日期（含）")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="结束日期（含）")] = None,
    acting_as: Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")] = None,
) -> None:
    """Write lines into a file that only its owner may read."""
    import os

    from address_service.cli.acting import desk
    from address_service.coding.audit_export import ExportFormat
    from address_service.edge.reading import scope_prefix
    from address_service.edge.rights import Right, require_right
    from address_service.errors import Conflict, InvalidInput
    from address_service.services.search_audit import export_audit, span
    from address_service.store.audit_reading import Wanted

    if target.suffix[1:] not in set(ExportFormat):
        raise InvalidInput("文件扩展名应为 .jsonl 或 .csv", code="export-format-unknown")
    if target.exists():
        raise Conflict(f"文件 {target} 已存在，不覆盖", code="export-exists")
    start, end = span(since.date() if since else None, until.date() if until else None)
    count = -1 if target.suffix == ".csv" else 0
    with desk(acting_as) as manned, manned.work() as work:
        require_right(manned.actor, Right.AUDIT)
        wanted = Wanted(scope_prefix(manned.actor), since=start, until=end)
        handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            for line in export_audit(work, wanted, ExportFormat(target.suffix[1:])):
                file.write(line)
                count += 1
    typer.echo(f"已导出 {count:,} 条：{target}")
