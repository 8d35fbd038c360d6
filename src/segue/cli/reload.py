"""Restarts a process when a file changes; the process is the whole server.

A new process for each change is the one way that forgets everything of the old
code. It also chooses the protocol anew: the first `async def` turns an app into
ASGI without a word from the user.
"""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeAlias

import click

from segue.cli.signals import on_stop

__all__ = ["Watch", "is_watched", "poll", "supervise", "watch"]

_SUFFIXES: Final = frozenset({".py", ".toml", ".env"})
_IGNORED: Final = frozenset(
    {"__pycache__", "node_modules", "site-packages", "build", "dist"}
)
_PATIENCE: Final = 10.0

Watch: TypeAlias = Callable[[Sequence[Path], threading.Event], Iterator[set[Path]]]
"""Yields the files that changed, until the event is set."""


def is_watched(path: Path) -> bool:
    """Tell whether a change of this file restarts the server."""
    if path.suffix not in _SUFFIXES and not path.name.startswith(".env"):
        return False
    return not any(_is_ignored(part) for part in path.parts[:-1])


def _is_ignored(folder: str) -> bool:
    return folder in _IGNORED or (folder.startswith(".") and folder not in {".", ".."})


def watch(folders: Sequence[Path], stop: threading.Event) -> Iterator[set[Path]]:
    """Watch folders by the system's own events if watchfiles is installed."""
    if find_spec("watchfiles") is None:
        yield from poll(folders, stop)
        return
    # An extra, compiled, and wanted by this function alone.
    from watchfiles import watch as watch_files  # noqa: PLC0415

    def wanted(_change: Any, path: str) -> bool:
        return any(is_watched(_inside(Path(path), folder)) for folder in folders)

    for changes in watch_files(
        *folders,
        watch_filter=wanted,
        stop_event=stop,
        raise_interrupt=False,
        ignore_permission_denied=True,
    ):
        yield {Path(path) for _, path in changes}


def _inside(path: Path, folder: Path) -> Path:
    """Return the part below the folder: what lies above it is not judged."""
    return path.relative_to(folder) if path.is_relative_to(folder) else path


def poll(
    folders: Sequence[Path], stop: threading.Event, interval: float = 0.5
) -> Iterator[set[Path]]:
    """Watch folders by looking at every file's time again and again."""
    before = _stamps(folders)
    while not stop.wait(interval):
        after = _stamps(folders)
        changed = {path for path, _ in before.items() ^ after.items()}
        before = after
        if changed:
            yield changed


def _stamps(folders: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    found: dict[Path, tuple[int, int]] = {}
    for folder in folders:
        for parent, names, files in os.walk(folder):
            names[:] = [
                name
                for name in names
                if not _is_ignored(name)
                and not os.path.exists(os.path.join(parent, name, "pyvenv.cfg"))  # noqa: PTH110, PTH118 - a hot loop
            ]
            for file in files:
                path = Path(parent, file)
                if is_watched(Path(file)):
                    stamp = _stamp(path)
                    if stamp is not None:
                        found[path] = stamp
    return found


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:  # removed between the listing and now
        return None
    return status.st_mtime_ns, status.st_size


def supervise(
    command: Sequence[str], folders: Sequence[Path], watcher: Watch = watch
) -> int:
    """Run a command, again after each change, until it or a signal ends it.

    Returns:
        The status to exit with: 0 after a signal, else the command's own.
    """
    supervisor = _Supervisor(command)
    with on_stop(supervisor.stop):
        try:
            supervisor.start()
            for changed in watcher(folders, supervisor.stopping):
                supervisor.restart(changed)
        finally:
            supervisor.end()
    return supervisor.status


class _Supervisor:
    """The running process, and a thread that notices its end."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None
        self.stopping = threading.Event()
        self.status = 0

    def start(self) -> None:
        """Start the process and watch over its end."""
        process = subprocess.Popen(self._command)  # noqa: S603 - our own command line
        self._process = process
        threading.Thread(target=self._wait, args=(process,), daemon=True).start()

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        status = process.wait()
        if process is not self._process or self.stopping.is_set():
            return  # replaced or stopped: its end is ours
        if status == 0:
            self.stopping.set()
        else:
            click.echo("  Stopped. Waiting for a change to start again.", err=True)

    def restart(self, changed: set[Path]) -> None:
        """End the process, say why, and start it anew."""
        names = ", ".join(sorted(path.name for path in changed)[:3])
        click.echo(f"  {names} changed, restarting.")
        self.end()
        self.start()

    def stop(self) -> None:
        """Ask for the end; safe to call from a signal handler."""
        self.stopping.set()

    def end(self) -> None:
        """End the process and wait for it, with force if it takes too long."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
