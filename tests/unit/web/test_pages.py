"""The pages' routes over sources made of plain values."""

import re
from dataclasses import dataclass, field, replace

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from httpx2 import Response

from address_service.errors import Unauthenticated
from address_service.web import assets
from address_service.web.error_pages import error_page, wants_page
from address_service.web.page_headers import CONTENT_SECURITY_POLICY, PageHeaders
from address_service.web.pages import build_web_router, mount_static
from address_service.web.source_terms import PageSources
from address_service.web.visitor import PublicPlate, SessionCookie, SignInForm, Visitor

CLERK = Visitor("张三", "民政办", "csrf-of-clerk", may_assign=True, may_number=True)
READER = Visitor("李四", "派出所", "csrf-of-reader", may_assign=False)
TOKEN = "7m3k9t2v8x4q1c6z"
PLATE = PublicPlate(
    "烟舟村12组",
    "18号",
    "湖南省岳阳市平江县童市镇烟舟村12组18号",
    "43062611320850120001800007",
    "430626 113 208 5012 00018 0000 7",
    "烟舟村",
    "current",
)


@dataclass(slots=True)
class Sources:
    """A house of one clerk and one plate."""

    visitor: Visitor | None = None
    is_open: bool = True
    plate: PublicPlate = PLATE
    signed_out: list[str] = field(default_factory=list)

    def client(self) -> TestClient:
        app = FastAPI()
        app.add_middleware(PageHeaders)
        app.include_router(build_web_router(self._sources()))
        mount_static(app)
        return TestClient(app, follow_redirects=False)

    def _sources(self) -> PageSources:
        async def plate(token: str) -> PublicPlate | None:
            return self.plate if token == TOKEN else None

        return PageSources(
            "平江县",
            self.is_open,
            lambda _: None if self.visitor and self.visitor.is_confined else self.visitor,
            self._sign_in,
            self._sign_out,
            plate,
            account_visitor=lambda _: self.visitor,
        )

    def _sign_in(self, _: Request, form: SignInForm) -> SessionCookie:
        if form.key != "good":
            raise Unauthenticated("API密钥无效或已过期", code="key-invalid")
        return SessionCookie("address_session", "opaque", 3600, secure=True)

    def _sign_out(self, request: Request) -> str:
        self.signed_out.append(request.url.path)
        return "address_session"


