"""`segue db shell`: the client that a database brings, at the app's own database."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from segue.core.errors import CommandError

__all__ = ["ShellCommand", "open_shell", "shell_command"]

_CLIENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "sqlite": ("sqlite3",),
    "postgresql": ("psql",),
    "mysql": ("mariadb", "mysql"),
}


class ShellCommand(msgspec.Struct, frozen=True):
    """What is run.

    Attributes:
        words: The program and its arguments; never a password, which others could see.
        variables: What it learns by its environment.
    """

    words: list[str]
    variables: dict[str, str]


def shell_command(address: Any) -> ShellCommand:
    """Build the command for the address of a database.

    Raises:
        CommandError: Its client is not installed, or there is none.
    """
    names = _CLIENTS.get(address.kind, ())
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        raise CommandError(
            "SG-DB-108",
            f"There is no client here for {address}.",
            why="The shell of a database is a program of its own.",
            fix=f"Install {names[0]}." if names else "Use the client of its maker.",
        )
    url = address.url
    if address.kind == "sqlite":
        return ShellCommand([program, address.path], {})
    if address.kind == "postgresql":
        shown = url._replace(drivername="postgresql", password=None)
        variables = {} if url.password is None else {"PGPASSWORD": str(url.password)}
        return ShellCommand([program, shown.render_as_string()], variables)
    words = [program, f"--host={url.host or 'localhost'}"]
    words += [f"--port={url.port}"] if url.port else []
    words += [f"--user={url.username}"] if url.username else []
    variables = {} if url.password is None else {"MYSQL_PWD": str(url.password)}
    return ShellCommand([*words, str(url.database)], variables)


def open_shell(address: Any) -> int:
    """Run the client until its user leaves it; give its exit status."""
    command = shell_command(address)
    environment = {**os.environ, **command.variables}
    return subprocess.run(command.words, env=environment, check=False).returncode  # noqa: S603 - our words
