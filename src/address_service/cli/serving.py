"""`serve`: serving processes on one listener and a worker beside them, all ended together."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from address_service.errors import NotReady

if TYPE_CHECKING:
    import socket


def register(app: typer.Typer) -> None:
    """Add `serve`, and `work` for the worker process, to the program."""
    app.command("serve", help="启动服务：网页、接口和后台作业，按 Ctrl-C 结束")(serve)
    app.command("work", help="只运行后台作业", hidden=True)(work)


def serve(
    host: Annotated[str | None, typer.Option(help="监听地址，缺省取设置 HOST")] = None,
    port: Annotated[int | None, typer.Option(help="端口，缺省取设置 PORT")] = None,
    processes: Annotated[int | None, typer.Option(min=1, help="服务进程数，缺省取设置 PROCESSES")] = None,
    with_worker: Annotated[bool, typer.Option("--worker/--no-worker", help="是否同时运行后台作业")] = True,
) -> None:
    """Serve until SIGINT or SIGTERM."""
    from address_service.bootstrap import check_service
    from address_service.cli.serving_processes import ServingProcesses
    from address_service.settings import Settings

    settings = Settings()
    count = processes or settings.processes
    listener = _listen(host or settings.host, port or settings.port)
    signal.signal(signal.SIGTERM, _leave)
    check_service(settings, count)
    os.environ["PROCESSES"] = str(count)  # what each of them takes depends on how many they are
    with ExitStack() as stack:
        _share_metrics(stack)
        if with_worker:
            stack.callback(_Worker().stop)
        serving = ServingProcesses(count, listener, settings.log_level, lambda: _announce(listener))
        serving.run()
    if serving.failed:
        raise NotReady("服务进程未能启动，原因见上。", code="service-not-started")
    typer.echo("服务已停止", err=True)


def _share_metrics(stack: ExitStack) -> None:
    """A folder in which the serving processes count together; see api/metrics.py."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="address-service-metrics-"))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


def work(
    parent_pipe: Annotated[bool, typer.Option(help="标准输入关闭时结束", hidden=True)] = False,
) -> None:
    """Take jobs until SIGTERM, or until the process that started this one is gone."""
    from address_service.bootstrap import run_worker
    from address_service.settings import Settings

    if parent_pipe:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    run_worker(Settings())


def _listen(host: str, port: int) -> "socket.socket":
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise NotReady(
            f"不能监听 {host}:{port}（{os.strerror(error.errno or 0)}）。请停掉占用它的程序，或另设 PORT。",
            code="port-unavailable",
        ) from error


def _announce(listener: "socket.socket") -> None:
    host, port = listener.getsockname()[:2]
    typer.echo(f"服务已启动：http://{host}:{port}")


def _leave(number: int, frame: object) -> None:
    """Turn SIGTERM into an orderly exit, in which `finally` blocks run."""
    raise SystemExit(0)


def _end_with_parent() -> None:
    # Unbuffered: a thread that holds the buffer's lock would spoil the interpreter's exit.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


class _Worker:
    """The worker process, started again when it ends by itself."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process = self._spawn()
        self._watch = threading.Thread(target=self._keep_alive, daemon=True)
        self._watch.start()

    def _spawn(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "address_service.cli", "work", "--parent-pipe"]
        return subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own program

    def _keep_alive(self) -> None:
        while True:
            code = self._process.wait()
            if self._stopping.wait(5):
                return
            typer.echo(f"后台作业进程意外结束（{code}），重新启动", err=True)
            self._process = self._spawn()

    def stop(self) -> None:
        """End the worker; a job under way is finished first, within half a minute."""
        self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
