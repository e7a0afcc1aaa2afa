"""Signing in by password over HTTP: one answer and one cost for every failure, a lock, a confined first time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import argon2
import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from address_service.bootstrap import create_app
from address_service.edge.house import House
from address_service.edge.password_desk import give_password
from address_service.edge.policy import policy_of
from address_service.edge.sign_in import nobody
from address_service.errors import InvalidInput
from address_service.model.accounts import Actor, Role
from address_service.model.audit import INSIDE
from address_service.services.open_account import issue_api_key
from address_service.services.try_password import REFUSED
from address_service.settings import CryptoSuite, Settings
from address_service.store.accounts import Office
from address_service.store.engine import Database
from address_service.store.keys import Purpose, keep_key, make_key
from address_service.store.work import unit_of_work
from tests.api.signing_in import PASSWORD, browser, sign_in, try_sign_in

VILLAGE = "430626113208"
OTHER = "Ling-Wai-2027"


@pytest.fixture(scope="module")
def app(settings: Settings, admin: Actor) -> Iterator[Any]:
    keep_key(settings.data_dir / "keys", make_key(Purpose.TOTP, CryptoSuite.SM))
    changes = {"second_factor_roles": ["finance"], "source_tries": 10_000}
    with TestClient(create_app(settings.model_copy(update=changes))) as client:
        yield client.app


@pytest.fixture
def account(app: Any, api_database: Database, admin: Actor) -> Callable[..., Actor]:
    """Open an account with a password; None: one for a single use, which is answered in place of the account's."""
    house: House = app.state.house

    def make(name: str, role: Role = Role.VILLAGE, password: str | None = PASSWORD) -> Any:
        with unit_of_work(api_database.engine, admin, datetime.now(UTC)) as work:
            actor = work.accounts.create(name, role, VILLAGE)
        given = give_password(house, INSIDE, nobody("430626"), actor, password)
        return actor if password else given

    return make


def failures(
    app: Any, account: Callable[..., Actor], api_database: Database, admin: Actor
) -> list[dict[str, str]]:
    """A sign-in of each kind that must fail."""
    account("示例在册")
    disabled, gone, locked = account("示例停用"), account("示例过期"), account("示例锁定")
    yesterday = date.today() - timedelta(days=2)
    with unit_of_work(api_database.engine, admin, datetime.now(UTC)) as work:
        work.accounts.set_disabled(disabled.account_id, work.now)
        work.accounts.give_office(gone.account_id, Office(gone.role, VILLAGE, valid_until=yesterday))
        work.accounts.create("示例无口令", Role.VILLAGE, VILLAGE)
        for _ in range(5):
            work.credentials.count_try(locked.account_id, 5, 15, work.now)
    return [
        {"name": "示例在册", "password": "Cuo-Wu-2026"},
        {"name": "示例没有", "password": PASSWORD},
        {"name": "示例停用", "password": PASSWORD},
        {"name": "示例过期", "password": PASSWORD},
        {"name": "示例锁定", "password": PASSWORD},
        {"name": "示例无口令", "password": PASSWORD},
        {"name": "", "password": ""},
    ]


def test_every_failure_has_one_answer_and_one_cost(
    app: Any, account: Any, api_database: Database, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = failures(app, account, api_database, admin)
    verified: list[bytes] = []

    def verify(hashed: bytes, secret: bytes, kind: argon2.Type) -> bool:
        verified.append(hashed)
        return argon2.low_level.verify_secret(hashed, secret, kind)

    monkeypatch.setattr("argon2._password_hasher.verify_secret", verify)
    answers, costs = [], []
    for fields in asked:
        before = len(verified)
        answer = try_sign_in(browser(app), **fields)
        answers.append((answer.status_code, REFUSED in answer.text, "address_session" in answer.cookies))
        costs.append(len(verified) - before)

    assert answers == [(401, True, False)] * len(asked)
    assert costs == [1] * len(asked)
    assert len({str(argon2.extract_parameters(each.decode())) for each in verified}) == 1


def test_guesses_at_one_moment_lock_the_account(app: Any, account: Any) -> None:
    account("示例被猜")

    def guess(n: int) -> int:
        status: int = try_sign_in(browser(app), name="示例被猜", password=f"Cuo-Wu-{n:04}").status_code
        return status

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(guess, range(8)))
    good = try_sign_in(browser(app), name="示例被猜", password=PASSWORD)

    assert answers <= {401, 503}
    assert good.status_code == 401


