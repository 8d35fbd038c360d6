"""Where a database is: its URL, read once and checked, its secrets kept to itself."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from segue.core.errors import MissingExtraError, SettingsError, did_you_mean

__all__ = ["Address", "read_address"]

_KINDS: Final[Mapping[str, tuple[str, str, str]]] = {
    # the word in a URL: our kind, SQLAlchemy's driver, the extra of Segue
    "sqlite": ("sqlite", "sqlite+pysqlite", "db"),
    "postgresql": ("postgresql", "postgresql+psycopg", "postgres"),
    "postgres": ("postgresql", "postgresql+psycopg", "postgres"),
    "mysql": ("mysql", "mysql+pymysql", "mysql"),
    "mariadb": ("mysql", "mariadb+pymysql", "mysql"),
}
_LIBRARIES: Final = {"postgresql": "psycopg", "mysql": "pymysql"}
_OURS: Final = frozenset({"synchronous", "busy", "prepare"})
_EXAMPLES = (
    "sqlite:///app.db, postgresql://user:password@host/name or "
    "mariadb://user:password@host/name"
)


class Address(msgspec.Struct, frozen=True):
    """Where a database is.

    Attributes:
        kind: `sqlite`, `postgresql`, `mysql`, or SQLAlchemy's name of another.
        url: As SQLAlchemy reads it, without our own options.
        options: Our own options, from behind the `?`.
    """

    kind: str
    url: URL
    options: Mapping[str, str]

    def __str__(self) -> str:
        shown = self.url.render_as_string(hide_password=True)
        return re.sub(r"((?:password|secret|sslkey)\w*=)[^&]*", r"\1***", shown)

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"

    @property
    def path(self) -> str:
        """The file of SQLite; `:memory:` for none."""
        return self.url.database or ":memory:"

    @property
    def is_memory(self) -> bool:
        """Whether it is an SQLite database without a file."""
        return self.kind == "sqlite" and self.path == ":memory:"


def read_address(text: str, folder: Path | None = None) -> Address:
    """Read the URL of a database.

    Args:
        text: The URL.
        folder: What the file of SQLite is relative to.

    Raises:
        SettingsError: It cannot be read, or names no known kind of database.
        MissingExtraError: Its driver is not installed.
    """
    scheme, found, _rest = text.partition("://")
    if not found:
        raise _unreadable("it has no `://`")
    word, _plus, driver = scheme.partition("+")
    known = _KINDS.get(word)
    if known is not None and driver not in ("", known[1].partition("+")[2]):
        known = None  # another driver than ours, through SQLAlchemy
    try:
        url = make_url(text)
        port = url.port
    except (ArgumentError, ValueError) as error:
        raise _unreadable("its parts cannot be told apart") from error
    if port is not None and not 0 < port <= 65535:  # noqa: PLR2004 - what ports are
        raise _unreadable("its port is none")
    if known is None:
        return _other(url, word)
    kind, name, extra = known
    if kind in _LIBRARIES:
        _demand(_LIBRARIES[kind], extra, f"A database of the kind {word!r}")
    options = {key: _one(value) for key, value in url.query.items() if key in _OURS}
    url = url.set(drivername=name).difference_update_query(_OURS)
    if kind == "sqlite":
        url = _file(url, folder)
    elif not url.database:
        raise _unreadable("it names no database behind the host")
    return Address(kind, url, options)


def _file(url: URL, folder: Path | None) -> URL:
    if url.host or url.username or url.port:
        raise _unreadable(
            "a file has no host: write three slashes, sqlite:///app.db, or four for a "
            "path from the root"
        )
    path = url.database
    if path in (None, "", ":memory:"):
        return url.set(database=":memory:")
    if path.startswith("file:"):
        raise _unreadable("it is an address of SQLite's own; write the path alone")
    whole = (folder or Path.cwd()) / os.path.expanduser(path)  # noqa: PTH111 - text in, text out
    return url.set(database=str(whole))


def _other(url: URL, word: str) -> Address:
    """Take any database that SQLAlchemy has a dialect and a plain driver for."""
    try:
        dialect: Any = url.get_dialect()
    except NoSuchModuleError as error:
        raise SettingsError(
            "SG-DB-102",
            f"There is no kind of database called {word!r}.",
            why="The word before `://` says which one it is."
            + did_you_mean(word, _KINDS),
            fix=f"Write {_EXAMPLES}.",
        ) from error
    if dialect.is_async:
        raise SettingsError(
            "SG-DB-104",
            f"The driver {url.drivername!r} cannot be used here.",
            why="Segue calls plain drivers, in threads where async code asks.",
            fix=f"Leave the driver out: {word}://...",
        )
    try:
        dialect.import_dbapi()
    except ImportError as error:
        raise SettingsError(
            "SG-DB-103",
            f"The driver of {url.drivername!r} is not installed.",
            why=f"SQLAlchemy's dialect imports it: {error}.",
            fix=f"Install it: pip install {error.name or 'the driver'}",
        ) from error
    return Address(dialect.name, url, {})


def _demand(library: str, extra: str, purpose: str) -> None:
    # Asked for here: only the driver of this database is needed.
    from importlib.util import find_spec  # noqa: PLC0415

    if find_spec(library) is None:
        raise MissingExtraError(library, extra=extra, purpose=purpose)


def _one(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else value[-1]


def _unreadable(why: str) -> SettingsError:
    # The URL itself is not told: it may have a password in it.
    return SettingsError(
        "SG-DB-101",
        "The URL of the database cannot be read.",
        why=f"Of the URL given, {why}.",
        fix=f"Write {_EXAMPLES}; a password with special characters is quoted: "
        "%40 for @, %3A for :, %2F for /.",
    )
