"""`streams`: what a client that stops reading costs the server.

A client with a small receive buffer asks for 300 MB and reads nothing for some
seconds; the growth of the server's memory meanwhile is the figure. Then the client
reads on, which shows whether the answer was kept whole or cut, and the server is asked
once more, which shows that it lived through it.
"""

import contextlib
import http.client
import socket
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from measure.cpu import memory_of
from measure.outcome import Outcome
from measure.roster import Peer
from measure.server import NotStarted, Server, serving

__all__ = ["SIZE", "measure_streams"]

SIZE = 300 * 1024 * 1024
RECEIVE_BUFFER = 64 * 1024
QUIET = 15.0
"""Seconds without a byte after which the rest is taken as never coming."""


@dataclass(frozen=True, slots=True)
class Stall:
    """What one stalled client saw."""

    growth: float
    received: int
    alive: bool


@dataclass(frozen=True, slots=True)
class Stand:
    """Where and how long: the server's core, the stall, the file of 300 MB."""

    core: int
    seconds: float
    file: str


def measure_streams(
    peers: list[Peer], rounds: int, core: int, seconds: float
) -> Outcome:
    """Stall one client on each peer, rounds interleaved."""
    outcome = Outcome("streams")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.bin"
        with path.open("wb") as file:
            file.truncate(SIZE)
        stand = Stand(core, seconds, str(path))
        for _ in range(rounds):
            for peer in peers:
                for kind in ("stream", "file"):
                    if kind == "stream" or peer.family == "segue":
                        take(outcome, peer, kind, stand)
    return outcome


def take(outcome: Outcome, peer: Peer, kind: str, stand: Stand) -> None:
    """Serve a peer, stall a client, keep the figures."""
    label = f"{peer.label} {kind}"
    if label in outcome.failures:
        return
    try:
        with serving(peer, stand.core, BENCH_FILE=stand.file) as server:
            found = stall(server, f"/{kind}", stand.seconds)
    except (NotStarted, OSError, http.client.HTTPException) as error:
        outcome.fail(label, f"{type(error).__name__}: {error}")
        return
    row = {"family": peer.family, "protocol": peer.protocol, "kind": kind}
    outcome.rows.setdefault(label, row)
    outcome.add(label, "growth", found.growth)
    outcome.add(label, "received", found.received / 1024 / 1024)
    outcome.add(label, "alive", float(found.alive))
    print(
        f"  {label:40} +{found.growth:6.1f} MB, {found.received / 1e6:.0f} MB came,"
        f" {'alive' if found.alive else 'DEAD'}"
    )


def stall(server: Server, path: str, seconds: float) -> Stall:
    """Ask, read nothing for a while, then read what there is."""
    ask_home(server.port)
    before = memory_of(server.group)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        client.settimeout(QUIET)
        client.connect(("127.0.0.1", server.port))
        request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"
        client.sendall(request.encode())
        peak = before
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            peak = max(peak, memory_of(server.group))
            time.sleep(0.1)
        received = read_on(client)
    return Stall(peak - before, received, ask_home(server.port))


def read_on(client: socket.socket) -> int:
    """Count the bytes that come until the end, an error, or silence."""
    received = 0
    with contextlib.suppress(OSError):
        while part := client.recv(1 << 18):
            received += len(part)
    return received


def ask_home(port: int) -> bool:
    """Ask for the front page; tells whether the server still answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read() == b"ok"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
