"""What a `Db` can do with models: each word runs its steps; `AsyncVerbs` likewise."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar, overload

from segue.db.command import Command, Steps
from segue.db.lending import FromDatabase
from segue.db.query import Query, Words
from segue.db.slices import Paging, Slice

__all__ = ["Verbs"]

M = TypeVar("M", bound=Words)
S = TypeVar("S")
T = TypeVar("T")
_LARGEST: Final = 1 << 63


class Verbs:
    """The words of `Db`."""

    database: Any
    logic: Any = FromDatabase()
    _fetch: Any = None
    """Reads the rows of one statement outside of a transaction, where there is a way
    that is shorter than `run`."""
    _block: Any = None

    def run(self, steps: Steps[T]) -> T:
        """Do some steps, and give what they return."""
        raise NotImplementedError

    def stream_rows(self, command: Command, size: int = 500) -> Iterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        raise NotImplementedError

    def transaction(self) -> Any:
        """Make several statements one: all of them are kept, or none."""
        raise NotImplementedError

    def get(self, model: type[M], key: Any) -> M | None:
        """Get the object with a key, or None."""
        found: M | None
        plan = self.logic.gets.get(model)
        if (
            self._fetch is None
            or self._block is not None
            or plan is None
            or plan.make is None
            or not _is_short(key)
        ):
            found = self.run(self.logic.get(model, key))
            return found
        rows = self._fetch(plan.sql, (key,))
        found = plan.make(*rows[0]) if rows else None
        return found

    def get_or_404(self, model: type[M], key: Any) -> M:
        """Get the object with a key; none is an answer 404.

        Raises:
            NotFound: There is none.
        """
        found: M = self.run(self.logic.get_or_404(model, key))
        return found

    def get_many(self, model: type[M], keys: Iterable[Any]) -> list[M]:
        """Get the objects with these keys, in their order; absent ones are left out."""
        found: list[M] = self.run(self.logic.get_many(model, keys))
        return found

    def all(self, query: Query[M] | type[M]) -> list[M]:
        """List the objects of a query, or all of a model."""
        found: list[M]
        if self._fetch is not None and self._block is None:
            single = self.logic.single(query)
            if single is not None:
                plan, values = single
                found = plan.hydrate(self._fetch(plan.sql, plan.bind(values)))
                return found
        found = self.run(self.logic.all(query))
        return found

    def one(self, query: Query[M] | type[M]) -> M:
        """Get the one object of a query.

        Raises:
            NotFound: There is none.
            QueryError: There are several.
        """
        found: M = self.run(self.logic.one(query))
        return found

    def first(self, query: Query[M] | type[M]) -> M | None:
        """Get the first object of a query, or None."""
        found: M | None = self.run(self.logic.first(query))
        return found

    def count(self, query: Query[M] | type[M]) -> int:
        """Count the rows of a query."""
        found: int = self.run(self.logic.count(query))
        return found

    def exists(self, query: Query[M] | type[M]) -> bool:
        """Tell whether a query has a row."""
        found: bool = self.run(self.logic.exists(query))
        return found

    @overload
    def rows(
        self, query: Query[M] | type[M], *, into: type[S], **columns: Any
    ) -> list[S]: ...
    @overload
    def rows(self, query: Query[M] | type[M], **columns: Any) -> list[Any]: ...
    def rows(
        self, query: Query[M] | type[M], *, into: Any = None, **columns: Any
    ) -> list[Any]:
        """List some columns of a query, or what its groups have.

        Args:
            query: Which rows; with `group_by`, which groups.
            into: A Struct; its fields are taken from `columns`, else from the model.
            columns: By the name that they get.
        """
        found: list[Any] = self.run(self.logic.rows(query, columns, into))
        return found

    def agg(self, query: Query[M] | type[M], **columns: Any) -> Any:
        """Compute something over all rows: `db.agg(Book, n=count())`."""
        return self.run(self.logic.aggregate(query, columns))

    @overload
    def page(self, query: Query[M] | type[M], page: Paging) -> Any: ...
    @overload
    def page(
        self,
        query: Query[M] | type[M],
        *,
        size: int = 20,
        after: str | None = None,
    ) -> Slice[M]: ...
    def page(
        self,
        query: Query[M] | type[M],
        page: Paging | None = None,
        *,
        size: int = 20,
        after: str | None = None,
    ) -> Any:
        """Read a part of a query, and where the next one begins.

        By key each part costs the same, however far: it goes on behind the last row by
        its values.

        Args:
            query: What is asked; its `order_by` decides what comes behind what.
            page: The `Page` that a client wants; the answer is then a `Paged`.
            size: Of a part.
            after: What the part before said as `next`.
        """
        if page is not None:
            return self.run(page.__page__(self.logic, query))
        return self.run(self.logic.page(query, size, after))

    @overload
    def stream(self, query: Command, size: int = 500) -> Iterator[list[Any]]: ...
    @overload
    def stream(self, query: Query[M] | type[M], size: int = 500) -> Iterator[M]: ...
    def stream(self, query: Any, size: int = 500) -> Iterator[Any]:
        """Read the objects of a query one after the other, in constant memory.

        Args:
            query: What is asked; relations to one may be loaded with it.
            size: So many rows are fetched at a time. Of a `Command`, lists of rows.
        """
        if isinstance(query, Command):
            yield from self.stream_rows(query, size)
            return
        plan, command = self.logic.streamed(query)
        for some in self.stream_rows(command, size):
            yield from plan.hydrate(some)

    @overload
    def load(self, objects: list[M], *paths: Any) -> list[M]: ...
    @overload
    def load(self, objects: M, *paths: Any) -> M: ...
    def load(self, objects: Any, *paths: Any) -> Any:
        """Load relations of objects that are here already."""
        return self.run(self.logic.load(objects, paths))

    def select(self, statement: Any, *, into: Any = None) -> list[Any]:
        """Read the rows of a `select()` that was written with SQLAlchemy Core.

        Args:
            statement: With the columns of `Book.__table__`.
            into: The model or the Struct that they are made into.
        """
        found: list[Any] = self.run(self.logic.select(statement, into))
        return found

    def sql(self, query: Query[Any] | type[Words]) -> tuple[str, tuple[Any, ...]]:
        """Give the text of a query and what is bound in it, for reading."""
        found: tuple[str, tuple[Any, ...]] = self.logic.sql(query)
        return found

    def explain(self, query: Query[Any] | type[Words]) -> str:
        """Ask the database how it would answer a query."""
        found: str = self.run(self.logic.explain(query))
        return found

    # -- writes

    def insert(self, thing: M) -> M:
        """Insert an object; what the database gives is in it afterwards.

        Raises:
            Invalid: Its values do not fit.
        """
        found: M = self.run(self.logic.insert(thing))
        return found

    def insert_many(self, things: Iterable[M]) -> list[M]:
        """Insert objects, many with each statement, all or none.

        Raises:
            Invalid: The values of some do not fit.
        """
        every = list(things)
        steps = self.logic.insert_many(every)
        if len(every) <= 1:
            return self.run(steps)
        with self.transaction():
            return self.run(steps)

    def save(self, thing: M, *fields: str) -> M:
        """Write what was changed in an object; a new one is inserted.

        Args:
            thing: The object.
            fields: To be written in any case: a change inside a list or a dict is not
                noticed.

        Raises:
            Invalid: Its values do not fit.
            QueryError: Its row is not there any more.
        """
        found: M = self.run(self.logic.save(thing, fields))
        return found

    def update(self, query: Query[M] | type[M], **values: Any) -> int:
        """Change fields of all rows of a query; tell how many there were."""
        found: int = self.run(self.logic.update(query, values))
        return found

    def delete(self, what: M | Query[M]) -> int:
        """Delete an object, or all rows of a query; tell how many there were."""
        found: int = self.run(self.logic.delete(what))
        return found

    def upsert(self, thing: M, *, on: Any) -> M:
        """Insert an object, or change the row that has the same in some fields.

        Args:
            thing: The object; afterwards it is the row.
            on: A field that is unique, or several that are together.
        """
        fields = _several(on)
        found: M = self.run(self.logic.upsert(thing, fields))
        return found

    def get_or_create(self, thing: M, *, on: Any) -> tuple[M, bool]:
        """Get the row that has the same in some fields, or insert the object.

        Of many who do so at once one inserts, and all get the same row.

        Returns:
            The object, and whether it was inserted.
        """
        fields = _several(on)
        found: tuple[M, bool] = self.run(self.logic.get_or_create(thing, fields))
        return found

    def add(self, thing: Words, relation: Any, *others: Any) -> None:
        """Relate an object to others: `db.add(book, Book.tags, tag)`."""
        self.run(self.logic.link(thing, relation, others))

    def remove(self, thing: Words, relation: Any, *others: Any) -> None:
        """Take the relation of an object to others away."""
        self.run(self.logic.unlink(thing, relation, others))


def _is_short(key: Any) -> bool:
    """Tell whether a key goes to the driver as it is."""
    kind = key.__class__
    return kind is str or (kind is int and -_LARGEST <= key < _LARGEST)


def _several(on: Any) -> Any:
    return on if type(on) in (list, tuple) else [on]
