"""Commands that look through what stands, and change nothing: the numbers, and the audit of who did what."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from address_service.cli import audit_trail

if TYPE_CHECKING:
    from address_service.cli.acting import Desk
    from address_service.model.findings import Severity
    from address_service.services.audit_numbers import PlaceCounts


def register(app: typer.Typer) -> None:
    """Add the group `audit` to the program."""
    group = typer.Typer(help="编号审查；审计记录的校验、锚定与导出", no_args_is_help=True)
    audit_trail.add_commands(group)
    group.command("numbers", help="审查编号：PLACE 为村代码、村名、地名标识，或 all；只读不写")(numbers)
    app.add_typer(group, name="audit")


def numbers(
    place: Annotated[str, typer.Argument(help="村代码、村名、地名标识（UUID），或 all")],
    csv: Annotated[Path | None, typer.Option(dir_okay=False, help="把每个问题写入 CSV 文件")] = None,
    severity: Annotated[str | None, typer.Option(help="只看 error、warning 或 notice")] = None,
    acting_as: Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")] = None,
) -> None:
    """Count the findings of places, and list them in a file on demand."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right

    wanted = _severities(severity)
    with desk(acting_as) as manned:
        require_right(manned.actor, Right.READ)
        counted = _count(manned, place)
        _print_counts(counted, wanted)
        if csv is not None:
            written = _write(manned, csv, [one for one in counted if _has(one, wanted)], wanted)
            typer.echo(f"已写入 {written} 条：{csv}")


def _severities(severity: str | None) -> list["Severity"]:
    from address_service.errors import InvalidInput
    from address_service.model.findings import Severity

    if severity is None:
        return list(Severity)
    try:
        return [Severity(severity)]
    except ValueError:
        words = f"--severity 应为{'、'.join(Severity)}之一，收到“{severity}”"
        raise InvalidInput(words, code="severity-unknown") from None


def _count(manned: "Desk", place: str) -> list["PlaceCounts"]:
    from rich.console import Console
    from rich.progress import Progress

    from address_service.cli.targets import find_targets
    from address_service.services.audit_numbers import audit_village

    counted: list[PlaceCounts] = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for village_code, single in progress.track(find_targets(manned, place), description="审查"):
            with manned.work() as work:
                found = audit_village(work, village_code)
            counted += [one for one in found if single is None or str(one.place.id) == single]
    return counted


def _has(counted: "PlaceCounts", wanted: list["Severity"]) -> bool:
    return any(counted.counts[severity] for severity in wanted)


def _print_counts(counted: list["PlaceCounts"], wanted: list["Severity"]) -> None:
    from rich.console import Console
    from rich.table import Table

    from address_service.model.labels import label
    from address_service.model.places import PlaceKind

    table = Table("地名", "门户", *(label(severity) for severity in wanted))
    for one in (one for one in counted if _has(one, wanted)):
        name = "" if one.place.kind is PlaceKind.VILLAGE else one.place.name
        figures = [one.door_count, *(one.counts[severity] for severity in wanted)]
        table.add_row(f"{one.place.village}{name}", *map(str, figures))
    table.add_section()
    totals = [sum(one.counts[severity] for one in counted) for severity in wanted]
    doors = sum(one.door_count for one in counted)
    table.add_row(f"合计 {len(counted)} 处", str(doors), *map(str, totals))
    Console().print(table)


def _write(manned: "Desk", path: Path, places: list["PlaceCounts"], wanted: list["Severity"]) -> int:
    from rich.console import Console
    from rich.progress import Progress

    from address_service.services.audit_numbers import audit_numbers
    from address_service.services.write_findings import write_findings

    done = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for one in progress.track(places, description="列出"):
            with manned.work() as work:
                done.append(audit_numbers(work, one.place.id))
    return write_findings(path, done, wanted)