def test_a_password_for_one_time_opens_nothing_but_the_own_account(app: Any, account: Any) -> None:
    given = account("示例新人", password=None)
    client = browser(app)

    answer = try_sign_in(client, name="示例新人", password=given, next="/assign")

    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    me = client.get("/api/v1/me").json()
    assert me["must"] == "password"
    refused = client.get("/api/v1/addresses")
    assert (refused.status_code, refused.json()["code"]) == (403, "password-needed")
    assert client.get("/assign", follow_redirects=False).headers["location"] == "/sign-in?next=/assign"
    assert client.get("/sign-in", follow_redirects=False).headers["location"] == "/account"
    assert client.get("/tiles/map/14/13367/6848.mvt").status_code == 401

    client.headers["X-CSRF-Token"] = me["csrf_token"]
    done = client.post("/api/v1/me/password", json={"old_password": given, "new_password": OTHER})

    assert done.status_code == 204, done.text
    assert client.get("/api/v1/addresses").status_code == 200
    assert try_sign_in(browser(app), name="示例新人", password=given).status_code == 401


def test_another_password_ends_the_other_sessions(app: Any, account: Any) -> None:
    account("示例两处")
    here, there = sign_in(app, "示例两处"), sign_in(app, "示例两处")

    done = here.post("/api/v1/me/password", json={"old_password": PASSWORD, "new_password": OTHER})

    assert done.status_code == 204, done.text
    assert (here.get("/api/v1/addresses").status_code, there.get("/api/v1/addresses").status_code) == (
        200,
        401,
    )


def test_a_password_in_the_history_or_against_the_rules_is_refused(app: Any, account: Any) -> None:
    account("示例旧口令")
    client = sign_in(app, "示例旧口令")

    def change(new: str, old: str = PASSWORD) -> tuple[int, str]:
        answer = client.post("/api/v1/me/password", json={"old_password": old, "new_password": new})
        return answer.status_code, answer.json()["code"] if answer.content else ""

    assert change(PASSWORD) == (422, "password-reused")
    assert change("abc") == (422, "password-weak")
    assert change(OTHER, old="Cuo-Wu-2026") == (422, "password-wrong")
    assert change(OTHER) == (204, "")
    assert change(PASSWORD, old=OTHER) == (422, "password-reused")


def test_wrong_guesses_at_ones_own_password_lock_too(app: Any, account: Any) -> None:
    account("示例被窃会话")
    client = sign_in(app, "示例被窃会话")

    for _ in range(5):
        client.post("/api/v1/me/password", json={"old_password": "Cuo-Wu-2026", "new_password": OTHER})
    last = client.post("/api/v1/me/password", json={"old_password": PASSWORD, "new_password": OTHER})

    assert (last.status_code, last.json()["code"]) == (422, "password-wrong")


def test_an_office_that_needs_a_second_factor_is_confined_until_it_has_one(app: Any, account: Any) -> None:
    account("示例财政", Role.FINANCE)
    client = sign_in(app, "示例财政")
    assert client.get("/api/v1/addresses").json()["code"] == "second-factor-needed"
    assert client.post("/api/v1/me/keys", json={"label": "示例"}).json()["code"] == "second-factor-needed"

    started = client.post("/api/v1/me/second-factor").json()
    totp = pyotp.TOTP(started["secret"])
    codes = client.post("/api/v1/me/second-factor/confirm", json={"code": totp.now()}).json()["codes"]

    assert "otpauth://totp/" in started["uri"]
    assert "<svg" in started["qr_svg"]
    assert client.get("/api/v1/addresses").status_code == 200
    assert try_sign_in(browser(app), name="示例财政", password=PASSWORD).status_code == 401
    later = totp.at(datetime.now(UTC) + timedelta(seconds=30))
    sign_in(app, "示例财政", code=later)
    assert try_sign_in(browser(app), name="示例财政", password=PASSWORD, code=later).status_code == 401
    sign_in(app, "示例财政", code=codes[0])
    assert try_sign_in(browser(app), name="示例财政", password=PASSWORD, code=codes[0]).status_code == 401


