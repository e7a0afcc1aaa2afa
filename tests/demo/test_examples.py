"""The programs that the documents offer run as they stand, and do what they say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT, DemoServer

pytestmark = pytest.mark.demo

_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_the_page_for_machines_runs_as_one_program(demo_server: DemoServer, tmp_path: Path) -> None:
    program = "\n".join(_BLOCK.findall((ROOT / "docs" / "machines.md").read_text(encoding="utf-8")))
    script = tmp_path / "example.py"
    script.write_text(program, encoding="utf-8")
    env = {**os.environ, "ADDRESS_URL": demo_server.url, "ADDRESS_KEY": demo_server.api_key}

    def run() -> list[str]:
        command = [sys.executable, "-W", "error", str(script)]
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()

    told = run()

    (first, *_) = found = [line.split() for line in told if line.startswith("found ")]
    code, text = first[1], first[2]
    assert (len(found), "烟舟村12组" in text) == (5, True)
    assert f"linked {text} {code} exact" in told
    assert any(line.startswith("to look at 童市乡烟舟村十二组 ") for line in told)
    assert "not matched 烟舟村 date-malformed" in told
    assert "the same True" in told
    (position,) = (line.split()[-1] for line in told if line.startswith("acknowledged "))
    headers = {"X-API-Key": demo_server.api_key}
    later = httpx.get(f"{demo_server.url}/api/v1/changes", params={"cursor": position}, headers=headers)
    assert later.json()["items"] == []
    assert (tmp_path / "position.txt").read_text() == position
