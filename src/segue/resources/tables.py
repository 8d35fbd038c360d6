"""Stores of models: what `Resource(Book, "/books")` keeps its items in.

One is made for each request, with the `Db` or the `AsyncDb` of the request, so what it
writes belongs to the transaction of the request. What it does is in `rows.py`; the two
classes here are how it is done in either colour.
"""

import copy
import datetime as dt
import decimal
import enum
import uuid
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, Literal, get_origin

from msgspec.structs import replace

from segue.core.errors import HTTPError, PlanError
from segue.db.async_session import AsyncDb
from segue.db.run.errors import ForeignKeyError
from segue.db.session import Db
from segue.resources.query import Found, Query
from segue.resources.refusals import nowhere
from segue.resources.rows import TableRows
from segue.resources.setup import Setup
from segue.resources.store import ItemError, Stale

__all__ = ["AsyncTableStore", "TableStore", "table_store", "with_table"]

_REFUSED: Final = (409, 422)
_SCALARS: Final = (
    str, int, float, bytes, decimal.Decimal, uuid.UUID, dt.date, dt.time, dt.timedelta
)  # fmt: skip


class TableStore:
    """The rows of a model, for one request in sync code."""

    rows: ClassVar[TableRows]
    via: ClassVar[Any]

    def __init__(self, db: Any) -> None:
        self._db = db
        self._is_contested = False

    @classmethod
    def __provide__(cls, hint: Any) -> Callable[..., Any]:
        return _maker(cls)

    def get(self, key: Any) -> Any:
        """Get the item of a key; None where there is none."""
        # After somebody was faster the row is locked, so that nobody is again.
        return self._run(self.rows.get, key, lock=self._is_contested)

    def get_many(self, keys: Sequence[Any]) -> list[Any]:
        """Get the items of several keys; None where there is none."""
        found: list[Any] = self._run(self.rows.get_many, keys)
        return found

    def find(self, query: Query) -> Found[Any]:
        """Find some items."""
        found: Found[Any] = self._run(self.rows.find, query)
        return found

    def insert(self, item: Any) -> Any:
        """Add an item."""
        return self._write(item, self.rows.insert, item)

    def update(self, key: Any, item: Any, expected: Any) -> Any:
        """Put an item in the place of what was read."""
        return self._write(item, self.rows.update, key, item, expected)

    def delete(self, key: Any, expected: Any) -> None:
        """Delete what was read."""
        self._write(expected, self.rows.delete, key, expected)

    def insert_many(self, items: Sequence[Any]) -> list[Any]:
        """Add items: all of them, or none."""
        try:
            with self._db.transaction():
                found: list[Any] = self._run(self.rows.insert_many, _copies(items))
        except HTTPError as error:
            # Only one at a time tells which of them it is.
            _check_refused(error)
            return self._each(self.insert, [(item,) for item in items])
        return found

    def update_many(self, changes: Sequence[tuple[Any, Any, Any]]) -> list[Any]:
        """Change items: all of them, or none."""
        try:
            with self._db.transaction():
                found: list[Any] = self._run(self.rows.update_many, changes)
        except ItemError as error:
            if not isinstance(error.error, ForeignKeyError):
                raise
            item = changes[error.index][1]
            absent = self._run(self.rows.absent, item)
            raise ItemError(error.index, nowhere(absent, error.error)) from error
        return found

    def delete_many(self, items: Sequence[tuple[Any, Any]]) -> None:
        """Delete items: all of them, or none."""
        try:
            with self._db.transaction():
                self._run(self.rows.delete_many, items)
        except HTTPError as error:
            _check_refused(error)
            self._each(self.delete, items)

    def _run(self, steps: Callable[..., Any], *given: Any, **named: Any) -> Any:
        return self._db.run(steps(self._db.logic, *given, **named))

    def _write(self, item: Any, steps: Callable[..., Any], *given: Any) -> Any:
        try:
            with self._db.transaction():
                return self._run(steps, *given)
        except Stale:
            self._is_contested = True
            raise
        except ForeignKeyError as error:
            raise nowhere(self._run(self.rows.absent, item), error) from error

    def _each(self, call: Callable[..., Any], several: Sequence[Any]) -> list[Any]:
        done: list[Any] = []
        with self._db.transaction():
            for index, given in enumerate(several):
                try:
                    done.append(call(*given))
                except HTTPError as error:
                    raise ItemError(index, error) from error
        return done


