"""A folder with an app in it, and the command line run in it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from segue.cli import main

HELLO = """
    from segue.app import App

    app = App()

    @app.get("/")
    def home():
        return "Hello, World!"
"""

VARIABLES = (
    "SEGUE_APP",
    "SEGUE_DEBUG",
    "SEGUE_DEVELOPMENT",
    "SEGUE_TARGET",
    "SECRET_KEY",
    "PORT",
    "WEB_CONCURRENCY",
)


class Project:
    """A user's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str = HELLO) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    folder = tmp_path.resolve() / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in VARIABLES:
        # Set first, so that what the code under test sets is undone as well.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "path", list(sys.path))
    # Processes that a test starts find the package whatever their folder is.
    monkeypatch.setenv("PYTHONPATH", str(Path(main.__file__).parents[2]))
    # What has the time of the file before is written again in the same second.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = set(sys.modules)
    yield Project(folder)
    for name in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def segue(project: Project) -> Callable[..., Result]:
    """Run a command in the project's folder."""

    def run(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main.cli, arguments, input=typed, prog_name="segue")

    return run


class Server:
    """A `segue run` or `segue serve` in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.port = port
        self.lines: list[str] = []
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._more:
                self.lines.append(line.rstrip())
                self._more.notify_all()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, words: str, count: int = 1) -> None:
        """Wait until the server has said something so many times."""
        with self._more:
            said = self._more.wait_for(
                lambda: self.text.count(words) >= count, timeout=60
            )
        assert said, self.text

    def wait_until_open(self) -> None:
        """Wait until somebody listens on the port."""
        for _ in range(1200):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            threading.Event().wait(0.05)
        raise AssertionError(self.text)

    def get(self, path: str = "/") -> str:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, 30)) as client:
            client.request("GET", path)
            return client.getresponse().read().decode()

    def interrupt(self) -> int:
        """Do what Ctrl+C in a terminal does: every process hears of it."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60)

    def stop(self, number: int) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def start(project: Project) -> Iterator[Callable[..., Server]]:
    """Start a server on a free port in the project's folder."""
    started: list[Server] = []

    def start(command: str, *options: str) -> Server:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "segue", command, "--port", str(port), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=project.folder,
            start_new_session=True,
        )
        server = Server(process, port)
        started.append(server)
        return server

    yield start
    for server in started:
        if server.process.poll() is None:
            server.process.terminate()
            server.process.wait(60)
        server._reader.join(10)
        assert server.process.stdout is not None
        server.process.stdout.close()
