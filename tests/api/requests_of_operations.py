"""How each operation is asked about the things of one village or town; who may ask stands in the matrix."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from fastapi.testclient import TestClient

from tests.api.signing_in import PASSWORD
from tests.api.two_villages import FAR, HOME, NEXT, PEOPLE, TOWN, Ground
from tests.store.test_scans import pdf

_DECREE = {"decree_no": "示例〔2026〕9号"}
_GROUNDS = {**_DECREE, "reason": "示例"}
_FIRST = {"headers": {"If-Match": '"1"'}}
_NONE: Mapping[str, str] = MappingProxyType({})
_CASE = {"purpose": "case", "reason": "核对户口簿"}
_NEWCOMER = {"name": "示例", "id_no": "430626199001013071", "phone": "13900001111"}
_TILE = {"layer": "map", "z": "14", "x": "13362", "y": "6822"}

Asking = dict[str, Any]
"""Arguments of a request, and under ``path`` what stands in the path instead of the ground's own things."""

ASKING: dict[str, Callable[[Ground], Asking]] = {
    "GET /tiles/{layer}/{z}/{x}/{y}.mvt": lambda g: {"path": _TILE},
    "GET /api/v1/search": lambda g: {"params": {"q": "烟舟"}},
    "GET /api/v1/search/suggestions": lambda g: {"params": {"q": "烟舟"}},
    "GET /api/v1/divisions": lambda g: {"params": {"parent": g["division_code"][:9]}},
    "POST /api/v1/divisions": lambda g: {"json": {"code": f"{g.code}299", "name": "示例村"}},
    "POST /api/v1/divisions/{division_id}/changes": lambda g: {
        "json": {"kind": "rename", "name": "示例新村"}
    },
    "POST /api/v1/division-lists": lambda g: {
        "data": {"year": "2017", "dry_run": "true"},
        "files": {"file": ("名录.csv", b"x")},
    },
    "POST /api/v1/division-proposals/{proposal_id}/decide": lambda g: {"json": {"outcome": "renamed"}},
    "GET /api/v1/name-reports": lambda g: {"params": {"within": g.code}},
    "POST /api/v1/places/{place_id}/rename": lambda g: {"json": {"name": "示例组"}},
    "POST /api/v1/division-changes": lambda g: {
        "json": {"kind": "merge", "effective_on": "2021-01-01", "ends": [g["end"]], "absorber": g["absorber"]}
    },
    "PUT /api/v1/division-changes/{division_change_id}/choices": lambda g: {
        "json": {"choices": [{"subject_id": g["division_id"], "kind": "keep"}]}
    },
    "POST /api/v1/division-changes/{division_change_id}/commit": lambda g: {"json": _DECREE},
    "POST /api/v1/division-changes/{division_change_id}/undo": lambda g: {"json": {}},
    "GET /api/v1/places": lambda g: {"params": {"village": g.code}},
    "POST /api/v1/places/{place_id}/members": lambda g: {"json": {"building_ids": [g["building_id"]]}},
    "POST /api/v1/places/{place_id}/name-approvals": lambda g: {"json": {"state": "approved", **_DECREE}},
    "GET /api/v1/places/{place_id}/candidates": lambda g: {"params": {"building_id": g["building_id"]}},
    "POST /api/v1/places/{place_id}/doors": lambda g: {"json": {"building_id": g["building_id"]}},
    "POST /api/v1/applications": lambda g: {
        "json": {"kind": "correction", "request": "示例", "address_code": g["current"]}
    },
    "GET /api/v1/applications": lambda g: {"params": {"village": g.code}},
    "POST /api/v1/applications/{application_id}/decide": lambda g: {"json": {"accept": True}},
    "POST /api/v1/applications/{application_id}/withdraw": lambda g: {"json": {"note": "示例"}},
    "POST /api/v1/applications/{application_id}/plate": lambda g: {
        "json": {},
        "path": {"application_id": g["accepted_application"]},
    },
    "POST /api/v1/applications/{application_id}/close": lambda g: {
        "json": {},
        "path": {"application_id": g["accepted_application"]},
    },
    "GET /api/v1/applications/{application_id}/notice.pdf": lambda g: {
        "path": {"application_id": g["accepted_application"]}
    },
    "POST /api/v1/reservations/{reservation_id}/release": lambda g: {"json": _GROUNDS},
    "POST /api/v1/reservations/{reservation_id}/extend": lambda g: {
        "json": {**_GROUNDS, "expires_on": "2031-12-31"}
    },
    "POST /api/v1/construction-plans/{construction_plan_id}/review": lambda g: {"json": _GROUNDS},
    "GET /api/v1/parcels": lambda g: {"params": {"village": g.code}},
    "GET /api/v1/buildings": lambda g: {"params": {"village": g.code}},
    "GET /api/v1/reservations": lambda g: {"params": {"place_id": g["place_id"]}},
    "POST /api/v1/numbering-plans": lambda g: {"json": {"place_id": g["place_id"]}},
    "GET /api/v1/numbering-plans": lambda g: {"params": {"place_id": g["place_id"]}},
    "POST /api/v1/renumbering-plans/preview": lambda g: {"json": _another_number(g)},
    "POST /api/v1/renumbering-plans": lambda g: {"json": _another_number(g)},
    "GET /api/v1/renumbering-plans": lambda g: {"params": {"place_id": g["place_id"]}},
    "POST /api/v1/renumbering-plans/{renumbering_id}/commit": lambda g: {"json": _DECREE},
    "POST /api/v1/renumbering-plans/{renumbering_id}/undo": lambda g: {
        "path": {"renumbering_id": g["committed_renumbering"]}
    },
    "GET /api/v1/number-audits": lambda g: {"params": {"village": g.code}},
    "POST /api/v1/places/{place_id}/survey-decisions": lambda g: {
        "json": {"building_id": g["building_id"], "kept": False, "reason": "示例"}
    },
    "GET /api/v1/addresses/canonical": lambda g: {"params": {"text": "童市乡烟舟村十二组018号"}},
    "POST /api/v1/match": lambda g: {
        "json": {"rows": [{"text": "烟舟村12组1号", "external_id": g["draft"]}]}
    },
    "GET /api/v1/resolve": lambda g: {"params": {"code": g["current"]}},
    "PUT /api/v1/change-consumers/{name}": lambda g: {"json": {"cursor": "0"}, "path": {"name": "示例"}},
    "POST /api/v1/address-changes/preview": lambda g: {"json": {"kind": "replace", "code": g["current"]}},
    "POST /api/v1/address-changes/{address_change_id}/preview": lambda g: {"json": {}},
    "POST /api/v1/address-changes": lambda g: {"json": {"kind": "retire", "code": g["current"]}},
    "POST /api/v1/address-changes/{address_change_id}/commit": lambda g: {"json": _DECREE},
    "GET /api/v1/addresses/{code}/aliases": lambda g: {"path": {"code": g["current"]}},
    "POST /api/v1/addresses/{code}/aliases": lambda g: {
        "json": {"kind": "colloquial", "text": "烟舟村大樟树下", "valid_from": "2020-01-01"},
        "path": {"code": g["current"]},
    },
    "POST /api/v1/addresses/{code}/aliases/{alias_id}/end": lambda g: {
        "json": {},
        "path": {"code": g["current"]},
    },
    "GET /api/v1/addresses": lambda g: {"params": {"village": g.code}},
    "POST /api/v1/addresses/approvals": lambda g: {"json": {**_drafts(g), **_DECREE}},
    "POST /api/v1/addresses/rejections": lambda g: {"json": {**_drafts(g), "note": "示例"}},
    "POST /api/v1/plate-batches": lambda g: {"json": {"village_code": g.code, "profile": "medium"}},
    "GET /api/v1/plate-batches/{batch_id}/files/{name}": lambda g: {"path": {"name": "list.xlsx"}},
    "GET /api/v1/plates": lambda g: {"params": {"village": g.code}},
    "POST /api/v1/jobs": lambda g: {
        "data": {"layer": "divisions", "dry_run": "true"},
        "files": {"file": ("空.csv", b"x")},
    },
    "POST /api/v1/users": lambda g: {
        "json": {"name": "示例新账户", "role": "village", "division_code": g.code}
    },
    "POST /api/v1/users/{user_id}/keys": lambda g: {"json": {"label": "示例"}},
    "GET /api/v1/division-boundaries": lambda g: {"params": {"parent": g["division_code"][:9]}},
    "POST /api/v1/division-acts/{division_act_id}/commit": lambda g: {"json": _DECREE},
    "POST /api/v1/attachments": lambda g: {
        "data": {"act": "address-changes", "act_id": g["address_change_id"]},
        "files": {"file": ("批文.pdf", pdf())},
    },
    "GET /api/v1/attachments": lambda g: {
        "params": {"act": "address-changes", "act_id": g["address_change_id"]}
    },
    "GET /api/v1/households": lambda g: {"params": {"village": g.code}},
    "POST /api/v1/households": lambda g: {
        "json": {
            "kind": "family",
            "address_code": g["second"],
            "book_no": "H9",
            "members": [{**_NEWCOMER, "relation": "02"}],
        }
    },
    "POST /api/v1/households/lookup": lambda g: {"json": {"book_no": f"H770{g.code}"}},
    "PATCH /api/v1/households/{household_id}": lambda g: {"json": {"book_no": "H8"}, **_FIRST},
    "POST /api/v1/households/{household_id}/members": lambda g: {"json": {**_NEWCOMER, "relation": "20"}},
    "POST /api/v1/households/{household_id}/move": lambda g: {
        "json": {"address_code": g["second"], "document_no": "示例"},
        **_FIRST,
    },
    "POST /api/v1/households/{household_id}/relations": lambda g: {
        "json": {"relations": {g["person_id"]: "20"}, "reason": "示例事由"},
        **_FIRST,
    },
    "POST /api/v1/households/{household_id}/end": lambda g: {"json": {"document_no": "示例"}, **_FIRST},
    "POST /api/v1/households/{household_id}/reveal": lambda g: {"json": _CASE},
    "GET /api/v1/residents": lambda g: {"params": {"village": g.code}},
    "GET /api/v1/residents/templates/{name}": lambda _: {"path": {"name": "survey-form"}},
    "POST /api/v1/residents/lookup": lambda g: {"json": {"id_no": PEOPLE[g.code][0][0]}},
    "POST /api/v1/residents/withdrawals": lambda g: {
        "json": {"import_id": g["residents_job"], "document_no": "示例", "reason": "示例"}
    },
    "PATCH /api/v1/residents/{person_id}": lambda g: {"json": {"name": "示例"}, **_FIRST},
    "POST /api/v1/residents/{person_id}/move": lambda g: {"json": {"lives_at": g["second"]}, **_FIRST},
    "POST /api/v1/residents/{person_id}/end": lambda g: {
        "json": {"reason": "deceased", "document_no": "示例"},
        **_FIRST,
    },
    "POST /api/v1/mapping-packages/{package_id}/receipts": lambda g: {
        "data": {"dry_run": "true"},
        "files": {"file": ("回执.csv", "对照号,结果\n1,接受\n")},
    },
    "POST /api/v1/mapping-refusals/{refusal_id}/settle": lambda g: {"json": {"state": "corrected"}, **_FIRST},
    "GET /api/v1/papers": lambda g: {"params": {"village": g.code}},
    "GET /api/v1/papers/export": lambda g: {"params": {"village": g.code}},
    "POST /api/v1/papers/{paper_id}/state": lambda g: {"json": {"state": "issued"}, **_FIRST},
    "POST /api/v1/police-dictionaries": lambda g: {
        "data": {"kind": "zrq", "dry_run": "true"},
        "files": {"file": ("字典.csv", "代码,名称\n01,一警务区\n")},
    },
    "GET /api/v1/police-dictionaries/codes/{address_code}": lambda g: {
        "path": {"address_code": g["current"]}
    },
    "GET /api/v1/police-dictionaries/{kind}/entries": lambda g: {"path": {"kind": "jcwh"}},
    "POST /api/v1/crosswalk": lambda g: {
        "json": {
            "kind": "jcwh",
            "code": f"X{g.code}",
            "name": f"示例{g.code}",
            "target_id": g["pair_target"],
            "reason": "示例",
        }
    },
    "POST /api/v1/crosswalk/accept": lambda g: {"json": {"kind": "jcwh", "expected": 999}},
    "POST /api/v1/crosswalk/{pair_id}/decision": lambda g: {"json": {"verdict": "refuse"}, **_FIRST},
    "POST /api/v1/mapping-consumers": lambda g: {"json": {"name": "示例县公安局", "division": g.code}},
    "POST /api/v1/mapping-packages": lambda g: {"json": {"consumer_id": g["consumer_id"]}},
    "POST /api/v1/mapping-packages/{package_id}/archive": lambda g: {
        "json": {"passphrase": "invented, for tests only"}
    },
    "POST /api/v1/mapping-packages/{package_id}/acknowledge": lambda g: {"json": {}, **_FIRST},
    "POST /api/v1/reconciliations": lambda g: {
        "data": {"division": g.code},
        "files": {"file": ("底册.csv", "户号,原地址\nH1,某处\n")},
    },
    "POST /api/v1/reconciliations/{extract_id}/export": lambda g: {"json": _CASE},
    "POST /api/v1/reconciliations/{extract_id}/accept": lambda g: {
        "json": {"outcome": "same", "expected": 9}
    },
    "POST /api/v1/reconciliations/rows/{row_id}/decision": lambda g: {"json": {"decision": "park"}, **_FIRST},
    "POST /api/v1/village-rows/{row_id}/answer": lambda g: {"json": {"address_code": None}, **_FIRST},
    "POST /api/v1/reconciliations/{extract_id}/withdrawal": lambda g: {
        "json": {"document_no": "示例", "reason": "示例"}
    },
    "POST /api/v1/residents/{person_id}/reveal": lambda g: {"json": _CASE},
    "POST /api/v1/residents/{person_id}/destruction": lambda g: {
        "json": {"document_no": "示例", "reason": "示例"}
    },
    "GET /api/v1/audit": lambda g: {"params": {"account": f"示例协管{g.code}"}},
    "GET /api/v1/audit/export": lambda g: {"params": {"account": f"示例协管{g.code}", "format": "jsonl"}},
    "PUT /api/v1/users/{user_id}/office": lambda g: {"json": {"role": "finance", "division_code": g.code}},
    "POST /api/v1/me/password": lambda g: {
        "json": {"old_password": PASSWORD, "new_password": "Qi-Ta-2026-x"}
    },
    "POST /api/v1/me/second-factor/confirm": lambda g: {"json": {"code": "123456"}},
    "POST /api/v1/me/keys": lambda g: {"json": {"label": "示例"}},
}
"""What an operation takes beside the things in its path; those that are not listed take nothing."""


