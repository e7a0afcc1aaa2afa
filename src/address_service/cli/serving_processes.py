"""The serving processes behind one listener: uvicorn's supervisor starts, watches, replaces and ends them."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from socket import socket
from typing import TYPE_CHECKING

import typer
from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from address_service.errors import NotReady

if TYPE_CHECKING:
    from fastapi import FastAPI

APP = "address_service.cli.serving_processes:make_app"
GRACE_S = 10
"""So long a request under way may take once the service is told to end."""
_HUNG_S = 30
"""Who gives no sign of life for so long is replaced; a machine under load starts slowly."""
_END_S = GRACE_S + 5


class ServingProcesses(Multiprocess):
    """All processes that answer; ``when_answering`` is called once, when every one of them does."""

    def __init__(
        self, count: int, listener: socket, log_level: str, when_answering: Callable[[], None]
    ) -> None:
        """From here on signals are the supervisor's."""
        config = Config(
            APP,
            factory=True,
            workers=count,
            log_level=log_level,
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
            timeout_worker_healthcheck=_HUNG_S,
        )
        super().__init__(config, [listener])
        self._when_answering: Callable[[], None] | None = when_answering

    @property
    def failed(self) -> bool:
        """Whether it ended because a process could not start."""
        return any(process.exitcode == STARTUP_FAILURE for process in self.processes)

    def keep_subprocess_alive(self) -> None:
        """Replace the dead; called twice a second."""
        super().keep_subprocess_alive()
        if self._when_answering and all(process.is_ready(_HUNG_S) for process in self.processes):
            self._when_answering()
            self._when_answering = None

    def join_all(self) -> None:
        """Wait for all to end; who does not is killed."""
        end = time.monotonic() + _END_S
        for process in self.processes:
            process.process.join(max(0.0, end - time.monotonic()))
            if process.process.is_alive():
                process.process.kill()
                process.process.join()

    def handle_hup(self) -> None:
        """End when the terminal is closed, as any program does, instead of starting anew."""
        self.should_exit.set()


def make_app() -> "FastAPI":
    """The web application of one serving process; ends the process when it cannot be built."""
    from address_service.bootstrap import create_app

    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        app = create_app()
    except NotReady as error:
        typer.echo(error.message, err=True)
        sys.exit(STARTUP_FAILURE)
    _spare_collector()
    return app


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _spare_collector() -> None:
    """Let the garbage collector pass over what lives as long as the process, and come less often for the rest.

    With the thresholds that it starts with it took a quarter of the time of a busy service.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
