"""Start one server pinned to a core, and end exactly the processes it started."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from typing import IO

from measure.cpu import group_members
from measure.places import PEERS, child_environment
from measure.roster import Peer

__all__ = ["NotStarted", "Server", "serving"]

START_SECONDS = 30.0
STOP_SECONDS = 5.0


class NotStarted(Exception):
    """A server ended or did not listen in time; the message is its last output."""


class Server:
    """A running server: its port, its process group, its log."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: IO[bytes]):
        self.process = process
        self.port = port
        self.log = log

    @property
    def group(self) -> int:
        """The process group; the first process leads it (`start_new_session`)."""
        return self.process.pid

    def tail(self, size: int = 600) -> str:
        """Return the end of what the server has printed."""
        self.log.seek(0, os.SEEK_END)
        self.log.seek(max(0, self.log.tell() - size))
        return self.log.read().decode(errors="replace").strip()

    def wait_until_listening(self) -> None:
        """Return when the port takes connections."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise NotStarted(self.tail() or f"ended with {self.process.returncode}")
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.05)
        raise NotStarted(f"not listening after {START_SECONDS:.0f} s: {self.tail()}")

    def stop(self) -> None:
        """Ask the group to end, then make it; nothing outside the group is touched."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.group, number)
            if self.wait_until_gone():
                return

    def wait_until_gone(self) -> bool:
        """Wait for every process of the group; False when one is left."""
        end = time.monotonic() + STOP_SECONDS
        while time.monotonic() < end:
            # poll() reaps the leader, which would stay in the group as a zombie.
            if self.process.poll() is not None and not group_members(self.group):
                return True
            time.sleep(0.02)
        return False


def free_port() -> int:
    """Ask the system for a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(peer: Peer, core: int, **environ: str) -> Iterator[Server]:
    """Serve a peer on one core for the length of a `with` block.

    Args:
        peer: What to serve.
        core: The processor it is pinned to.
        environ: More of the environment for this server.

    Raises:
        NotStarted: It ended, or did not listen within 30 seconds.
    """
    port = free_port()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            ["taskset", "-c", str(core), *peer.command(port)],
            cwd=PEERS,
            env=child_environment(BENCH_PORT=str(port), **environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        server = Server(process, port, log)
        try:
            server.wait_until_listening()
            yield server
        finally:
            server.stop()
