"""An opened database: its driver, its pools, its threads.

What blocks has one pool for sync and async code together; what is awaited has one for
each event loop, since its connections belong to the loop.
"""

import logging
import threading
import weakref
from collections.abc import Callable
from typing import Any

from segue.core.kernel.threads import WorkerThreads
from segue.db.logic import Logic
from segue.db.run.address import Address
from segue.db.run.driver import Driver
from segue.db.run.pinned import AsyncPinnedSource, PinnedSource
from segue.db.run.pool import Pool, PoolLimits, PoolStatistics
from segue.db.run.source import AsyncSource, Source
from segue.db.run.sqlite import SqliteDriver
from segue.db.run.sqlite_async import AsyncSqliteSource
from segue.db.run.sqlite_source import SqliteSource
from segue.db.run.threaded import ThreadedDriver

__all__ = ["OpenedDatabase"]

_log = logging.getLogger("segue.db")
_ENDLESS = 1_000_000
"""Calls that may wait for a thread: who has a connection is never refused one."""
_CALLERS = 200
"""Threads of `run_sync`, started when needed. More than connections: those who wait for
one must not keep a thread from a function whose transaction has it."""


class OpenedDatabase:
    """Everything a `Database` has while its app lives.

    Attributes:
        source: For sync code.
        callers: The threads of `run_sync`. Not those of the driver, which a function in
            one of them may be waiting for.
    """

    def __init__(self, address: Address, limits: PoolLimits) -> None:
        self.address = address
        self.limits = _fitting(address, limits)
        size = self.limits.size
        self.threads = WorkerThreads(size, _ENDLESS)
        self.callers = WorkerThreads(_CALLERS, _ENDLESS)
        self._driver = driver = _driver(address, self.limits)
        self.dialect: Any = driver.dialect
        self.logic = Logic(self.dialect)
        self._pool = Pool(driver, self.limits, _name(address), self.threads.complete)
        self.source = (
            SqliteSource(driver, self._pool)
            if isinstance(driver, SqliteDriver)
            else Source(driver, self._pool)
        )
        self._of_loop: tuple[Any, AsyncSource | None] = (None, None)
        self._lock = threading.Lock()
        # A script that forgets to close it leaves nothing open behind.
        self._closers = [self._pool.close]
        self._forgotten = weakref.finalize(self, _close_all, self._closers)
        self._forgotten.atexit = False

    def async_source(self, loop: Any) -> AsyncSource:
        """Find the source for the running loop, or make it."""
        known, source = self._of_loop
        if known is not loop or source is None:
            with self._lock:
                self._drop_async()
                source = self._async_source(loop)
                self._of_loop = (loop, source)
        return source

    def _async_source(self, loop: Any) -> AsyncSource:
        if isinstance(self._driver, SqliteDriver):
            inline = not self.address.is_memory
            made = AsyncSqliteSource(
                self._driver, self._pool, self.threads, inline=inline
            )
            self._closers[1:] = [made.close]
            return made
        if self.address.kind == "postgresql" and not _is_other(self.address):
            # Imported here: only apps on PostgreSQL have its driver.
            from segue.db.run.postgres import AsyncPostgresDriver  # noqa: PLC0415

            driver = AsyncPostgresDriver(self.address)
            pool = Pool(driver, self.limits, _name(self.address))
            return AsyncSource(driver, pool, loop)
        return AsyncSource(ThreadedDriver(self._driver, self.threads), self._pool)

    def pin(self) -> PinnedSource:
        """Take one connection for everything, inside a transaction."""
        return PinnedSource(self.source)

    def pinned_source(self, pinned: PinnedSource) -> AsyncSource:
        """Find what async code speaks to while everything is pinned."""
        return AsyncPinnedSource(pinned, self.threads)

    @property
    def statistics(self) -> dict[str, PoolStatistics]:
        """How its pools do."""
        found = {"sync": self._pool.statistics}
        source = self._of_loop[1]
        if source is not None and source.pool is not self._pool:
            found["async"] = source.pool.statistics
        return found

    def check(self) -> None:
        """Warn of a pool that the server has no room for; say nothing if it is away."""
        if self.address.kind != "postgresql":
            return
        try:
            slot = self.source.pool.take()
        except Exception as error:
            _log.warning("%s cannot be reached at the start: %s", self.address, error)
            return
        connection = self.source.driver.raw(slot.connection)
        cursor = connection.cursor()
        cursor.execute("SHOW max_connections")
        room = int(cursor.fetchone()[0])
        cursor.close()
        self.source.pool.give(slot)
        if self.limits.size > room:
            _log.warning(
                "The pool may have %s connections, but %s takes only %s in all.",
                self.limits.size,
                self.address,
                room,
            )

    def _drop_async(self) -> None:
        source, self._of_loop = self._of_loop[1], (None, None)
        if source is None:
            return
        if isinstance(source, AsyncSqliteSource):
            source.close()
        if source.pool is not self._pool:
            source.pool.close()

    def abandon(self) -> None:
        """Leave everything as it is: it belongs to the process that forked."""
        self._forgotten.detach()

    def close(self) -> None:
        """Close what nobody uses, and end the threads."""
        self._drop_async()
        self._pool.close()
        self.threads.stop()
        self.callers.stop()


def _close_all(closers: list[Callable[[], None]]) -> None:
    for close in closers:
        close()


def _driver(address: Address, limits: PoolLimits) -> Driver:
    if address.kind == "sqlite":
        return SqliteDriver(address, wait=max(limits.wait, 1.0) * 3)
    if address.kind == "postgresql" and not _is_other(address):
        # Imported here: only apps on PostgreSQL have its driver.
        from segue.db.run.postgres import PostgresDriver  # noqa: PLC0415

        return PostgresDriver(address)
    # Imported here: it brings all of SQLAlchemy's engine.
    from segue.db.run.other import OtherDriver  # noqa: PLC0415

    return OtherDriver(address)


def _is_other(address: Address) -> bool:
    return address.url.drivername != "postgresql+psycopg"


def _fitting(address: Address, limits: PoolLimits) -> PoolLimits:
    if address.is_memory:
        # There is one connection, which is the database.
        return PoolLimits(1, limits.wait, None, None)
    if address.kind == "sqlite":
        return PoolLimits(limits.size, limits.wait, None, None)
    return limits


def _name(address: Address) -> str:
    return address.path if address.kind == "sqlite" else str(address)
