"""Streams and sockets over real servers: clients that stall, servers that stop."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from segue.testing import LiveServer

FOLDER = Path(__file__).parent
SOURCE = FOLDER.parents[1] / "src"
MOST = 20_000_000

pytestmark = [
    pytest.mark.service("servers"),
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc"),
]


def start(server: str, interface: str, app: str = "app") -> LiveServer:
    if importlib.util.find_spec(server) is None:
        pytest.skip(f"{server} is not installed")
    return LiveServer(
        f"streams_app:{app}",
        server=server,
        interface=interface,
        folder=FOLDER,
        environ={"PYTHONPATH": str(SOURCE)},
    )


def memory(pid: int) -> int:
    """Read the resident bytes of a process and all that it started."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        status = Path(f"/proc/{one}/status").read_text()
        line = next(each for each in status.splitlines() if each.startswith("VmRSS"))
        total += int(line.split()[1]) * 1024
        for task in Path(f"/proc/{one}/task").iterdir():
            waiting += map(int, (task / "children").read_text().split())
    return total


def wait_for(condition: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)
    return result


def ask(live: LiveServer, path: str) -> socket.socket:
    """Send a request whose answer is not read, by a client with a small window."""
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.settimeout(20)
    try:
        link.connect(("127.0.0.1", live.port))
        link.sendall(f"GET {path} HTTP/1.1\r\nhost: a\r\n\r\n".encode())
    except OSError:
        link.close()
        raise
    return link


def settled(measure: Callable[[], int]) -> int:
    """Measure until two measurements, a while apart, are about the same."""
    last = -MOST
    for _ in range(40):
        now = measure()
        if abs(now - last) < 200_000:
            return now
        last = now
        time.sleep(0.25)
    return last


@pytest.mark.feature("M-173")
@pytest.mark.parametrize(
    ("server", "interface", "app"),
    [
        ("granian", "wsgi", "sync_app"),
        ("granian", "asgi", "sync_app"),
        ("granian", "asgi", "app"),
        ("uvicorn", "asgi", "app"),
    ],
)
def test_a_client_that_stalls_costs_no_memory(
    server: str, interface: str, app: str
) -> None:
    with start(server, interface, app) as live:
        before = settled(lambda: memory(live.pid))
        with ask(live, "/big") as link:
            # It has begun: the first bytes are there.
            first = link.recv(16)
            during = settled(lambda: memory(live.pid))

    assert first.startswith(b"HTTP/1.1 200")
    assert during - before < MOST


def test_a_stream_over_rsgi_ends_at_its_budget_with_a_logged_error() -> None:
    with start("granian", "rsgi") as live:
        before = settled(lambda: memory(live.pid))
        with ask(live, "/big") as link:
            link.recv(16)
            wait_for(lambda: "SG-WALK-050" in live.output)
            during = settled(lambda: memory(live.pid))

    assert during - before < 3 * MOST


@pytest.mark.parametrize("server", ["granian", "uvicorn"])
def test_an_answer_is_streamed_while_its_request_is_still_sent(server: str) -> None:
    with (
        start(server, "asgi") as live,
        socket.create_connection(("127.0.0.1", live.port), timeout=20) as link,
    ):
        link.sendall(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\na")
        received = b""
        while b"<a>" not in received:
            received += link.recv(1000)
        link.sendall(b"b")
        while b"0\r\n\r\n" not in received:
            received += link.recv(1000)

    assert b"<b>" in received


# -- the end


@pytest.fixture
def serve() -> Iterator[Any]:
    """Give what starts `segue serve` and waits until it listens."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(app: str, *options: str) -> tuple[int, subprocess.Popen[bytes]]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        words = ["-m", "segue", "serve", "--app", f"streams_app:{app}", "--port"]
        process = subprocess.Popen(
            [sys.executable, *words, str(port), *options],
            cwd=FOLDER,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        started.append(process)

        def is_up() -> bool:
            try:
                ask(SimpleNamespace(port=port), "/").close()  # type: ignore[arg-type]
            except OSError:
                return False
            return True

        wait_for(is_up, 60)
        return port, process

    yield begin
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.feature("M-215")
@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--interface", "asgi"), 1012),
        # Granian's RSGI closes a socket well, but sends no code with it.
        (("--interface", "rsgi"), 1005),
        (("--server", "uvicorn"), 1012),
    ],
    ids=["granian asgi", "granian rsgi", "uvicorn"],
)
def test_a_server_that_stops_tells_its_sockets(
    serve: Any, options: tuple[str, ...], code: int
) -> None:
    client = pytest.importorskip("websockets.sync.client")
    closed = pytest.importorskip("websockets.exceptions").ConnectionClosed
    port, process = serve("socket_app", *options)
    with client.connect(f"ws://127.0.0.1:{port}/ws") as talk:
        talk.send("x")
        talk.recv(timeout=20)
        process.send_signal(signal.SIGTERM)
        with pytest.raises(closed) as caught:
            talk.recv(timeout=20)
    process.wait(15)

    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == code


@pytest.mark.feature("M-215")
@pytest.mark.parametrize(
    "options", [("--interface", "asgi"), ("--server", "uvicorn")], ids=" ".join
)
def test_a_server_that_stops_does_not_wait_for_a_stream_of_events(
    serve: Any, options: tuple[str, ...]
) -> None:
    port, process = serve("app", *options)
    with ask(SimpleNamespace(port=port), "/events") as link:  # type: ignore[arg-type]
        received = b""
        while b"data: hello" not in received:
            received += link.recv(1000)
        process.send_signal(signal.SIGTERM)
        while part := link.recv(1000):
            received += part
    # A worker that waited would be killed after 30 seconds.
    process.wait(15)

    assert received.endswith(b"0\r\n\r\n")
