"""Make `town_0011.dump`: a small town as the program of an earlier version kept it, for the test of upgrades.

`python -m tests.upgrade.make_town` from the top of a checkout with its history. The old program is taken from git and
run as it stood; the data are cut from the sample town, so all of them are synthetic (合成示例数据). Beside the dump
stands `town_0011.json`: of every table its columns, the count of its rows and a digest of them.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import httpx
import openpyxl
import psycopg

from tests.upgrade.contents import contents

COMMIT = "c761849"
REVISION = "0011"
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DATA = ROOT / "gis_data" / "tongshi" / "data"
TOWN, VILLAGE, CENTRE = "430626113", "430626113208", "430626113001"
EVERY = 6
"""One parcel in six is kept, so that the dump stays small."""


_LONG_AGO = "2026-03-02"
"""Addresses are approved as of this day, so that acts of today change what was there before."""


class OldProgram:
    """The program of the commit, on data of its own."""

    def __init__(self, home: Path) -> None:
        self.home, self.source = home, home / "source"
        self.source.mkdir()
        archive = subprocess.run(["git", "archive", COMMIT], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "x"], cwd=self.source, check=True, input=archive)
        # Its pages are built by esbuild; nobody looks at them here.
        bundle = ROOT / "src/address_service/web/static/bundle"
        shutil.copytree(bundle, self.source / "src/address_service/web/static/bundle")
        keep = {key: value for key, value in os.environ.items() if not key.endswith("DATABASE_URL")}
        self.environment = keep | {"PYTHONPATH": str(self.source / "src"), "DATA_DIR": str(home / "data")}
        self._command = [sys.executable, "-m", "address_service.cli"]

    def __call__(self, *arguments: str) -> str:
        command = [*self._command, *arguments]
        done = subprocess.run(
            command, cwd=self.source, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise SystemExit(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The URL of the running service."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        environment = self.environment | {"PORT": str(port), "PROCESSES": "1"}
        server = subprocess.Popen([*self._command, "serve"], cwd=self.source, env=environment)
        try:
            url = f"http://127.0.0.1:{port}"
            while not _answers(url):
                time.sleep(0.2)
            yield url
        finally:
            server.terminate()
            server.wait(60)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def cut_layers(target: Path) -> None:
    """A few houses of one village and of the town's centre, with their parcels, lanes and old plates."""
    target.mkdir()
    villages = [VILLAGE, CENTRE]
    houses = geopandas.read_file(DATA / "buildings.gpkg")
    serial = houses["宗地代码"].str[-5:].astype(int)
    houses = houses[houses["村代码"].isin(villages) & (serial % EVERY == 0)]
    houses.to_file(target / "buildings.gpkg")
    parcels = geopandas.read_file(f"zip://{DATA / 'parcels.zip'}", encoding="gbk")
    parcels = parcels[parcels["宗地代码"].isin(houses["宗地代码"])]
    parcels.to_file(target / "parcels.gpkg")
    lanes = geopandas.read_file(DATA / "lanes.gpkg")
    lanes[lanes["村代码"] == VILLAGE].to_file(target / "lanes.gpkg")
    groups = geopandas.read_file(f"zip://{DATA / 'groups.zip'}", encoding="gbk")
    groups[groups["村代码"] == VILLAGE].to_file(target / "groups.gpkg")
    _cut_old_plates(set(houses["建筑编号"]), target / "existing_addresses.xlsx")


def _cut_old_plates(kept: set[str], target: Path) -> None:
    rows = openpyxl.load_workbook(DATA / "existing_addresses.xlsx").worksheets[0].iter_rows(values_only=True)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(next(rows))
    for row in rows:
        if row[0] in kept:
            sheet.append(row)
    book.save(target)


def load(old: OldProgram, cut: Path) -> None:
    """The main road: accounts, layers, numbers, approval, plates, an open plan of each kind."""
    clerk, approver, admin = ["--as", "示例民政办"], ["--as", "示例县民政局"], ["--as", "示例管理员"]
    old("db", "migrate")
    place = ["--name", "平江县", "--prefecture", "岳阳市", "--province", "湖南省", "--postcode", "414500"]
    old("county", "set-up", *place, "--extent", "113.17,28.41,114.15,29.11", "--synthetic")
    old("user", "create", "示例管理员", "--role", "admin")
    old("user", "create", "示例民政办", "--role", "civil_affairs", "--division", TOWN, *admin)
    old("user", "create", "示例县民政局", "--role", "county", *admin)
    old("user", "create", "烟舟村", "--role", "village", "--division", VILLAGE, *admin)
    layers: Sequence[tuple[str, Path, Sequence[str]]] = (
        ("divisions", DATA / "divisions_2009.csv", ()),
        ("division-changes", DATA / "merger_2016.csv", ()),
        ("divisions", DATA / "divisions_2016.xlsx", ()),
        ("boundaries", DATA / "boundaries.gpkg", ()),
        ("streets", DATA / "streets.geojson", ()),
        ("lanes", cut / "lanes.gpkg", ()),
        ("groups", cut / "groups.gpkg", ("--decree", "示例民地〔2026〕1号")),
        ("parcels", cut / "parcels.gpkg", ()),
        ("buildings", cut / "buildings.gpkg", ()),
        ("plans", DATA / "construction_plans.geojson", ()),
        ("addresses", cut / "existing_addresses.xlsx", ()),
    )
    for layer, file, more in layers:
        old("import", layer, str(file), *more, *clerk)
    # Once more with a column changed: what was there before goes to the history of layers.
    old("import", "buildings", str(_renovated(cut)), *clerk)
    old("number", "all", "--policies", str(DATA / "policies.yaml"), "--commit", *clerk)
    old("approve", TOWN, "--decree", "示例民地〔2026〕5号", "--effective-on", _LONG_AGO, *approver)
    old("plates", VILLAGE, *clerk)
    old(
        "counter", "receive", "lost_plate", "--request", "门牌遗失，申请补发", *clerk, "--address", _code(old)
    )
    old("merger", "propose", "--end", "430626113212", "--into", VILLAGE, *clerk)


