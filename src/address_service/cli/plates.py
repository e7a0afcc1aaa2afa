"""Commands that order and print plates."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

if TYPE_CHECKING:
    from address_service.cli.acting import Desk

_As = Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")]


def register(app: typer.Typer) -> None:
    """Add `plates` to the program."""
    app.command("plates", help="门牌：SCOPE 为区划代码则订制缺少的门牌并生成文件；为批次号则重新生成文件")(
        plates
    )


def plates(
    scope: Annotated[str, typer.Argument(help="区划代码（县、镇、村），或批次号如 20260302-01")],
    profile: Annotated[str, typer.Option(help="规格：large medium small building unit room")] = "small",
    each_village: Annotated[bool, typer.Option(help="每村一个批次")] = False,
    queue: Annotated[bool, typer.Option(help="只下单，文件由后台作业生成")] = False,
    acting_as: _As = None,
) -> None:
    """Order the missing plates of a scope, or print a batch again, and say where the files are."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right

    with desk(acting_as) as manned:
        require_right(manned.actor, Right.PLATES)
        if "-" in scope:
            with manned.work() as work:
                batch_id = work.plates.batch_by_no(scope)["id"]
            print_files(manned, batch_id)
            return
        for village_code in _villages(manned, scope) if each_village else [scope]:
            ordered = _order(manned, profile, village_code, tolerate_none=each_village, queue=queue)
            if ordered is not None and not queue:
                print_files(manned, ordered)


def _villages(manned: "Desk", scope: str) -> list[str]:
    from address_service.model.divisions import DivisionLevel

    with manned.work() as work:
        return sorted(d.code_nbs for d in work.divisions.list_on(work.today, DivisionLevel.VILLAGE, scope))


def _order(manned: "Desk", profile: str, scope: str, *, tolerate_none: bool, queue: bool) -> UUID | None:
    from address_service.errors import Conflict
    from address_service.services.order_plates import order_plates, queue_print

    try:
        with manned.work() as work:
            batch_id = order_plates(work, profile, village_code=scope)
            if queue:
                queue_print(work, batch_id)
            batch = work.plates.batch(batch_id)
    except Conflict as error:
        if tolerate_none and error.code == "no-plates-needed":
            return None
        raise
    if queue:
        typer.echo(f"批次 {batch['batch_no']}：{batch['plate_count']} 块，已排队")
    return batch_id


def print_files(manned: "Desk", batch_id: UUID) -> None:
    """Print a batch and say where its files are."""
    from address_service.errors import InvalidInput
    from address_service.jobs.fonts import load_fonts
    from address_service.model.plates import BatchStage
    from address_service.services.print_batch import PLATES_FILE, print_batch

    with manned.work() as work:
        stage = print_batch(work, manned.files, load_fonts(), manned.settings.public_url, batch_id)
        batch = work.plates.batch(batch_id)
    if stage is BatchStage.FAILED:
        words = "；".join(str(problem["message"]) for problem in batch["preflight"][:10])
        raise InvalidInput(f"批次 {batch['batch_no']} 未通过印前检查：{words}", code="preflight-failed")
    folder = manned.files.get_plates(batch["batch_no"], PLATES_FILE).parent
    typer.echo(f"批次 {batch['batch_no']}：{batch['plate_count']} 块，文件在 {folder}")
