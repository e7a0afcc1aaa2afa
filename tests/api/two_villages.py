"""Two villages side by side in one town, a second town, and in each one of everything that an operation names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy import text

from address_service.model.accounts import Role
from address_service.store.work import Work
from tests.api.signing_in import PASSWORD, sign_in
from tests.store.test_scans import pdf

HOME, NEXT = "430626113208", "430626113209"
"""Our village, and the one next door, in the same town."""

TOWN, FAR = "430626113", "430626114"
"""Our town, and the one next to it; acts on divisions are within a town."""

_SPARE = {TOWN: ("430626113210", "430626113211"), FAR: ("430626114201", "430626114202")}
"""In each town two villages without a house, which may merge."""

_VILLAGES = (HOME, NEXT, *_SPARE[TOWN], *_SPARE[FAR])
_NAMES = dict(zip(_VILLAGES, ("烟舟村", "示例村", "并入村", "并出村", "远山村", "远水村"), strict=True))
_DIVISIONS = (
    "统计用区划代码,民政区划代码,名称,城乡分类代码,生效日期\n"
    "430626000000,430626,平江县,,2009-01-01\n"
    f"{TOWN}000,{TOWN},童市镇,,2009-01-01\n{FAR}000,{FAR},远方镇,,2009-01-01\n"
    + "".join(f"{code},{code},{name},220,2009-01-01\n" for code, name in _NAMES.items())
)
_YEARLY_LIST = f"统计用区划代码,名称\n430626000000,平江县\n{TOWN}000,童市镇\n{FAR}000,远方镇\n" + "".join(
    f"{code},{'新改' if code in (_SPARE[TOWN][1], _SPARE[FAR][1]) else ''}{name}\n"
    for code, name in _NAMES.items()
)

# What comes by files of geometry, or by hand: a parcel, a construction plan, a reservation with its number.
_LAND = (
    """INSERT INTO parcel (county_code, id, parcel_code, division_id, geom, row_digest, import_id)
       SELECT '430626', :id, :village || 'JC00001', division_id, ST_Multi(ST_MakeEnvelope(113.6, 28.8, 113.601, 28.801,
         4490)), :id, :job FROM division_version WHERE code_nbs = :village""",
    """INSERT INTO construction_plan (county_code, id, plan_no, name, kind, place_id, planned_doors, holder, decree_no,
         expires_on, geom, row_digest, import_id)
       VALUES ('430626', :id, 'JH-' || :village, '示例安置点', 'area', :place, 3, '示例', '示例', '2030-12-31',
         ST_MakeEnvelope(113.6, 28.8, 113.601, 28.801, 4490), :id, :job)""",
    """INSERT INTO reservation (county_code, id, place_id, construction_plan_id, purpose, stage, expires_on, actor_id,
         created_at)
       SELECT '430626', :id, :place, :id, '示例', 'active', '2020-12-31', actor_id, now() FROM import_run
       WHERE id = :job""",
    """INSERT INTO door_number (county_code, place_id, main, sub, state, reservation_id, reasons, changed_at)
       VALUES ('430626', :place, right(:village, 3)::int, 0, 'reserved', :id, '[]', now())""",
)

PEOPLE = {
    HOME: (
        ("430626197709131111", "欧阳埋点甲", "13977001111"),
        ("430626198104052124", "欧阳埋点丙", "13977001113"),
    ),
    NEXT: (
        ("430626197709131138", "司马埋点乙", "13977001112"),
        ("430626198104052167", "司马埋点丁", "13977001114"),
    ),
}
"""Number, name and phone of who was enrolled by hand and who came with a list; all invented."""

_PAPER = """
INSERT INTO paper (county_code, id, village_id, household_id, row_id, kind, copies, old_text, new_text, state,
    created_at)
