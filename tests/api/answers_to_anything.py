"""What must hold of every answer, whatever was asked: no trace, no SQL, no echo of a person's number."""

import json
import re
from typing import Any

from tests.api.two_villages import PEOPLE

PLANTED_ID = "11010519491231002X"
"""The specimen of GB 11643-1999 itself, nobody's number; planted into texts to see that no error repeats it."""

PLANTED_NAME, PLANTED_PHONE = "诸葛埋点戊", "13977001115"
"""Of nobody, too."""

_INNARDS = re.compile(
    r"Traceback|site-packages|psycopg|sqlalchemy|pydantic|RecursionError|Exception\b|\.py\b"
    r"|\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\s+\w+\s+(FROM|SET|VALUES|WHERE|INTO|\()"
    r"|violates|constraint|relation \"|column \"|DETAIL:|registry\."
)
_CITIZEN_ID = re.compile(
    r"(?<![0-9])[1-9]\d{5}(18|19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9])"
)
_PLANTED = (PLANTED_PHONE, *(word for two in PEOPLE.values() for one in two for word in one))


def faults_of(status: int, media_type: str, content: bytes) -> list[str]:
    """What is wrong with an answer; an empty list for one that is fit to be seen."""
    if status < 400:
        return []
    text = content.decode("utf-8", "replace")
    found = [f"an error of {status}"] if status >= 500 else []
    if not media_type.startswith("application/problem+json"):
        return [*found, f"no problem document but {media_type}"]
    document: dict[str, Any] = json.loads(text)
    if {"type", "title", "status", "code"} - set(document):
        found.append("members of a problem are missing")
    if not any("\u4e00" <= c <= "\u9fff" for c in str(document.get("title"))):
        found.append("no Chinese title")
    if "input" in document or any({"input", "ctx", "url"} & set(e) for e in document.get("errors", [])):
        found.append("the input is repeated")
    if _INNARDS.search(text):
        found.append(f"innards show: {_INNARDS.search(text)}")
    if _CITIZEN_ID.search(text):
        found.append("a citizen's number shows")
    found += [f"a planted text shows: {planted}" for planted in _PLANTED if planted in text]
    return [f"{fault}: {text[:300]}" for fault in found]
