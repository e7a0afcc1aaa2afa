"""What nobody should send: texts, JSON values and bodies, each by the name that a failing test shows."""

import json
from itertools import pairwise

from tests.api.answers_to_anything import PLANTED_ID, PLANTED_NAME, PLANTED_PHONE

TEXTS: dict[str, str] = {
    "sql": "'; DROP TABLE address; --",
    "sql union": "x') OR 1=1 UNION ALL (TABLE api_key) --",
    "like": "%_" * 400,
    "regular expression": "(a+)+$" + "a" * 60 + "!",
    "path": "../../../../etc/passwd",
    "windows path": "..\\..\\..\\windows\\win.ini",
    "crlf": "号\r\nSet-Cookie: x=1\r\n\r\n<script>",
    "template": "{{7*7}}${7*7}#{7*7}<%= 7*7 %>%(x)s%s{0.__class__}",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "formula": "=cmd|' /C calc'!A0",
    "yaml": "!!python/object/apply:os.system ['id']",
    "yaml bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "\n".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]" for a, b in pairwise("abcdefghi")),
    "10 kB of brackets": "（「" * 1700,
    "10 kB of emoji": "😀" * 2500,
    "one family": "👨‍👩‍👧‍👦" * 3,
    "half a pair": "号\ud800码",
    "nul": "号\x00码",
    "control": "\x01\x07\x08\x1b[31m\x7f",
    "right to left": "\u202e号81\u2066\u200f",
    "stacked": "号" + "\u0301" * 3000,
    "no character": "\ufffe\U0010ffff\ufeff",
    "blank": " \t\u3000\u200b",
    "empty": "",
    "long number": "9" * 5000,
    "wide digits": "４３０６２６１１３２０８",
    "exponent": "1e400",
    "nan": "NaN",
    "minus": "-1",
    "bigint": "18446744073709551616",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "last moment": "9999-12-31T23:59:59.999999-14:00",
    "no such day": "2026-02-30",
    "seconds": "253402300800",
    "citizen": PLANTED_ID,
    "person": f"{PLANTED_NAME} {PLANTED_PHONE}",
}  # fmt: skip
"""For every field that takes free text."""

FOR_OTHERS = (
    "sql",
    "crlf",
    "half a pair",
    "nul",
    "long number",
    "exponent",
    "empty",
    "first day",
    "last day",
    "last moment",
    "citizen",
    "person",
)
"""Those of them for fields that take a code, a day, a revision or one of several words."""

FOR_KEYS = ("crlf", "half a pair", "nul", "citizen")
"""Those for the idempotency key, which many operations take in one way; it is tried with every text besides."""

VALUES: dict[str, str] = {
    "null": "null",
    "true": "true",
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "beyond float": "1e400",
    "fraction": "0.1",
    "negative": "-1",
    "beyond bigint": "9223372036854775808",
    "5000 digits": "9" * 5000,
    "list": "[]",
    "object": "{}",
    "long list": "[" + ",".join(["1"] * 20_000) + "]",
    "deep list": "[" * 400 + "]" * 400,
    "deep object": '{"a":' * 400 + "1" + "}" * 400,
    "unstorable object": '{"a": "\\u0000", "b": ["\\ud800"], "\\udfff": 1}',
    "deeper list": "[" * 50_000 + "]" * 50_000,
    "a person": json.dumps({PLANTED_NAME: PLANTED_ID, PLANTED_PHONE: [PLANTED_NAME]}),
    "duplicated keys": '{"id": 1, "id": {"id": 2}}',
}
"""JSON tokens for every field of a body, whatever it takes."""

BODIES: dict[str, tuple[str, bytes]] = {
    "nothing": ("application/json", b""),
    "no json": ("application/json", b"{"),
    "nul": ("application/json", b"\x00"),
    "gbk": ("application/json; charset=gbk", json.dumps({"名": "号"}, ensure_ascii=False).encode("gbk")),
    "utf-16": ("application/json; charset=utf-16", '{"note": "号"}'.encode("utf-16")),
    "byte order mark": ("application/json", b"\xef\xbb\xbf{}"),
    "no utf-8": ("application/json", b'{"note": "\xff\xfe"}'),
    "no such charset": ("application/json; charset=x-none", b"{}"),
    "deep": ("application/json", b"[" * 200_000),
    "deep object": ("application/json", b'{"a":' * 100_000),
    "people as names of members": (
        "application/json",
        json.dumps({PLANTED_NAME: 1, PLANTED_ID: 2, PLANTED_PHONE: 3}).encode(),
    ),
    "text": ("text/plain", b"{}"),
    "xml": (
        "application/xml",
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>',
    ),
    "form": ("application/x-www-form-urlencoded", b"a=1&a=2&" + b"b" * 1000),
    "multipart without boundary": ("multipart/form-data", b"--x\r\n\r\n"),
    "broken multipart": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n'),
    "many parts": (
        "multipart/form-data; boundary=x",
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % n for n in range(3000))
        + b"--x--\r\n",
    ),
    "no media type": ("x", b"{}"),
}  # fmt: skip
"""Whole bodies: media type and content."""
