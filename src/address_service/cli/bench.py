"""`bench`: figures of speed and memory, as ratios to a floor measured in the same run."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

_BENCHES = {
    "area-order": "area_order",
    "import": "imports",
    "numbering": "numbering",
    "allocate": "allocate",
    "tiles": "tiles",
    "resolve": "resolve",
    "match": "match",
    "merge": "merge",
    "seal": "seal",
    "search": "search",
}
"""Name → module of `bench`; each offers `run(size: int | None) -> dict`, `match` with more."""


def register(app: typer.Typer) -> None:
    """Add `bench` to the program."""
    app.command("bench", help=f"测速：{'、'.join(_BENCHES)}；自建临时数据库，同时测出底线并给出比值")(bench)


def bench(
    name: Annotated[str, typer.Argument(help="、".join(_BENCHES))],
    size: Annotated[int | None, typer.Option(min=100, help="规模，缺省使总时长不超过 45 秒")] = None,
    seed: Annotated[int | None, typer.Option(help="match：另一个种子")] = None,
    failures: Annotated[int, typer.Option(min=0, help="match：列出多少条未关联或误关联的行")] = 0,
    lines: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="match：手写行文件")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象")] = False,
) -> None:
    """Run one bench and print its figures."""
    import orjson

    from address_service.errors import InvalidInput, NotFound

    if name not in _BENCHES:
        raise NotFound(f"没有测速项“{name}”，可用：{'、'.join(_BENCHES)}", code="bench-unknown")
    given: dict[str, Any] = {"size": size, "seed": seed, "failures": failures or None, "lines": lines}
    options = {key: value for key, value in given.items() if value is not None}
    if name != "match" and (more := sorted(options.keys() - {"size"})):
        raise InvalidInput(f"测速项“{name}”没有选项 {'、'.join(more)}", code="bench-option")
    figures = import_module(f"address_service.bench.{_BENCHES[name]}").run(**options)
    if as_json:
        typer.echo(orjson.dumps(figures, option=orjson.OPT_SERIALIZE_NUMPY).decode())
        return
    for key, value in figures.items():
        typer.echo(f"{key}\t{value}")
