"""`segue db shell`: the database's own shell, or Python with `db` at hand."""

import code
import os
import shutil
import subprocess
from typing import Any, Final

from segue.core.errors import CommandError
from segue.db.tools.held import Held

__all__ = ["command_of", "names_of", "open_shell"]

_PROGRAMS: Final = {
    "sqlite": ("sqlite3",),
    "postgresql": ("psql",),
    "mysql": ("mariadb", "mysql"),
}


def open_shell(database: Held, *, python: bool) -> None:
    """Open a shell, and come back when it is left.

    Raises:
        CommandError: The shell of the database is not installed.
    """
    if python:
        names = names_of(database)
        code.interact(f"At hand: {', '.join(sorted(names))}", local=names, exitmsg="")
        return
    command, secrets = command_of(database)
    done = subprocess.run(  # noqa: S603 - the shell of the database, no shell
        command, env={**os.environ, **secrets}, check=False
    )
    if done.returncode:
        raise SystemExit(done.returncode)


def names_of(database: Held) -> dict[str, Any]:
    """Build what a Python shell begins with: `db`, and the models by their names."""
    models = database.root.__registry__.models
    return {"db": database.db(), **{each.__name__: each for each in models}}


def command_of(database: Held) -> tuple[list[str], dict[str, str]]:
    """Build the command line of the database's shell.

    Returns:
        The command, and the password as variables: others see command lines.

    Raises:
        CommandError: There is none, or it is not installed.
    """
    address = database.address
    names = _PROGRAMS.get(address.kind, ())
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        raise CommandError(
            "SG-DB-152",
            f"The shell of {address.kind} is not installed.",
            why=f"It is {' or '.join(names) or 'not known to Segue'}.",
            fix="Install the client of the database, or: segue db shell --python",
        )
    url = address.url
    if address.kind == "sqlite":
        return [program, address.path], {}
    given = {"host": url.host, "port": url.port}
    options = [f"--{name}={value}" for name, value in given.items() if value]
    if address.kind == "postgresql":
        user = [f"--username={url.username}"] if url.username else []
        secrets = {"PGPASSWORD": url.password} if url.password else {}
        return [program, *options, *user, url.database], secrets
    user = [f"--user={url.username}"] if url.username else []
    secrets = {"MYSQL_PWD": url.password} if url.password else {}
    return [program, *options, *user, url.database], secrets
