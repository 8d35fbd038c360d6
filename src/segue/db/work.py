"""Work: what one request has of a database; `Db` and `AsyncDb` are its two faces.

It decides how the request's transaction ends: kept when the answer is made, undone
after an error or an answer of 400 and above. Both happen before the answer leaves, so
that whoever reads it can rely on it.
"""

from typing import Any, Generic, cast

from segue.core.di.unit import Unit
from segue.db.async_session import AsyncDb
from segue.db.bridge import BridgedDb
from segue.db.run.root import R
from segue.db.session import Db

__all__ = ["Work"]

_BAD = 400


class Work(Unit, Generic[R]):
    """What one request has of a database.

    Args:
        database: The `Database`.
        atomic: The writes of the request are one transaction.
        status: Of a plain answer of the route.
    """

    __slots__ = ("_atomic", "_awaited", "_database", "_loop", "_plain", "_status")

    def __init__(self, database: Any, atomic: bool, status: int = 200) -> None:
        self._database = database
        self._atomic = atomic
        self._status = status
        self._loop: Any = None
        self._plain: Db[Any] | None = None
        self._awaited: AsyncDb[Any] | None = None

    def begin(self, loop: Any) -> None:
        """Learn whether the request is answered on an event loop."""
        self._loop = loop

    @property
    def db(self) -> Db[Any]:
        """The database for sync code."""
        db = self._plain
        if db is None:
            if self._loop is None:
                db = cast("Db[Any]", self._database.db(atomic=self._atomic))
            else:
                db = BridgedDb(self.adb, self._loop)
            self._plain = db
        return db

    @property
    def adb(self) -> AsyncDb[Any]:
        """The database for async code."""
        db = self._awaited
        if db is None:
            made: AsyncDb[Any] = self._database.adb(atomic=self._atomic)
            db = self._awaited = made
        return db

    def end(self, response: Any, error: BaseException | None) -> None:
        """End the transaction, from sync code."""
        if self._plain is not None:
            self._plain.finish(commit=self._is_good(response, error))

    async def aend(self, response: Any, error: BaseException | None) -> None:
        """End the transaction, from async code."""
        if self._awaited is not None:
            await self._awaited.finish(commit=self._is_good(response, error))

    def _is_good(self, response: Any, error: BaseException | None) -> bool:
        status = self._status if response is None else response.status
        return error is None and status < _BAD
