"""The real service without its worker, over a scratch database, for the length of a block."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from address_service.store.engine import Database


@contextmanager
def running_service(database: Database, folder: Path, county_code: str, **more: str) -> Iterator[int]:
    """The service as it is by default but for its worker, reading from a database; gives its port."""
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
    with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            _wait(process)
            yield port
        finally:
            process.terminate()


def _wait(process: "subprocess.Popen[str]") -> None:
    """Until it says that all of its processes answer; its words go to stderr, as stdout belongs to the figures."""
    late = threading.Timer(120, process.kill)
    late.start()
    said = process.stdout.readline() if process.stdout else ""
    late.cancel()
    if not said:
        raise RuntimeError("the service did not start within two minutes")
    sys.stderr.write(said)
