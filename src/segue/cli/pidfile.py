"""The file that tells other programs the number of the server's process."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from segue.core.errors import CommandError

__all__ = ["pid_file"]


@contextmanager
def pid_file(path: Path | None) -> Generator[None]:
    """Write this process's number to a file for as long as the block runs.

    Raises:
        CommandError: If the process that the file names is still running.
    """
    if path is None:
        yield
        return
    owner = _read(path)
    if owner is not None and owner != os.getpid() and _is_running(owner):
        raise CommandError(
            "SG-RUN-005",
            f"{path} belongs to the running process {owner}.",
            why="Whoever reads the file would lose track of that process.",
            fix=f"Stop it first (kill {owner}), or choose another file: --pid FILE",
        )
    try:
        path.write_text(f"{os.getpid()}\n", encoding="ascii")
    except OSError as error:
        raise CommandError(
            "SG-RUN-005",
            f"{path} cannot be written: {error.strerror}.",
            why="Whoever waits for the file would wait for ever.",
            fix="Choose a file in a folder that may be written to: --pid FILE",
        ) from error
    try:
        yield
    finally:
        if _read(path) == os.getpid():  # a forked worker must leave it alone
            path.unlink()


def _read(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _is_running(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's, but running
    return True
