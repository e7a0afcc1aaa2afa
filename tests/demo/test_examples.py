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


@pytest.fixture
def start(demo_server: DemoServer) -> int:
    """A position near the end of the feed, all of which has positions: the whole of it would take minutes."""
    headers = {"X-API-Key": demo_server.api_key}
    with httpx.Client(base_url=f"{demo_server.url}/api/v1", headers=headers, timeout=120) as client:
        for _ in range(100):
            standing = client.put("/change-consumers/before-the-example", json={"cursor": "0"}).json()
            if standing["waiting"] == 0:
                return max(int(standing["lag"]) - 200, 0)
            client.get("/changes", params={"cursor": standing["lag"], "limit": 1})
    raise AssertionError("the feed does not come to its end")


def test_the_page_for_machines_runs_as_one_program(
    demo_server: DemoServer, tmp_path: Path, start: int
) -> None:
    program = "\n".join(_BLOCK.findall((ROOT / "docs" / "machines.md").read_text(encoding="utf-8")))
    (tmp_path / "example.py").write_text(program, encoding="utf-8")
    (tmp_path / "position.txt").write_text(str(start))
    env = {**os.environ, "ADDRESS_URL": demo_server.url, "ADDRESS_KEY": demo_server.api_key}

    command = [sys.executable, "-W", "error", "example.py"]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout.splitlines()
    found = [line.split() for line in told if line.startswith("found ")]
    code, text = found[0][1], found[0][2]
    assert (len(found), "烟舟村12组" in text) == (5, True)
    assert f"linked {text} {code} exact" in told
    assert any(line.startswith("to look at 童市乡烟舟村十二组 ") for line in told)
    assert "not matched 烟舟村 date-malformed" in told
    (copied,) = (line.split() for line in told if line.startswith("copied "))
    assert (int(copied[1]) > 0, int(copied[-1]) > start) == (True, True)
    assert (tmp_path / "position.txt").read_text() == copied[-1]
    assert f"acknowledged {copied[-1]}" in told