def test_a_key_is_no_second_factor(app: Any, account: Any, api_database: Database, admin: Actor) -> None:
    actor = account("示例财政二", Role.FINANCE)
    with unit_of_work(api_database.engine, admin, datetime.now(UTC)) as work:
        key = issue_api_key(work, actor, "示例", 1)

    answer = try_sign_in(browser(app), key=key.secret)

    assert answer.status_code == 401


def test_a_session_ends_when_its_holder_ends_it(app: Any, account: Any) -> None:
    account("示例收回")
    here, there = sign_in(app, "示例收回"), sign_in(app, "示例收回")
    listed = here.get("/api/v1/me/sessions").json()["items"]
    other = next(each["id"] for each in listed if not each["is_this"])

    assert here.delete(f"/api/v1/me/sessions/{other}").status_code == 204

    assert there.get("/api/v1/me").status_code == 401
    assert [each["is_this"] for each in here.get("/api/v1/me/sessions").json()["items"]] == [True]


def test_nobody_ends_the_session_of_another_through_the_own_account(app: Any, account: Any) -> None:
    account("示例甲")
    account("示例乙")
    one, two = sign_in(app, "示例甲"), sign_in(app, "示例乙")
    foreign = two.get("/api/v1/me/sessions").json()["items"][0]["id"]

    assert one.delete(f"/api/v1/me/sessions/{foreign}").status_code == 404
    assert two.get("/api/v1/me").status_code == 200


def test_one_changes_the_own_account_with_the_sessions_token_only(app: Any, account: Any) -> None:
    account("示例令牌")
    client = sign_in(app, "示例令牌")
    del client.headers["X-CSRF-Token"]

    answers = [
        client.post("/api/v1/me/keys", json={"label": "示例"}),
        client.post("/api/v1/me/password", json={"old_password": PASSWORD, "new_password": OTHER}),
        client.post("/api/v1/me/second-factor"),
    ]

    assert [(r.status_code, r.json()["code"]) for r in answers] == [(403, "csrf-token-wrong")] * 3


def test_a_key_of_some_rights_does_no_more_and_makes_no_other_key(app: Any, account: Any) -> None:
    account("示例机器", Role.VILLAGE)
    client = sign_in(app, "示例机器")

    beyond = client.post("/api/v1/me/keys", json={"label": "示例", "rights": ["approve"]})
    made = client.post("/api/v1/me/keys", json={"label": "示例", "days": 2, "rights": ["read"]}).json()

    assert beyond.json()["code"] == "key-rights-beyond"
    machine = browser(app)
    machine.headers["X-API-Key"] = made["secret"]
    assert machine.get("/api/v1/addresses").status_code == 200
    assert machine.get("/api/v1/reservations/overdue").json()["code"] == "right-missing"
    assert machine.post("/api/v1/me/keys", json={"label": "示例"}).json()["code"] == "session-needed"
    page = browser(app)
    assert try_sign_in(page, key=made["secret"]).status_code == 303
    page.headers["X-CSRF-Token"] = page.get("/api/v1/me").json()["csrf_token"]
    assert page.get("/api/v1/reservations/overdue").json()["code"] == "right-missing"
    assert page.post("/api/v1/me/keys", json={"label": "示例"}).json()["code"] == "session-needed"
    assert client.delete(f"/api/v1/me/keys/{made['id']}").status_code == 204
    assert machine.get("/api/v1/addresses").status_code == 401


def test_a_key_that_may_reconcile_and_not_reveal_gets_no_file_with_people_in_clear(
    app: Any, account: Any
) -> None:
    account("示例核对机器", Role.POLICE)
    client, machine = sign_in(app, "示例核对机器"), browser(app)
    made = client.post("/api/v1/me/keys", json={"label": "示例", "rights": ["read", "reconcile"]}).json()
    machine.headers["X-API-Key"] = made["secret"]
    path, why = f"/api/v1/reconciliations/{uuid4()}/export", {"purpose": "case", "reason": "核对底册"}

    assert machine.post(path, json=why).json()["code"] == "right-missing"
    assert client.post(path, json=why).json()["code"] == "extract-not-found"
    assert client.post(path, json={}).status_code == 422


