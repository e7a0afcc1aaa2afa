"""The real service with one worker process, over a scratch database, for the length of a block."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from address_service.store.engine import Database


@contextmanager
def running_service(database: Database, folder: Path, county_code: str, **more: str) -> Iterator[int]:
    """The service with one worker process, reading from a database; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = {
        "DATABASE_URL": database.app_url,
        "READ_DATABASE_URL": database.read_url,
        "COUNTY_CODE": county_code,
        "DATA_DIR": str(folder),
        "MAP_ACCESS": "signed-in",
        "LOG_LEVEL": "warning",
        **more,
    }
    command = [sys.executable, "-m", "address_service.cli", "serve", "--no-worker", "--port", str(port)]
    # What it says goes to stderr: stdout belongs to the figures.
    with subprocess.Popen(command, env=os.environ | settings, stdout=sys.stderr) as process:  # noqa: S603
        try:
            _wait(port, process)
            yield port
        finally:
            process.terminate()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the service did not start")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the service did not answer within 30 s")