def _drafts(ground: Ground) -> dict[str, Any]:
    return {"place_id": ground["place_id"], "codes": [ground["draft"]]}


def _another_number(ground: Ground) -> dict[str, Any]:
    return {"place_id": ground["place_id"], "changes": [{"code": ground["current"], "main": 97}]}


def ask(client: TestClient, operation: str, ground: Ground, headers: Mapping[str, str] = _NONE) -> Any:
    """Ask an operation about a ground."""
    given = ASKING.get(operation)
    asking = given(ground) if given else {}
    asking["headers"] = {**asking.get("headers", {}), **headers}
    method, path = operation.split(" ", 1)
    return client.request(method, path.format(**(ground.things | asking.pop("path", {}))), **asking)


def session_headers(ground: Ground) -> dict[str, str]:
    """What a page of the ground's account sends, in which somebody signed in by password."""
    return {"Cookie": f"address_session={ground['cookie']}", "X-CSRF-Token": ground["csrf_token"]}


def own_and_other(grounds: dict[str, Ground], scope: str) -> tuple[Ground, Ground]:
    """What an account of the scope, `village`, `town` or `session`, calls its own, and what is another one's."""
    mine, theirs = (TOWN, FAR) if scope == "town" else (HOME, NEXT)
    return grounds[mine], grounds[theirs]
