"""The published description of the API is the one that the program serves."""

import json
import os
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

GOLDEN = Path(__file__).parents[2] / "docs" / "openapi.json"


@pytest.mark.golden
def test_the_published_description_is_what_the_program_serves(anonymous: TestClient) -> None:
    served = anonymous.get("/api/v1/openapi.json").json()

    if os.environ.get("BLESS"):
        GOLDEN.write_text(json.dumps(served, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    assert json.loads(GOLDEN.read_text(encoding="utf-8")) == served, "run script/bless and review the diff"


def test_no_body_or_answer_shares_its_name_with_another(anonymous: TestClient) -> None:
    """Of two with one name the description would tell by the names of modules, which mean nothing to who reads it."""
    names = anonymous.get("/api/v1/openapi.json").json()["components"]["schemas"]

    assert len(names) > 100
    assert [name for name in names if name.startswith("address_service__")] == []
