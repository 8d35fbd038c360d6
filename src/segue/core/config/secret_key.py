"""The rule of the secret key: development keeps one, production is given one.

`development_key` keeps a key in `.segue/secret_key`, out of version control, so
that sessions outlive a restart. Production never makes a key: each worker and
each machine would have its own.
"""

import os
from pathlib import Path
from typing import Any

from segue.core.config.secret import Secret
from segue.core.errors import Problem, SettingsError

__all__ = ["KEY_FILE", "development_key", "problem_for_production"]

KEY_FILE = ".segue/secret_key"
"""The file of the key of development, seen from the folder of the project."""

_SHORTEST = 32
_FEWEST_CHARACTERS = 8
_PLACEHOLDERS = ("change", "default", "example", "insecure", "replace", "your-")
_MAKE_ONE = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'


def development_key(folder: os.PathLike[str] | str) -> Secret[str]:
    """Load the key of development; the first call makes it.

    Processes that start together end with one key: a key is written elsewhere
    and then linked to its name, which only one of them can do.

    Args:
        folder: The folder of the project.

    Raises:
        SettingsError: The file cannot be kept, or holds no key.
    """
    path = Path(folder) / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
        key = path.read_bytes().decode("ascii", "replace").strip()
    except OSError as error:
        raise _no_file(f"cannot be kept: {error.strerror}") from error
    if len(key) < _SHORTEST or not key.isascii():
        raise _no_file("holds no key")
    return Secret(key)


def problem_for_production(
    key: Secret[Any] | None,
    *,
    in_code: bool = False,
    variable: str = "SECRET_KEY",
    place: str = "",
) -> Problem | None:
    """Say why an app must not be served with this key, or return None.

    Args:
        key: The key, or None when there is none.
        in_code: Whether it is the default that the settings class has.
        variable: The name of its variable in the environment.
        place: Where it is, or where the class that wants it stands.
    """
    what = _weakness(key, in_code=in_code)
    if what is None:
        return None
    return Problem(
        "SG-CONF-007",
        what,
        why="Whoever can guess the key can log in as anybody.",
        fix=f"Set {variable} in the environment, or put it into the file "
        f"{variable.lower()} of the secrets folder. This prints a key: {_MAKE_ONE}",
        where=(place,) if place else (),
    )


def _weakness(key: Secret[Any] | None, *, in_code: bool) -> str | None:
    if not key:
        return "There is no secret key."
    if in_code:
        return "The secret key is the default in the code."
    value: Any = key.reveal()
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    if len(text) < _SHORTEST:
        return f"The secret key is shorter than {_SHORTEST} characters."
    if len(set(text)) < _FEWEST_CHARACTERS:
        return "The secret key repeats a few characters."
    if any(word in text.lower() for word in _PLACEHOLDERS):
        return "The secret key looks like a placeholder."
    return None


def _make(path: Path) -> None:
    """Write a new key to `path`, unless another process is first."""
    import secrets  # noqa: PLC0415 - OpenSSL, once in the life of a project

    path.parent.mkdir(mode=0o700, exist_ok=True)
    ignore = path.parent / ".gitignore"
    if not ignore.exists():
        ignore.write_text("# Made by `segue run`; nothing here is shared.\n*\n")
    draft = path.with_name(f"secret_key.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with os.fdopen(os.open(draft, flags, 0o600), "w") as file:
            file.write(f"{secrets.token_urlsafe(48)}\n")
        _link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _link(draft: Path, path: Path) -> None:
    """Give the draft its name; unlike a rename a link replaces nothing."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # another process was first, its key is as good
    except OSError:
        # A file system without links: a rename is the best there is.
        draft.rename(path)


def _no_file(what: str) -> SettingsError:
    return SettingsError(
        "SG-CONF-009",
        f"The key of development in {KEY_FILE} {what}.",
        why="With a new key at each start everybody would be logged out by it.",
        fix=f"Remove {KEY_FILE} and make the folder writable, or set SECRET_KEY in "
        f".env to what this prints: {_MAKE_ONE}",
        where=(KEY_FILE,),
    )
