"""A light HTTP client in a process of its own: keep-alive sockets, one thread each, no parsing beyond the length."""

import json
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import chain


@dataclass(frozen=True, slots=True)
class Driven:
    """What a drive saw: wall and own CPU seconds, bodies in bytes, slowest and median answer in milliseconds."""

    requests: int
    seconds: float
    cpu_seconds: float
    statuses: dict[str, int]
    max_bytes: int
    median_ms: float
    max_ms: float


def drive(
    port: int,
    paths: Sequence[str],
    *,
    connections: int,
    rounds: int = 1,
    headers: Sequence[str] = (),
    bodies: Sequence[str] = (),
) -> Driven:
    """GET every path ``rounds`` times over so many connections to 127.0.0.1, as fast as answers come.

    With ``bodies``, one JSON text per path, POST them instead.
    """
    order = {
        "port": port,
        "paths": list(paths) * rounds,
        "connections": connections,
        "headers": list(headers),
        "bodies": list(bodies) * rounds,
    }
    done = subprocess.run(
        [sys.executable, "-m", "address_service.bench.drive"],
        input=json.dumps(order).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return Driven(**json.loads(done.stdout))


def _run(port: int, paths: list[str], connections: int, headers: list[str], bodies: list[str]) -> Driven:
    head = "".join(f"{line}\r\n" for line in ["Host: 127.0.0.1", "Connection: keep-alive", *headers])
    if bodies:
        requests = [_post(path, head, body) for path, body in zip(paths, bodies, strict=True)]
    else:
        requests = [f"GET {path} HTTP/1.1\r\n{head}\r\n".encode() for path in paths]
    todo = iter(requests)  # next() on a list iterator is atomic, so the threads share it
    started, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(connections) as pool:
        answers = list(chain(*pool.map(lambda _: list(_exchange(port, todo)), range(connections))))
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    times = sorted(took for took, _, _ in answers)
    return Driven(
        requests=len(answers),
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        statuses=dict(Counter(status for _, status, _ in answers)),
        max_bytes=max(size for _, _, size in answers),
        median_ms=times[len(times) // 2] * 1000,
        max_ms=times[-1] * 1000,
    )


def _post(path: str, head: str, body: str) -> bytes:
    length = f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n"
    return f"POST {path} HTTP/1.1\r\n{head}{length}\r\n{body}".encode()


def _exchange(port: int, todo: Iterator[bytes]) -> Iterator[tuple[float, str, int]]:
    """Seconds, status and body size of each answer on one connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in todo:
            started = time.perf_counter()
            line.sendall(request)
            status, size = _read_answer(line)
            yield time.perf_counter() - started, status, size


def _read_answer(line: socket.socket) -> tuple[str, int]:
    received = b""
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += _some(line)
    head = received[:end].lower()
    at = head.find(b"\r\ncontent-length: ")
    size = int(head[at + 18 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    missing = size - (len(received) - end - 4)
    while missing > 0:
        missing -= len(_some(line))
    return head[9:12].decode(), size


def _some(line: socket.socket) -> bytes:
    data = line.recv(262_144)
    if not data:
        raise ConnectionError("the service closed the connection")
    return data


if __name__ == "__main__":
    json.dump(asdict(_run(**json.load(sys.stdin))), sys.stdout)
