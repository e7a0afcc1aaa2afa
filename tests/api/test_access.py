"""Keys end when they are ended, and accounts stay within the county; who may what stands in the matrix."""

from typing import Any

from address_service.model.accounts import Role


def test_a_revoked_key_no_longer_writes(signed_in: Any) -> None:
    admin = signed_in(Role.ADMIN)
    user = admin.post(
        "/api/v1/users", json={"name": "示例村", "role": "village", "division_code": "430626113208"}
    )
    key = admin.post(f"/api/v1/users/{user.json()['id']}/keys", json={"label": "手机"}).json()
    holder = {"X-API-Key": key["secret"]}
    assert admin.get("/api/v1/addresses", headers=holder).status_code == 200

    assert admin.delete(f"/api/v1/users/keys/{key['id']}").status_code == 204

    assert admin.get("/api/v1/addresses", headers=holder).status_code == 401


def test_an_account_outside_the_county_is_not_opened(signed_in: Any) -> None:
    body = {"name": "外县", "role": "village", "division_code": "430681113208"}

    answer = signed_in(Role.ADMIN).post("/api/v1/users", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "scope-outside-county")