def _renovated(cut: Path) -> Path:
    houses = geopandas.read_file(cut / "buildings.gpkg")
    houses.loc[houses.index[:5], "层数"] = 3
    houses.to_file(cut / "renovated.gpkg")
    return cut / "renovated.gpkg"


def _code(old: OldProgram) -> str:
    ((code,),) = _ask(old, "SELECT code FROM address ORDER BY code LIMIT 1")
    return str(code)


def _ask(old: OldProgram, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(_url(old)) as conn:
        return conn.execute(query).fetchall()


def _url(old: OldProgram) -> str:
    old("db", "start")
    script = (
        "from pathlib import Path; from address_service.store.cluster import Cluster;"
        f"print(Cluster(Path({str(old.home / 'data')!r})).url('postgres'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=old.environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def act(old: OldProgram) -> None:
    """What the old program does by its API alone: acts on single addresses, renumbering, a reader of the feed."""
    clerk, county = (old("user", "key", name).strip() for name in ("示例民政办", "示例县民政局"))
    codes = [
        code
        for (code,) in _ask(
            old,
            "SELECT a.code FROM address a JOIN address_version v ON v.address_id = a.id WHERE upper_inf(v.recorded)"
            f" AND upper_inf(v.valid) AND a.parent_id IS NULL AND a.code LIKE '{VILLAGE}5%' ORDER BY a.code",
        )
    ]
    with old.serving() as url:
        api = httpx.Client(base_url=f"{url}/api/v1", timeout=60)

        def post(key: str, path: str, body: dict[str, Any]) -> Any:
            answer = api.post(path, json=body, headers={"X-API-Key": key})
            if answer.is_error:
                raise SystemExit(f"{path}: {answer.text}")
            return answer.json()

        decree = {"decree_no": "示例民地〔2026〕9号", "effective_on": date.today().isoformat()}
        retired = post(clerk, "/address-changes", {"kind": "retire", "code": codes[0], "note": "房屋已拆除"})
        post(county, f"/address-changes/{retired['id']}/commit", decree)
        post(clerk, "/address-changes", {"kind": "retire", "code": codes[1], "note": "待批"})
        swap = {codes[-1]: codes[-2], codes[-2]: codes[-1]}
        _renumber(old, swap, decree["decree_no"])
        reached = api.get("/changes", headers={"X-API-Key": county}).raise_for_status().json()["reached"]
        answer = api.put("/change-consumers/县平台", json={"cursor": reached}, headers={"X-API-Key": county})
        answer.raise_for_status()


def _renumber(old: OldProgram, swap: dict[str, str], decree_no: str) -> None:
    """Swap two doors of one group by a plan, and carry it out."""
    codes = ", ".join(f"'{code}'" for code in swap)
    rows = _ask(
        old,
        "SELECT a.code, v.main, v.place_id FROM address a JOIN address_version v ON v.address_id = a.id"
        f" WHERE upper_inf(v.recorded) AND upper_inf(v.valid) AND a.code IN ({codes})",
    )
    numbers = {code: main for code, main, _ in rows}
    assert len({place for *_, place in rows}) == 1, "the last two doors of the village lie in two groups"
    lines = [f"{code},{numbers[other]}" for code, other in swap.items()]
    changes = old.home / "changes.csv"
    changes.write_text("地址编码,门牌号\n" + "\n".join(lines) + "\n", encoding="utf-8")
    place = str(rows[0][2])
    old("renumber", "draw", place, "--changes", str(changes), "--as", "示例民政办")
    ((plan,),) = _ask(old, "SELECT id FROM renumbering_plan")
    old("renumber", "commit", str(plan), "--decree", decree_no, "--as", "示例县民政局")


def main() -> None:
    """Write the dump and its facts."""
    home = Path(tempfile.mkdtemp(prefix="as-old-"))
    home.chmod(0o755)
    old = OldProgram(home)
    try:
        old("db", "start")
        cut_layers(home / "cut")
        load(old, home / "cut")
        act(old)
        with psycopg.connect(_url(old)) as conn:
            facts = {"commit": COMMIT, "revision": REVISION, "note": "合成示例数据", "tables": contents(conn)}
        dump = HERE / f"town_{REVISION}.dump"
        dump.unlink(missing_ok=True)
        old("db", "backup", str(dump))
        dump.chmod(0o644)
        text = json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
        (HERE / f"town_{REVISION}.json").write_text(text, encoding="utf-8")
    finally:
        old("db", "stop")
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