@pytest.fixture(autouse=True)
def bundle(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The routes are tested without building the front end."""
    monkeypatch.setattr("address_service.web.assets.bundle_url", lambda name: f"/static/bundle/{name}")
    monkeypatch.setitem(_globals(), "bundle_url", lambda name: f"/static/bundle/{name}")


def _globals() -> dict[str, object]:
    from address_service.web import rendering

    return rendering._templates.env.globals


def _form_token(page: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def _sign_in(client: TestClient, **changes: str) -> Response:
    token = _form_token(client.get("/sign-in").text)
    data = {"key": "good", "form_token": token, "next": "/assign", **changes}
    answer: Response = client.post("/sign-in", data=data)
    return answer


def test_map_is_closed_to_strangers_unless_it_is_open() -> None:
    assert Sources(is_open=True).client().get("/").status_code == 200
    answer = Sources(is_open=False).client().get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")


def test_every_answer_carries_the_policy() -> None:
    client = Sources().client()
    for path in ("/", "/sign-in", f"/p/{TOKEN}", "/static/pages.css", "/nowhere"):
        assert client.get(path).headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_pages_hold_no_inline_script_or_style() -> None:
    client = Sources(visitor=CLERK).client()
    for path in ("/", "/assign", "/audit", "/counter", "/sign-in", f"/p/{TOKEN}", "/p/unknown"):
        text = client.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text), path
        assert not re.search(r'(src|href)="(https?:)?//', text), path


def test_the_audit_is_for_whoever_is_signed_in_and_its_buttons_for_those_who_may_number() -> None:
    clerk = replace(CLERK, may_number=True)

    assert Sources().client().get("/audit").headers["location"] == "/sign-in?next=/audit"
    assert "audit-renumber" not in Sources(visitor=READER).client().get("/audit").text
    assert "audit-renumber" in Sources(visitor=clerk).client().get("/audit").text


def test_assigning_is_for_those_who_may() -> None:
    assert Sources().client().get("/assign").headers["location"] == "/sign-in?next=/assign"
    assert Sources(visitor=READER).client().get("/assign").status_code == 403
    assert Sources(visitor=CLERK).client().get("/assign").status_code == 200


def test_the_counter_is_for_those_who_number() -> None:
    assert Sources().client().get("/counter").headers["location"] == "/sign-in?next=/counter"
    assert Sources(visitor=READER).client().get("/counter").status_code == 403
    page = Sources(visitor=CLERK).client().get("/counter")
    assert page.status_code == 200
    assert 'data-plates="no"' in page.text


def test_sign_in_sets_a_cookie_that_scripts_cannot_read() -> None:
    answer = _sign_in(Sources().client())
    assert answer.status_code == 303
    assert answer.headers["location"] == "/assign"
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("address_session=opaque"))
    for attribute in ("HttpOnly", "SameSite=lax", "Secure", "Max-Age=3600", "Path=/"):
        assert attribute in cookie


def test_sign_in_refuses_a_wrong_key() -> None:
    answer = _sign_in(Sources().client(), key="bad")
    assert answer.status_code == 401
    assert "密钥无效" in answer.text
    assert "address_session" not in str(answer.headers.get_list("set-cookie"))


def test_sign_in_refuses_a_form_of_somebody_else() -> None:
    client = Sources().client()
    assert _sign_in(client, form_token="forged").status_code == 403
    token = _form_token(client.get("/sign-in").text)
    foreign = {"origin": "https://evil.example"}
    data = {"key": "good", "form_token": token}
    assert client.post("/sign-in", data=data, headers=foreign).status_code == 403
    data["form_token"] = _form_token(client.get("/sign-in").text)
    assert client.post("/sign-in", data=data, headers={"origin": "http://testserver"}).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/a//b",
        "",
        "%2f%2fevil.example",
        "/%2fevil.example",
        "/%5cevil.example",
        "/renumber?plan=1\r\nSet-Cookie: a=b",
        "/renumber?plan=%0d%0aSet-Cookie:%20a=b",
        "/renumber?plan=\\evil",
        "/renumber?plan=%5cevil",
        "/renumber?plan=%7f",
        "/renumber?plan=%zz",
        "/renumber?plan=a b",
        "/renumber?next=//evil.example",
        "/renumber?plan=1#/here",
        "/renumber\n",
        "/renumber?plan=" + "1" * 400,
    ],
)
def test_sign_in_never_leads_to_another_host(path: str) -> None:
    assert _sign_in(Sources().client(), next=path).headers["location"] == "/"


@pytest.mark.parametrize(
    "path",
    [
        "/renumber?plan=7c1d0f7e-0000-4000-8000-000000000001&place=7c1d0f7e-0000-4000-8000-000000000002",
        "/audit?name=%E7%83%9F%E8%88%9F&from=%2Fmap",
    ],
)
def test_sign_in_leads_back_to_the_page_with_its_query(path: str) -> None:
    client = Sources().client()

    page = client.get("/sign-in", params={"next": path}).text

    assert f'name="next" value="{path.replace("&", "&amp;")}"' in page
    assert _sign_in(client, next=path).headers["location"] == path


def test_a_stranger_is_asked_to_sign_in_and_the_query_is_kept() -> None:
    client = Sources().client()

    asked = client.get("/audit?place=1&name=%E7%83%9F").headers["location"]
    forged = client.get("/audit?place=%0d%0a").headers["location"]

    assert asked == "/sign-in?next=/audit%3Fplace%3D1%26name%3D%25E7%2583%259F"
    assert 'value="/audit?place=1&amp;name=%E7%83%9F"' in client.get(asked).text
    assert forged == "/sign-in?next=/"


def test_sign_out_needs_the_token_of_the_session() -> None:
    sources = Sources(visitor=CLERK)
    client = sources.client()
    assert client.post("/sign-out", data={"csrf_token": "guess"}).status_code == 403
    assert sources.signed_out == []
    answer = client.post("/sign-out", data={"csrf_token": CLERK.csrf_token})
    assert answer.status_code == 303
    assert sources.signed_out == ["/sign-out"]
    assert 'address_session=""' in answer.headers["set-cookie"]


def test_plate_page_tells_address_and_code() -> None:
    answer = Sources().client().get(f"/p/{TOKEN}")
    assert answer.status_code == 200
    for text in (PLATE.full_text, "18号", PLATE.code_grouped, "烟舟村", "在册标准地址"):
        assert text in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_plate_that_was_replaced_says_so() -> None:
    from dataclasses import replace

    old = replace(PLATE, number_text="17号", replaced=True)
    page = Sources(plate=old).client().get(f"/p/{TOKEN}").text
    assert "此门牌已停用" in page
    assert PLATE.full_text in page
    assert "在册标准地址" not in page


def test_plate_of_a_retired_address_names_its_successor() -> None:
    from dataclasses import replace

    retired = replace(PLATE, stage="retired", successor_text="平江县童市镇烟舟村12组20号")
    text = Sources(plate=retired).client().get(f"/p/{TOKEN}").text
    assert "此地址已停用" in text
    assert "12组20号" in text
    assert "在册标准地址" not in text


@pytest.mark.parametrize("token", ["0000000000000000", "x", "../../etc", "7M3K9T2V8X4Q1C6Z"])
def test_unknown_plate_is_not_found(token: str) -> None:
    assert Sources().client().get(f"/p/{token}").status_code == 404


def test_texts_of_a_plate_are_escaped() -> None:
    from dataclasses import replace

    nasty = replace(PLATE, full_text="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in Sources(plate=nasty).client().get(f"/p/{TOKEN}").text


def _request(path: str, accept: str = "text/html") -> Request:
    headers = [(b"accept", accept.encode()), (b"host", b"testserver")]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    return Request({**scope, "scheme": "http", "server": ("testserver", 80)})


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/nowhere", "text/html", True),
        ("/api/v1/addresses", "text/html", False),
        ("/tiles/map/1/1/1.mvt", "*/*", False),
        ("/nowhere", "application/json", False),
    ],
)
def test_people_get_pages_and_machines_do_not(path: str, accept: str, expected: bool) -> None:
    assert wants_page(_request(path, accept)) is expected


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "没有这一页"), (500, "服务出了问题"), (418, "没有这一页"), (502, "服务出了问题")],
)
def test_error_pages_speak_chinese(status: int, words: str) -> None:
    answer = error_page(_request("/"), status)
    assert answer.status_code == status
    assert words in bytes(answer.body).decode()


def test_packed_twin_goes_to_browsers_that_take_it(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    from starlette.applications import Starlette

    folder = Path(str(tmp_path))
    (folder / "map-0a1b2c3d.js").write_text("plain")
    (folder / "map-0a1b2c3d.js.br").write_bytes(b"packed")
    app = Starlette()
    app.mount("/static", assets.PackedStaticFiles(directory=folder))
    client = TestClient(app)
    plain = client.get("/static/map-0a1b2c3d.js", headers={"accept-encoding": "identity"})
    assert plain.text == "plain"
    assert "immutable" in plain.headers["cache-control"]
    with client.stream("GET", "/static/map-0a1b2c3d.js", headers={"accept-encoding": "gzip, br"}) as packed:
        assert b"".join(packed.iter_raw()) == b"packed"
        assert packed.headers["content-encoding"] == "br"
        assert packed.headers["content-type"].startswith("text/javascript")


def test_reserved_numbers_are_a_page_for_who_may_number() -> None:
    numberer = Visitor("王五", "村（居）委会", "csrf-of-village", may_assign=True, may_number=True)

    unsigned, reader, allowed = (
        Sources(visitor).client().get("/reservations") for visitor in (None, READER, numberer)
    )

    assert (unsigned.status_code, unsigned.headers["location"]) == (303, "/sign-in?next=/reservations")
    assert reader.status_code == 403
    assert (allowed.status_code, 'data-page="reservations"' in allowed.text) == (200, True)
    assert 'href="/reservations"' in Sources(numberer).client().get("/").text
    assert 'href="/reservations"' not in Sources(READER).client().get("/").text
