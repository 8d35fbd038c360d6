"""Database: what `app.use()` takes; it has the connections and gives `Db`s."""

import asyncio
import os
import threading
import weakref
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, TypeVar

from segue.core.config.secret import Secret
from segue.core.errors import SettingsError
from segue.core.handlers.places import calling_file, calling_place
from segue.core.handlers.usage import Usage
from segue.db.async_session import AsyncDb
from segue.db.bridge import BridgedDb, ThreadLife
from segue.db.model import Model
from segue.db.run.pool import PoolLimits, PoolStatistics
from segue.db.run.statements import Statement, Statements
from segue.db.session import Db
from segue.db.tools.commands import add_commands
from segue.db.tools.starting import before_serving
from segue.db.watched import WatchedAsyncDb, WatchedDb
from segue.db.work import Work

__all__ = ["Database"]

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_VARIABLE: Final = "DATABASE_URL"
_SAFE: Final = frozenset(
    {"GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PROPFIND", "REPORT", "SEARCH"}
    | {"(WEBSOCKET)"}
)
_USUAL_SIZE: Final = 16


class Database:
    """A database of an app.

    Args:
        url: Where it is: `sqlite:///app.db`, `postgresql://...`, `mariadb://...`. What
            is absent is taken from DATABASE_URL, else a file `app.db` beside the app.
        models: The root of the models that live there, where there are several
            databases; handlers ask for it as `Db[Stats]`.
        pool_size: Connections at most, for sync and for async code each; as many as
            the app has worker threads unless said otherwise.
        pool_wait: Seconds to wait for one before the answer is 503.
        lifetime: Seconds after which a connection is replaced.
        migrations: The folder of its migrations, beside the app; `migrations`, or
            `migrations/stats` of the models below `Stats`.
        pending: What `segue serve` does when some are not applied: not start, or say
            so and start.

    Example:
        >>> Database("sqlite:///:memory:").address.kind
        'sqlite'
    """

    has_tables: ClassVar[bool] = True
    """By this the commands know a database among the extensions of an app."""

    def __init__(
        self,
        url: str | Secret[str] | None = None,
        *,
        models: Any = None,
        pool_size: int | None = None,
        pool_wait: float = 10.0,
        lifetime: float | None = 3600.0,
        migrations: str | Path | None = None,
        pending: Literal["refuse", "warn"] = "refuse",
    ) -> None:
        self.models = models
        self.pending: Literal["refuse", "warn"] = pending
        self.seeds: list[Callable[..., Any]] = []
        self.place = calling_place()
        self._given = url
        self._folder = Path(calling_file()).parent
        self._migrations = migrations
        _check_size(pool_size, pool_wait, self.place)
        self._is_sized = pool_size is not None
        self._limits = PoolLimits(pool_size or _USUAL_SIZE, pool_wait, lifetime)
        self._address: Any = None
        self._opened: Any = None
        self._lock = threading.Lock()
        self._tasks: set[Any] = set()
        self._inherited: list[Any] = []
        self._pinned: Any = None
        self._watchers: list[Statements] = []
        self._develops = False
        ref = weakref.ref(self)
        if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
            os.register_at_fork(after_in_child=lambda: _forked(ref()))

    @property
    def extension_key(self) -> Any:
        """What no second extension of an app may be as well: this database."""
        return Database if self.models is None else (Database, self.models)

    @property
    def name(self) -> str:
        """What the commands call it: `--database stats` for the models of `Stats`."""
        return "main" if self.models is None else self.models.__name__.lower()

    @property
    def root(self) -> Any:
        """The root of its models."""
        return Model if self.models is None else self.models

    @property
    def migrations(self) -> Path:
        """The folder of its migrations, beside the app."""
        given = self._migrations
        usual = "migrations" if self.models is None else f"migrations/{self.name}"
        return self._folder / (usual if given is None else given)

    @property
    def address(self) -> Any:
        """Where it is.

        Raises:
            SettingsError: Its URL cannot be read.
        """
        if self._address is None:
            self._address = self._read()
        return self._address

    def _read(self) -> Any:
        # Imported here: SQLAlchemy comes with it, and with the first model.
        from segue.db.run.address import read_address  # noqa: PLC0415

        url = self._given
        if isinstance(url, Secret):
            url = url.reveal()
        if url is not None:
            return read_address(url)
        if self.models is not None:
            raise SettingsError(
                "SG-DB-105",
                f"The database of {self.models.__name__} has no URL.",
                why=f"{_VARIABLE} is the one of the app's first database.",
                fix="Give it one: Database(url, models=...), from the settings "
                "for example.",
                where=(self.place,),
            )
        if found := os.environ.get(_VARIABLE):
            return read_address(found)
        return read_address("sqlite:///app.db", self._folder)

    @property
    def dialect(self) -> Any:
        """SQLAlchemy's dialect, for which statements are compiled."""
        return self.opened.dialect

    @property
    def logic(self) -> Any:
        """What asks it, with the statements that were compiled for it."""
        opened = self._opened
        return (self.opened if opened is None else opened).logic

    @property
    def opened(self) -> Any:
        """Its driver and pools; nothing is connected before the first statement."""
        opened = self._opened
        return self._open() if opened is None else opened

    def _open(self) -> Any:
        # Imported here: see _read.
        from segue.db.run.opened import OpenedDatabase  # noqa: PLC0415

        with self._lock:
            if self._opened is None:
                self._opened = OpenedDatabase(self.address, self._limits)
            return self._opened

    @property
    def statistics(self) -> dict[str, PoolStatistics]:
        """How its pools do, by `sync` and `async`."""
        opened = self._opened
        found: dict[str, PoolStatistics] = {} if opened is None else opened.statistics
        return found

    def close(self) -> None:
        """Close what nobody uses; the next statement opens it anew."""
        if self._pinned is not None:
            return  # a test has it for longer than its app lives
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def forget(self) -> None:
        """Know of no connection any more: they belong to the process that forked."""
        self._lock = threading.Lock()
        # Kept as it is: to close it here would end the parent's connections.
        if self._opened is not None:
            self._opened.abandon()
        self._inherited.append(self._opened)
        self._opened = None

    # -- what speaks to it

    def db(self, *, atomic: bool = False) -> Db[Any]:
        """Make what sync code speaks to it by.

        Args:
            atomic: The first write opens a transaction, which `finish` ends.
        """
        pinned = self._pinned
        source = self.opened.source if pinned is None else pinned
        kind = WatchedDb if self._is_watched else Db
        return kind(self, source, atomic=atomic)

    def adb(self, *, atomic: bool = False) -> AsyncDb[Any]:
        """Make what async code speaks to it by."""
        kind = WatchedAsyncDb if self._is_watched else AsyncDb
        return kind(self, self._async_source, atomic=atomic)

    def _async_source(self) -> Any:
        if self._pinned is not None:
            return self.opened.pinned_source(self._pinned)
        return self.opened.async_source(asyncio.get_running_loop())

    # -- who looks at what is asked

    @property
    def _is_watched(self) -> bool:
        return self._develops or bool(self._watchers) or self._pinned is not None

    @contextmanager
    def watch(self) -> Generator[Statements, None, None]:
        """Note what is asked inside the block, by whoever begins there to ask.

        Yields:
            The statements, in order; each has its text, its seconds and the line that
            led to it.
        """
        seen = Statements()
        self._watchers.append(seen)
        try:
            yield seen
        finally:
            self._watchers = [one for one in self._watchers if one is not seen]

    def note(self, statement: Statement) -> None:
        """Tell all who look of a statement."""
        for seen in self._watchers:
            seen.append(statement)

    @contextmanager
    def pinned(self) -> Generator[Db[Any], None, None]:
        """Have everything in the block run in one transaction, undone at its end."""
        opened = self.opened
        self._pinned = opened.pin()
        try:
            yield self.db()
        finally:
            pinned, self._pinned = self._pinned, None
            pinned.close()

    async def call_in_thread(self, db: AsyncDb[Any], function: Callable[[Any], T]) -> T:
        """Call a plain function in a thread, with a `Db` that speaks through `db`."""
        life = ThreadLife()
        bridged = BridgedDb(db, asyncio.get_running_loop(), life)
        try:
            called: T = await self.opened.callers.complete(function, bridged)
        finally:
            life.is_over = True
        return called

    def keep_task(self, task: Any) -> None:
        """Keep a task that nobody waits for until it is done."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- what it is to an app

    def seed(self, function: F) -> F:
        """Make a function what `segue db seed` calls: `def fill(db: Db): ...`."""
        self.seeds.append(function)
        return function

    def before_serving(self, app: Any, *, development: bool) -> list[str]:
        """Look after the tables, once, before a server starts."""
        del app  # what there is to know of it, this database knows
        return before_serving(self, development=development)

    @contextmanager
    def moved(self, url: str) -> Generator[None, None, None]:
        """Have it at another place inside the block; for tests.

        A server that a test starts finds it by DATABASE_URL, where this one would.
        """
        # Imported here: see _read.
        from segue.db.run.address import read_address  # noqa: PLC0415

        told = os.environ.get(_VARIABLE)
        self.close()
        before, self._address = self._address, read_address(url)
        if self._given is None:
            os.environ[_VARIABLE] = url
        try:
            yield
        finally:
            self.close()
            self._address = before
            if self._given is None:
                os.environ.pop(_VARIABLE)
                if told is not None:
                    os.environ[_VARIABLE] = told

    def setup(self, app: Any) -> None:
        """Give `Db` and `AsyncDb` to the functions of an app."""
        if not self._is_sized:
            limits = self._limits
            self._limits = PoolLimits(app.threads, limits.wait, limits.lifetime)
        plain, awaited, work = self._keys()
        app.provide(work, self._maker(), inline=True)
        if self.models is None:
            app.provide(Database, lambda: self, scope="app", inline=True)
        app.provide(
            plain, _face("db", work), inline=True, serves="def", instead=awaited
        )
        app.provide(
            awaited, _face("adb", work), inline=True, serves="async def", instead=plain
        )

        def life() -> Iterator[None]:
            self._develops = app.debug
            self.opened.check()
            yield
            self.close()

        app.lifespan(life)
        add_commands(app)

    def _keys(self) -> tuple[Any, Any, Any]:
        if self.models is None:
            return Db, AsyncDb, Work
        faces: tuple[Any, Any, Any] = (Db, AsyncDb, Work)
        plain, awaited, work = faces
        return plain[self.models], awaited[self.models], work[self.models]

    def _maker(self) -> Callable[[Usage], Work[Any]]:
        known: dict[Usage, tuple[bool, int]] = {}

        def work_of_request(usage: Usage) -> Work[Any]:
            found = known.get(usage)
            if found is None:
                found = known[usage] = (_is_atomic(usage), _status(usage))
            return Work(self, *found)

        return work_of_request


def _face(name: str, key: Any) -> Callable[..., Any]:
    def database(work: Any) -> Any:
        return getattr(work, name)

    database.__annotations__["work"] = key
    return database


def _is_atomic(usage: Usage) -> bool:
    """Tell whether the writes of a request are one transaction."""
    return bool(
        usage.methods is not None
        and (not usage.methods or usage.methods - _SAFE)
        and not usage.streams
        and usage.options.get("atomic", True)
    )


def _status(usage: Usage) -> int:
    return int(usage.options.get("status") or 200)


def _forked(database: Database | None) -> None:
    if database is not None:
        database.forget()


def _check_size(size: int | None, wait: float, place: str) -> None:
    for fits, given, fix in (
        (size is None or size > 0, f"pool_size={size!r}", "a whole number from 1 on"),
        (wait > 0, f"pool_wait={wait!r}", "a number of seconds above 0"),
    ):
        if not fits:
            raise SettingsError(
                "SG-DB-106",
                f"A database cannot have {given}.",
                why="No request would ever get a connection.",
                fix=f"Give {fix}.",
                where=(place,),
            )