def test_while_all_hashing_is_taken_sign_in_is_refused_and_health_answers(app: Any, account: Any) -> None:
    account("示例繁忙")
    hashing = app.state.house.hashing
    room = hashing._room

    with hashing.turn(), hashing.turn():
        room._room -= 8  # everybody who may wait does
        busy = try_sign_in(browser(app), name="示例繁忙", password=PASSWORD)
        health = browser(app).get("/health")
        room._room += 8

    assert (busy.status_code, health.status_code) == (503, 200)
    sign_in(app, "示例繁忙")


def test_a_source_of_many_failures_has_to_wait(app: Any, account: Any, committed: Any) -> None:
    account("示例稍候")
    wait = "UPDATE sign_in_source SET waits_until = now() + CAST(:long AS interval)"

    try_sign_in(browser(app), name="示例稍候", password="Cuo-Wu-2026")
    committed(lambda work: work.conn.execute(text(wait), {"long": "1 hour"}))
    told_to_wait = try_sign_in(browser(app), name="示例稍候", password=PASSWORD)
    committed(lambda work: work.conn.execute(text(wait), {"long": "0"}))

    assert told_to_wait.status_code == 429
    sign_in(app, "示例稍候")


def test_keys_that_are_guessed_make_their_source_wait(
    app: Any, account: Any, committed: Any, api_database: Database, admin: Actor
) -> None:
    actor = account("示例机房")
    with unit_of_work(api_database.engine, admin, datetime.now(UTC)) as work:
        key = issue_api_key(work, actor, "示例", 1).secret
    counted = "SELECT max(failures) FROM sign_in_source"
    wait = "UPDATE sign_in_source SET waits_until = now() + CAST(:long AS interval)"

    def failures() -> int:
        with api_database.engine.connect() as conn:
            return int(conn.execute(text(counted)).scalar_one() or 0)

    before = failures()
    guessed = try_sign_in(browser(app), key="ask_erraten")
    good = try_sign_in(browser(app), key=key)
    after = failures()
    committed(lambda work: work.conn.execute(text(wait), {"long": "1 hour"}))
    told_to_wait = try_sign_in(browser(app), key=key)
    committed(lambda work: work.conn.execute(text(wait), {"long": "0"}))

    assert (guessed.status_code, good.status_code, told_to_wait.status_code) == (401, 303, 429)
    assert after == before + 1


def test_a_change_of_password_is_in_the_audit_once_and_a_wrong_guess_as_a_refusal(
    app: Any, account: Any, api_database: Database
) -> None:
    account("示例改口令")
    client = sign_in(app, "示例改口令")

    def change(new: str, old: str = PASSWORD) -> list[str]:
        client.post("/api/v1/me/password", json={"old_password": old, "new_password": new})
        query = "SELECT action FROM audit_line WHERE account_name = '示例改口令' AND action <> 'session.open'"
        with api_database.engine.connect() as conn:
            return list(conn.execute(text(query + " ORDER BY at")).scalars())

    assert change("abc") == []
    assert change(OTHER, old="Cuo-Wu-2026") == ["request.refused"]
    assert change(OTHER) == ["request.refused", "password.change"]


def test_with_https_cookies_and_browsers_keep_to_it(settings: Settings, account: Any) -> None:
    account("示例加密")
    with TestClient(
        create_app(settings.model_copy(update={"public_url": "https://dz.example.cn"}))
    ) as client:
        answer = try_sign_in(browser(client.app), name="示例加密", password=PASSWORD)

    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("address_session="))
    assert {"Secure", "HttpOnly", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_answers_of_the_interface_are_kept_by_no_cache(app: Any, account: Any) -> None:
    account("示例缓存")

    assert sign_in(app, "示例缓存").get("/api/v1/me").headers["cache-control"] == "no-store"


def test_signing_out_ends_the_session_even_while_it_is_confined(app: Any, account: Any) -> None:
    given = account("示例退出", password=None)
    client = browser(app)
    try_sign_in(client, name="示例退出", password=given)
    token = client.get("/api/v1/me").json()["csrf_token"]
    cookie = client.cookies["address_session"]

    client.post("/sign-out", data={"csrf_token": token}, follow_redirects=False)

    client.cookies.set("address_session", cookie)
    assert client.get("/api/v1/me").status_code == 401


def test_the_settings_name_offices_that_there_are(settings: Settings) -> None:
    with pytest.raises(InvalidInput):
        policy_of(settings.model_copy(update={"second_factor_roles": ["pirate"]}))
