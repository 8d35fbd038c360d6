"""A real server in a process of its own, for tests that need the network.

Browser tests need it, and whoever wants to see an app behind the server that will
serve it. The app is named, `module:app`, because another process has to import it.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Literal, Self

from segue.core.errors import did_you_mean
from segue.testing.errors import ClientError, LiveServerError

__all__ = ["LiveServer", "app_target", "free_port"]

ServerName = Literal["granian", "uvicorn", "gunicorn", "wsgiref"]
Interface = Literal["wsgi", "asgi", "rsgi"]

_SPEAKS: Final[Mapping[str, tuple[str, ...]]] = {
    "granian": ("asgi", "wsgi", "rsgi"),
    "uvicorn": ("asgi",),
    "gunicorn": ("wsgi", "asgi"),
    "wsgiref": ("wsgi",),
}
_WSGIREF: Final = """
import sys
from wsgiref.simple_server import make_server
from importlib import import_module
module, _, name = sys.argv[1].partition(":")
app = import_module(module)
for part in name.split("."):
    app = getattr(app, part)
make_server("127.0.0.1", int(sys.argv[2]), app).serve_forever()
"""
_SHOWN: Final = 4000


def free_port() -> int:
    """Find a port on the loopback that nobody listens to at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def app_target(app: Any) -> str:
    """Find the `module:app` of an application object in a loaded module.

    Raises:
        ClientError: No module has it as a global of its own.
    """
    if isinstance(app, str):
        return app if ":" in app else f"{app}:app"
    for module_name, module in list(sys.modules.items()):
        for name, value in list(vars(module).items()):
            if value is app and getattr(module, "__file__", None):
                return f"{module_name}:{name}"
    raise ClientError(
        "SG-TEST-017",
        f"No module has {app!r:.80} as a global.",
        why="The server runs in another process, which imports the app by its name.",
        fix='Put the app into a module and pass "module:app".',
    )


class LiveServer:
    """Serves an app on a free port of the loopback while a `with` block runs.

    Args:
        app: `module:app`, or an object that a loaded module has as a global.
        server: `granian`, `uvicorn`, `gunicorn` or `wsgiref`.
        interface: The protocol; the server's own first choice unless told.
        folder: Where the server starts, and what it imports from first.
        options: Further words for the server's command line.
        environ: Variables over those of this process.
        ready: The path that is asked until it answers; any status will do.
        timeout: Seconds for the start, and again for the stop.

    Example:
        ```python
        with LiveServer("shop:app") as server:
            browser.get(server.url + "/books")
        ```
    """

    def __init__(
        self,
        app: Any,
        *,
        server: ServerName = "granian",
        interface: Interface | None = None,
        folder: str | os.PathLike[str] | None = None,
        options: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
        ready: str = "/",
        timeout: float = 20.0,
    ) -> None:
        self.target = app_target(app)
        self.server = server
        self.interface = _interface(server, interface)
        self.port = 0
        self._folder = Path(folder) if folder is not None else Path.cwd()
        self._options = tuple(options)
        self._environ = dict(environ or {})
        self._ready = ready
        self._timeout = timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the server listens, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The id of the server's process; 0 while there is none."""
        return self._process.pid if self._process is not None else 0

    @property
    def output(self) -> str:
        """What the server has printed so far."""
        if self._log is None or self._log.closed:
            return ""
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            LiveServerError: It ended or did not answer in time; has its output.
        """
        self.port = free_port()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._process = subprocess.Popen(  # noqa: S603 - the command is ours
            [sys.executable, *self._command()],
            cwd=self._folder,
            env=self._variables(),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            # A group of its own: the workers of a server go down with it.
            start_new_session=True,
        )
        deadline = time.monotonic() + self._timeout
        while not self._answers():
            if self._process.poll() is not None:
                raise self._failed(f"ended with {self._process.returncode}")
            if time.monotonic() > deadline:
                raise self._failed(f"did not answer within {self._timeout} seconds")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server: asked first, then made to."""
        process, self._process = self._process, None
        if process is not None:
            if process.poll() is None:
                process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(self._timeout)
            _kill_group(process.pid)
            process.wait()
        if self._log is not None:
            self._log.close()

    def _failed(self, what: str) -> LiveServerError:
        output = self.output[-_SHOWN:].strip() or "(it printed nothing)"
        self.stop()
        return LiveServerError(
            "SG-TEST-012",
            f"{self.server} with {self.target} {what}.",
            why=f"It printed:\n\n{output}\n",
            fix=f"Try it by hand: python {' '.join(self._command())}",
        )

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=self._timeout)
        try:
            connection.request("GET", self._ready)
            connection.getresponse().read()
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
        return True

    def _variables(self) -> dict[str, str]:
        """Build the environment: the child imports what this process can."""
        path = [str(self._folder), *filter(None, sys.path)]
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path),
            "PYTHONUNBUFFERED": "1",
            **self._environ,
        }

    def _command(self) -> list[str]:
        """Build what comes after `python`."""
        port, target = str(self.port), self.target
        if self.server == "granian":
            words = ["-m", "granian", "--interface", self.interface]
            words += ["--host", "127.0.0.1", "--port", port]
        elif self.server == "uvicorn":
            words = ["-m", "uvicorn", "--interface", "auto"]
            words += ["--host", "127.0.0.1", "--port", port]
        elif self.server == "gunicorn":
            worker = "asgi" if self.interface == "asgi" else "gthread"
            words = ["-m", "gunicorn", "--worker-class", worker]
            words += ["--bind", f"127.0.0.1:{port}", "--no-control-socket"]
        else:
            return ["-c", _WSGIREF, target, port]
        return [*words, *self._options, target]


def _interface(server: str, wanted: str | None) -> str:
    known = _SPEAKS.get(server)
    if known is None:
        raise ClientError(
            "SG-TEST-018",
            f"There is no server {server!r}.{did_you_mean(server, _SPEAKS)}",
            why="A live server is started by a command that must be known.",
            fix=f"Use one of {', '.join(_SPEAKS)}.",
        )
    if wanted is None:
        return known[0]
    if wanted not in known:
        raise ClientError(
            "SG-TEST-018",
            f"{server} does not speak {wanted}.",
            why="The app would be called in a way that the server has not.",
            fix=f"Use {' or '.join(known)} with {server}.",
        )
    return wanted


def _kill_group(group: int) -> None:
    """Kill what a server left behind: workers that did not hear of its end."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(group, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