SELECT h.county_code, :id, h.village_id, h.id, m.id, 'register_book', 1, '示例旧址', '示例新址', 'to_reissue', now()
FROM household h JOIN mapping_row m ON m.county_code = h.county_code AND m.package_id = :package AND m.row_no = 1
WHERE h.id = :household
"""

Commit = Callable[[Callable[[Work], object]], None]


@dataclass(frozen=True)
class Ground:
    """The things of one village or town, by the names that paths give them."""

    code: str
    things: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.things[name]

    @property
    def secrets(self) -> set[str]:
        """What accounts of elsewhere must never read: things that are no address of the map yet."""
        names = (
            "plan_id", "renumbering_id", "application_id", "address_change_id", "reservation_id",
            "division_change_id", "division_act_id", "draft", "batch_id", "job_id", "user_id", "attachment_id",
            "household_id", "person_id", "listed_person", "residents_job", "extract_id", "pair_id", "consumer_id",
            "package_id", "refusal_id", "paper_id",
        )  # fmt: skip
        return {self.things[name] for name in names if name in self.things}


class Builder:
    """Fills the register through the API, and by SQL what comes by files of geometry."""

    def __init__(self, signed_in: Any, run_jobs: Callable[[], None], committed: Commit) -> None:
        self.signed_in = signed_in
        self.run_jobs = run_jobs
        self.committed = committed
        self.clerk: TestClient = signed_in(Role.CIVIL_AFFAIRS)
        self.county: TestClient = signed_in(Role.COUNTY)

    def build(self) -> dict[str, Ground]:
        """Everything, by the code of its village or town."""
        self.send_layer(self.clerk, "divisions", _DIVISIONS)
        self.send_layer(self.clerk, "buildings", _houses(HOME, 1, 4) + _houses(NEXT, 1, 4, head=False))
        made = {code: self.village(code) for code in (HOME, NEXT)}
        sent: dict[str, Any] = {"data": {"year": "2016"}, "files": {"file": ("名录.csv", _YEARLY_LIST)}}
        _ok(self.clerk.post("/api/v1/division-lists", **sent))
        self.run_jobs()
        return made | {code: self.town(code) for code in (TOWN, FAR)}

    def village(self, code: str) -> Ground:
        """Current addresses, drafts, plans, plates, applications and accounts of a village."""
        place = self.items("places", village=code, kind="group")[0]["id"]
        plan = self.post("numbering-plans", {"place_id": place})["id"]
        self.post(f"numbering-plans/{plan}/commit")
        first, second, third, _ = (row["code"] for row in self.items("addresses", village=code))
        decree = {"codes": [first, second], "decree_no": "示例〔2020〕1号", "effective_on": "2020-01-01"}
        assert _ok(self.county.post("/api/v1/addresses/approvals", json=decree))["approved"] == 2
        scoped: TestClient = self.signed_in(Role.CIVIL_AFFAIRS, code)
        job = self.send_layer(scoped, "buildings", _houses(code, 5, 6))
        building = self.items("buildings", code=f"{code[-3:]}-005")[0]["id"]
        reservation = str(uuid4())
        facts = {"village": code, "place": place, "job": job, "id": reservation}
        self.committed(lambda work: [work.conn.execute(text(row), facts) for row in _LAND])
        things = {
            "place_id": place, "building_id": building, "job_id": job, "current": first, "second": second,
            "code": third, "draft": third,
            "reservation_id": reservation, "construction_plan_id": reservation, "village": code, "division_code": code,
        }  # fmt: skip
        alias = {"kind": "police", "text": f"{_NAMES[code]}老屋场1号", "valid_from": "2020-01-01"}
        things["alias_id"] = self.post(f"addresses/{first}/aliases", alias)["id"]
        return Ground(
            code,
            things
            | self.plates(code)
            | self.plans(place, first, second)
            | self.applications(first, second)
            | self.account(code)
            | self.told(self.people(scoped, code, first), code)
            | self.police(scoped, code),
        )

    def plans(self, place: str, first: str, second: str) -> dict[str, str]:
        """Plans that were drawn, one that was committed, an act on an address."""
        moved = self.post(
            "renumbering-plans", {"place_id": place, "changes": [{"code": second, "main": 98}]}
        )["id"]
        decree = {"decree_no": "示例〔2026〕2号"}
        _ok(self.county.post(f"/api/v1/renumbering-plans/{moved}/commit", json=decree))
        renumbering = {"place_id": place, "changes": [{"code": first, "main": 99}]}
        change = self.post("address-changes", {"kind": "retire", "code": first})["id"]
        beside: dict[str, Any] = {"data": {"act": "address-changes", "act_id": change}}
        scan = self.clerk.post("/api/v1/attachments", files={"file": ("批文.pdf", pdf())}, **beside)
        return {
            "committed_renumbering": moved,
            "renumbering_id": self.post("renumbering-plans", renumbering)["id"],
            "plan_id": self.post("numbering-plans", {"place_id": place})["id"],
            "address_change_id": change,
            "attachment_id": _ok(scan)["id"],
        }

    def applications(self, first: str, second: str) -> dict[str, str]:
        """An application that waits for its decision, and one that was accepted."""
        asked = {"kind": "lost_plate", "request": "补发"}
        accepted = self.post("applications", {**asked, "address_code": second})["id"]
        self.post(f"applications/{accepted}/decide", {"accept": True})
        waiting = self.post("applications", {**asked, "address_code": first})["id"]
        return {"application_id": waiting, "accepted_application": accepted}

    def plates(self, code: str) -> dict[str, str]:
        """A printed batch, and the token of one of its plates."""
        batch = self.post("plate-batches", {"village_code": code})["id"]
        self.run_jobs()
        plate = self.items("plates", batch=batch)[0]
        return {"batch_id": batch, "token": plate["token_url"][-16:], "plate_id": plate["id"]}

    def people(self, scoped: TestClient, code: str, door: str) -> dict[str, str]:
        """A household enrolled by hand, and another one that came with a list."""
        (id_no, name, phone), (listed_no, listed, _) = PEOPLE[code]
        head = {"name": name, "id_no": id_no, "phone": phone, "relation": "02"}
        asked = {"kind": "family", "address_code": door, "book_no": f"H770{code}", "members": [head]}
        made = self.post("households", asked)
        rows = f"户号,与户主关系,姓名,公民身份号码,户籍地址\nK{code},户主,{listed},{listed_no},{door}\n"
        job = self.send_layer(scoped, "residents", rows)
        found = _ok(self.clerk.post("/api/v1/residents/lookup", json={"id_no": listed_no}))["items"]
        sent: dict[str, Any] = {
            "data": {"division": code},
            "files": {"file": ("底册.csv", "户号,原地址\nH1,某处\n")},
        }
        extract = _ok(scoped.post("/api/v1/reconciliations", **sent))["id"]
        self.run_jobs()
        row = _ok(scoped.get(f"/api/v1/reconciliations/{extract}/rows"))["items"][0]["id"]
        return {
            "extract_id": extract,
            "row_id": row,
            "household_id": made["household_id"],
            "person_id": made["person_ids"][0],
            "residents_job": job,
            "listed_person": found[0]["id"],
        }

    def police(self, scoped: TestClient, code: str) -> dict[str, str]:
        """A dictionary of committees with one that is proposed for the village, and one that nobody knows."""
        village = _ok(self.clerk.get(f"/api/v1/divisions/{code}"))
        rows = f"代码,名称\n{code},{village['name']}委会\nX{code},示例{code}\n"
        sent: dict[str, Any] = {"data": {"kind": "jcwh"}, "files": {"file": ("字典.csv", rows)}}
        _ok(scoped.post("/api/v1/police-dictionaries", **sent))
        pair = _ok(scoped.get("/api/v1/crosswalk", params={"kind": "jcwh"}))["items"][0]
        return {"pair_id": pair["id"], "pair_target": pair["target_id"]}

    def mapping(self, code: str) -> dict[str, str]:
        """A register that knows no address of the village yet, and the package that tells it of all."""
        consumer = self.post(
            "mapping-consumers", {"name": f"示例所{code}", "division": code, "from_now": False}
        )
        package = self.post("mapping-packages", {"consumer_id": consumer["id"]})
        return {"consumer_id": consumer["id"], "package_id": package["id"]}

    def told(self, people: dict[str, str], code: str) -> dict[str, str]:
        """A package with a row that was refused, and a paper to re-issue for a household."""
        made = self.mapping(code)
        package = made["package_id"]
        sent: dict[str, Any] = {"files": {"file": ("回执.csv", "对照号,结果\n1,拒绝\n")}}
        _ok(self.clerk.post(f"/api/v1/mapping-packages/{package}/receipts", **sent))
        refused = self.items("mapping-refusals", package=package)[0]["id"]
        facts = {"id": str(uuid4()), "household": people["household_id"], "package": package}

        def add(work: Work) -> None:
            _ = work.papers  # opens the scope
            work.conn.execute(text(_PAPER), facts)

        self.committed(add)
        return people | made | {"refusal_id": refused, "paper_id": facts["id"]}

    def account(self, code: str) -> dict[str, str]:
        """An account of the village, its key, and a browser in which it is signed in."""
        admin: TestClient = self.signed_in(Role.ADMIN)
        name = f"示例协管{code}"
        body = {"name": name, "role": "village", "division_code": code}
        user = _ok(admin.post("/api/v1/users", json=body))["id"]
        key = _ok(admin.post(f"/api/v1/users/{user}/keys", json={"label": "示例"}))["id"]
        once = _ok(admin.post(f"/api/v1/users/{user}/password"))["password"]
        page = sign_in(admin.app, name, once)
        own = page.post("/api/v1/me/password", json={"old_password": once, "new_password": PASSWORD})
        assert own.status_code == 204, own.text
        return {
            "user_id": user,
            "key_id": key,
            "session_id": _ok(page.get("/api/v1/me/sessions"))["items"][0]["id"],
            "cookie": page.cookies["address_session"],
            "csrf_token": page.headers["X-CSRF-Token"],
        }

    def town(self, code: str) -> Ground:
        """A merger and a new name that were drawn, and what the yearly list proposes."""
        absorber, end = _SPARE[code]
        body = {"kind": "merge", "effective_on": "2020-01-01", "ends": [end], "absorber": absorber}
        proposal = next(p for p in self.items("division-proposals") if (p["old_code"] or "").startswith(code))
        division = _ok(self.clerk.get(f"/api/v1/divisions/{end}"))["id"]
        other = _ok(self.clerk.get(f"/api/v1/divisions/{absorber}"))["id"]
        renamed = {"kind": "rename", "name": "示例又名村"}
        return Ground(
            code,
            {
                "division_change_id": self.post("division-changes", body)["id"],
                "division_act_id": self.post(f"divisions/{other}/changes", renamed)["id"],
                "proposal_id": proposal["id"],
                "list_id": proposal["list_id"],
                "division_id": division,
                "division_code": code,
                "absorber": absorber,
                "end": end,
            },
        )

    def send_layer(self, client: TestClient, layer: str, rows: str) -> str:
        """Import a file; gives the job's id."""
        sent = _ok(client.post("/api/v1/jobs", data={"layer": layer}, files={"file": (f"{layer}.csv", rows)}))
        self.run_jobs()
        done = _ok(client.get(f"/api/v1/jobs/{sent['id']}"))
        assert (done["stage"], done["rejected"]) == ("done", 0), done
        return str(sent["id"])

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """What a write answers."""
        return _ok(self.clerk.post(f"/api/v1/{path}", json=body))

    def items(self, path: str, **params: str) -> list[dict[str, Any]]:
        """What a list holds."""
        found: list[dict[str, Any]] = _ok(self.clerk.get(f"/api/v1/{path}", params=params))["items"]
        return found


def _houses(code: str, first: int, last: int, head: bool = True) -> str:
    row = "建筑编号,村代码,用途,层数,村民小组,经度,纬度\n" if head else ""
    lon = 113.6 + 0.1 * _VILLAGES.index(code)
    return row + "".join(
        f"{code[-3:]}-{n:03d},{code},住宅,2,12组,{lon + n * 0.0003:.4f},28.8\n"
        for n in range(first, last + 1)
    )


def _ok(answer: Any) -> dict[str, Any]:
    assert answer.status_code < 300, answer.text
    found: dict[str, Any] = answer.json()
    return found
