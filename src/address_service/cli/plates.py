"""Commands that order and print plates."""

from typing import Annotated

import typer

_As = Annotated[str | None, typer.Option("--as", help="以哪个账户的身份")]


def register(app: typer.Typer) -> None:
    """Add `plates` to the program."""
    app.command("plates", help="门牌：SCOPE 为区划代码则订制缺少的门牌并生成文件；为批次号则重新生成文件")(
        plates
    )


def plates(
    scope: Annotated[str, typer.Argument(help="区划代码（县、镇、村），或批次号如 20260302-01")],
    profile: Annotated[str, typer.Option(help="规格：large medium small building unit room")] = "small",
    acting_as: _As = None,
) -> None:
    """Order the missing plates of a scope, or print a batch again, and say where the files are."""
    from address_service.cli.acting import desk
    from address_service.edge.rights import Right, require_right
    from address_service.errors import InvalidInput
    from address_service.jobs.fonts import load_fonts
    from address_service.model.plates import BatchStage
    from address_service.services.order_plates import order_plates
    from address_service.services.print_batch import PLATES_FILE, print_batch

    with desk(acting_as) as manned:
        require_right(manned.actor, Right.PLATES)
        with manned.work() as work:
            if "-" in scope:
                batch_id = work.plates.batch_by_no(scope)["id"]
            else:
                batch_id = order_plates(work, profile, village_code=scope)
        with manned.work() as work:
            stage = print_batch(work, manned.files, load_fonts(), manned.settings.public_url, batch_id)
            batch = work.plates.batch(batch_id)
        if stage is BatchStage.FAILED:
            words = "；".join(str(problem["message"]) for problem in batch["preflight"][:10])
            raise InvalidInput(f"批次 {batch['batch_no']} 未通过印前检查：{words}", code="preflight-failed")
        folder = manned.files.get_plates(batch["batch_no"], PLATES_FILE).parent
        typer.echo(f"批次 {batch['batch_no']}：{batch['plate_count']} 块，文件在 {folder}")