class AsyncTableStore:
    """The rows of a model, for one request in async code; see `TableStore`."""

    rows: ClassVar[TableRows]
    via: ClassVar[Any]

    def __init__(self, db: Any) -> None:
        self._db = db
        self._is_contested = False

    @classmethod
    def __provide__(cls, hint: Any) -> Callable[..., Any]:
        return _maker(cls)

    async def get(self, key: Any) -> Any:
        """Get the item of a key; None where there is none."""
        return await self._run(self.rows.get, key, lock=self._is_contested)

    async def get_many(self, keys: Sequence[Any]) -> list[Any]:
        """Get the items of several keys; None where there is none."""
        found: list[Any] = await self._run(self.rows.get_many, keys)
        return found

    async def find(self, query: Query) -> Found[Any]:
        """Find some items."""
        found: Found[Any] = await self._run(self.rows.find, query)
        return found

    async def insert(self, item: Any) -> Any:
        """Add an item."""
        return await self._write(item, self.rows.insert, item)

    async def update(self, key: Any, item: Any, expected: Any) -> Any:
        """Put an item in the place of what was read."""
        return await self._write(item, self.rows.update, key, item, expected)

    async def delete(self, key: Any, expected: Any) -> None:
        """Delete what was read."""
        await self._write(expected, self.rows.delete, key, expected)

    async def insert_many(self, items: Sequence[Any]) -> list[Any]:
        """Add items: all of them, or none."""
        try:
            async with self._db.transaction():
                found: list[Any] = await self._run(
                    self.rows.insert_many, _copies(items)
                )
        except HTTPError as error:
            _check_refused(error)
            return await self._each(self.insert, [(item,) for item in items])
        return found

    async def update_many(self, changes: Sequence[tuple[Any, Any, Any]]) -> list[Any]:
        """Change items: all of them, or none."""
        try:
            async with self._db.transaction():
                found: list[Any] = await self._run(self.rows.update_many, changes)
        except ItemError as error:
            if not isinstance(error.error, ForeignKeyError):
                raise
            item = changes[error.index][1]
            absent = await self._run(self.rows.absent, item)
            raise ItemError(error.index, nowhere(absent, error.error)) from error
        return found

    async def delete_many(self, items: Sequence[tuple[Any, Any]]) -> None:
        """Delete items: all of them, or none."""
        try:
            async with self._db.transaction():
                await self._run(self.rows.delete_many, items)
        except HTTPError as error:
            _check_refused(error)
            await self._each(self.delete, items)

    async def _run(self, steps: Callable[..., Any], *given: Any, **named: Any) -> Any:
        return await self._db.run(steps(self._db.logic, *given, **named))

    async def _write(self, item: Any, steps: Callable[..., Any], *given: Any) -> Any:
        try:
            async with self._db.transaction():
                return await self._run(steps, *given)
        except Stale:
            self._is_contested = True
            raise
        except ForeignKeyError as error:
            absent = await self._run(self.rows.absent, item)
            raise nowhere(absent, error) from error

    async def _each(
        self, call: Callable[..., Any], several: Sequence[Any]
    ) -> list[Any]:
        done: list[Any] = []
        async with self._db.transaction():
            for index, given in enumerate(several):
                try:
                    done.append(await call(*given))
                except HTTPError as error:
                    raise ItemError(index, error) from error
        return done


def with_table(model: Any, setup: Setup, place: str) -> Setup:
    """Complete the options of the resource of a model: its key, and its store.

    Raises:
        PlanError: See `table_store`.
    """
    if not setup.key:
        setup = replace(setup, key=model.__model__.key[0].name)
    store = setup.store
    if store is None or (get_origin(store) or store) in (Db, AsyncDb):
        setup = replace(setup, store=table_store(model, setup, place))
    return setup


def table_store(model: Any, setup: Setup, place: str) -> Any:
    """Make the type of the store of a model, which a handler asks for.

    Args:
        model: The model.
        setup: The options of the resource; `store` says through what the database is
            spoken to, `Db` or `AsyncDb`.
        place: Where the resource was declared.

    Raises:
        PlanError: The key is none that tells items apart, or the version no number.
    """
    told = model.__model__
    key = told.part(setup.key)
    if key is None or key.nullable or not (told.key == (key,) or key.is_unique):
        raise PlanError(
            "SG-RES-009",
            f"{model.__name__}.{setup.key} does not tell one row from all others.",
            why="An item has a path of its own, made of the value of one field.",
            fix='Name a field that is the key by itself or Unique(): key="slug".',
            where=(place,),
        )
    version = None if setup.version is None else told.part(setup.version)
    if version is not None and version.plain is not int:
        raise PlanError(
            "SG-RES-010",
            f"{model.__name__}.{setup.version} is no whole number.",
            why="The store counts it up with every change.",
            fix=f"Write {setup.version}: Annotated[int, ReadOnly()] = 1.",
            where=(place,),
        )
    for name in (*setup.filters, *setup.sort):
        _check_column(told, name, place)
    via: Any = _default_database(model) if setup.store is None else setup.store
    kind = AsyncTableStore if (get_origin(via) or via) is AsyncDb else TableStore
    rows = TableRows(model, setup.key, setup.load, setup.version)
    return type(f"{model.__name__}Store", (kind,), {"rows": rows, "via": via})


def _check_column(told: Any, name: str, place: str) -> None:
    """Refuse to compare what a column has as JSON.

    Raises:
        PlanError: It is such a column.
    """
    field, _, operator = name.removeprefix("-").rpartition("__")
    part = told.part(name) or told.part(field)
    if part is None or part.role != "column" or operator == "null":
        return  # who does not know the field says so later
    plain = part.plain
    is_scalar = isinstance(plain, type) and issubclass(plain, (*_SCALARS, enum.Enum))
    if not is_scalar and get_origin(plain) is not Literal:
        raise PlanError(
            "SG-RES-012",
            f"{told.model.__name__}.{part.name} is kept as JSON: nothing can be asked "
            f"about it by {name!r}.",
            why="No two databases compare JSON in the same way.",
            fix=f"Take it out, ask for {part.name}__null, or make it a model of its "
            "own.",
            where=(place,),
        )


def _default_database(model: Any) -> Any:
    """Find the `Db` of a model: the app's own, or that of another root."""
    registry = model.__registry__
    roots = [c for c in model.__mro__ if getattr(c, "__registry__", None) is registry]
    is_first = getattr(roots[-1].__base__, "__registry__", None) is None
    database: Any = Db
    return database if is_first else database[roots[-1]]


def _maker(cls: Any) -> Callable[..., Any]:
    def make(db: Any) -> Any:
        return cls(db)

    make.__annotations__["db"] = cls.via
    return make


def _copies(items: Sequence[Any]) -> list[Any]:
    """Copy items, so that a failure leaves those as they were."""
    return [copy.copy(item) for item in items]


def _check_refused(error: HTTPError) -> None:
    """Raise what is nobody's fault again: a lost connection, a deadlock."""
    if error.status not in _REFUSED:
        raise error
