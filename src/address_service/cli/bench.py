"""`bench`: figures of speed and memory, as ratios to a floor measured in the same run."""

from importlib import import_module
from typing import Annotated

import typer

_BENCHES = {
    "area-order": "area_order",
    "import": "imports",
    "numbering": "numbering",
    "allocate": "allocate",
    "tiles": "tiles",
    "resolve": "resolve",
    "merge": "merge",
    "seal": "seal",
}
"""Name → module of `bench`; each offers `run(size: int | None) -> dict`."""


def register(app: typer.Typer) -> None:
    """Add `bench` to the program."""
    app.command("bench", help=f"测速：{'、'.join(_BENCHES)}；自建临时数据库，同时测出底线并给出比值")(bench)


def bench(
    name: Annotated[str, typer.Argument(help="、".join(_BENCHES))],
    size: Annotated[int | None, typer.Option(min=100, help="规模，缺省使总时长不超过 45 秒")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象")] = False,
) -> None:
    """Run one bench and print its figures."""
    import orjson

    from address_service.errors import NotFound

    if name not in _BENCHES:
        raise NotFound(f"没有测速项“{name}”，可用：{'、'.join(_BENCHES)}", code="bench-unknown")
    run = import_module(f"address_service.bench.{_BENCHES[name]}").run
    figures = run(size) if size is not None else run()
    if as_json:
        typer.echo(orjson.dumps(figures, option=orjson.OPT_SERIALIZE_NUMPY).decode())
        return
    for key, value in figures.items():
        typer.echo(f"{key}\t{value}")
