"""`serve`: the web application in this process and a worker beside it, both ended together."""

import gc
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import socket


def register(app: typer.Typer) -> None:
    """Add `serve`, and `work` for the worker process, to the program."""
    app.command("serve", help="启动服务：网页、接口和后台作业，按 Ctrl-C 结束")(serve)
    app.command("work", help="只运行后台作业", hidden=True)(work)


def serve(
    host: Annotated[str | None, typer.Option(help="监听地址，缺省取设置 HOST")] = None,
    port: Annotated[int | None, typer.Option(help="端口，缺省取设置 PORT")] = None,
    with_worker: Annotated[bool, typer.Option("--worker/--no-worker", help="是否同时运行后台作业")] = True,
) -> None:
    """Serve until SIGINT or SIGTERM."""
    import uvicorn

    from address_service.bootstrap import create_app
    from address_service.settings import Settings

    settings = Settings()
    listener = _listen(host or settings.host, port or settings.port)
    signal.signal(signal.SIGTERM, _leave)
    app = create_app(settings)
    config = uvicorn.Config(app, log_level=settings.log_level, access_log=False, timeout_graceful_shutdown=10)
    worker = _Worker() if with_worker else None
    _spare_collector()
    try:
        _announcing(uvicorn.Server(config), listener).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        if worker:
            worker.stop()
    typer.echo("服务已停止", err=True)


def _spare_collector() -> None:
    """Let the garbage collector pass over what lives as long as the process, and come less often for the rest.

    With the thresholds that it starts with it took a quarter of the time of a busy service.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


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

    from address_service.errors import NotReady

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise NotReady(
            f"不能监听 {host}:{port}（{os.strerror(error.errno or 0)}）。请停掉占用它的程序，或另设 PORT。",
            code="port-unavailable",
        ) from error


def _announcing(server: Any, listener: "socket.socket") -> Any:
    """Say where the service is once it answers."""
    start = server.startup
    host, port = listener.getsockname()[:2]

    async def startup(sockets: Any = None) -> None:
        await start(sockets=sockets)
        if not server.should_exit:
            typer.echo(f"服务已启动：http://{host}:{port}")

    server.startup = startup
    return server


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
