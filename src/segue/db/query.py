"""Queries: immutable descriptions of what is wanted. Nothing happens on their own.

    Book.where(Book.year >= 1985).order_by(-Book.year).limit(50).load(Book.author)

A query never runs itself: `db.all(query)` does, or `await db.all(query)`.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final, Generic, Self, TypeVar, cast

import msgspec

from segue.db.expressions import Condition, Order, condition, operand
from segue.db.mistakes import QueryError, caller

__all__ = ["Extra", "Query", "Words", "query_of"]

M = TypeVar("M")


class Extra(msgspec.Struct, frozen=True):
    """What few queries say."""

    distinct: bool = False
    lock: tuple[bool, bool] | None = None
    """Skip what is locked, fail at once; None does not lock."""
    groups: tuple[Any, ...] = ()
    havings: tuple[Condition, ...] = ()
    columns: tuple[Any, ...] = ()
    unscoped: bool = False


NO_EXTRA: Final = Extra()


class Query(msgspec.Struct, Generic[M], frozen=True, eq=False):
    """Rows of a model: which, in which order, how many, with which relations.

    Attributes:
        model: Of which model.
        conditions: All of them hold.
        orders: What they are sorted by.
        size: At most so many.
        start: So many are passed over.
        loads: Paths, and queries that stand behind one.
        via: The path behind which this query stands in `load`.
    """

    model: Any
    conditions: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()
    size: int | None = None
    start: int | None = None
    loads: tuple[Any, ...] = ()
    extra: Extra = NO_EXTRA
    via: Any = None

    def where(self, *conditions: Condition | bool) -> Self:
        """Only rows for which all of these hold, beside what holds already."""
        added = self.conditions + _conditions(conditions)
        made: Self = _query(
            self.model,
            added,
            self.orders,
            self.size,
            self.start,
            self.loads,
            self.extra,
            self.via,
        )
        return made

    def order_by(self, *orders: Any) -> Self:
        """Sort by these, behind what it is sorted by already; nulls come last."""
        return self.sorted_by(self.orders + tuple([_order(each) for each in orders]))

    def sorted_by(self, orders: tuple[Order, ...]) -> Self:
        """Sort by these, and by nothing else."""
        made: Self = _query(
            self.model,
            self.conditions,
            orders,
            self.size,
            self.start,
            self.loads,
            self.extra,
            self.via,
        )
        return made

    def limit(self, count: int | None) -> Self:
        """At most so many."""
        size = _natural("limit", count)
        made: Self = _query(
            self.model,
            self.conditions,
            self.orders,
            size,
            self.start,
            self.loads,
            self.extra,
            self.via,
        )
        return made

    def offset(self, count: int | None) -> Self:
        """Pass so many over."""
        start = _natural("offset", count)
        made: Self = _query(
            self.model,
            self.conditions,
            self.orders,
            self.size,
            start,
            self.loads,
            self.extra,
            self.via,
        )
        return made

    def load(self, *paths: Any) -> Self:
        """Load these relations with it: `Book.author`, `Author.books.where(...)`."""
        for each in paths:
            is_path = hasattr(each.__class__, "__operand__")
            if not is_path and getattr(each, "via", None) is None:
                raise QueryError(
                    "SG-DB-035",
                    f"{each!r} is no relation.",
                    why="Only relations are loaded; the columns are there anyhow.",
                    fix="Name a relation of the model: .load(Book.author).",
                    where=[caller()],
                )
        made: Self = _query(
            self.model,
            self.conditions,
            self.orders,
            self.size,
            self.start,
            self.loads + paths,
            self.extra,
            self.via,
        )
        return made

    def distinct(self) -> Self:
        """Each row once."""
        return self._more(distinct=True)

    def for_update(self, *, skip_locked: bool = False, nowait: bool = False) -> Self:
        """Lock the rows until the transaction ends.

        Args:
            skip_locked: Pass over what somebody else has locked.
            nowait: Fail at once when somebody else has.
        """
        return self._more(lock=(skip_locked, nowait))

    def group_by(self, *groups: Any) -> Self:
        """Make one row of all rows that have the same here; for `db.rows`."""
        return self._more(groups=self.extra.groups + tuple(map(operand, groups)))

    def having(self, *conditions: Condition | bool) -> Self:
        """Only groups for which all of these hold."""
        added = tuple(condition(each) for each in conditions)
        return self._more(havings=self.extra.havings + added)

    def only(self, *columns: Any) -> Self:
        """Say which columns `db.rows` reads."""
        return self._more(columns=self.extra.columns + tuple(map(operand, columns)))

    def apply(self, scope: Callable[[Any], Any]) -> Self:
        """Let a function add to it: `.apply(published)`."""
        return cast("Self", scope(self))

    def unscoped(self) -> Self:
        """Leave the model's own `__scope__` out."""
        return self._more(unscoped=True)

    def _more(self, **changes: Any) -> Self:
        extra = msgspec.structs.replace(self.extra, **changes)
        made: Self = _query(
            self.model,
            self.conditions,
            self.orders,
            self.size,
            self.start,
            self.loads,
            extra,
            self.via,
        )
        return made

    def __inner__(self) -> tuple[Any, list[Any]]:
        """Give key and values for a query around this one, that of `in_`."""
        own = [value for each in self.extra.columns for value in each.values]
        return self.key(), [*own, *self.values()]

    def key(self) -> Any:
        """Give what the statement of this query is found by."""
        extra = self.extra
        return (
            self.model,
            tuple([each.key for each in self.conditions]),
            tuple([each.key for each in self.orders]) if self.orders else (),
            self.size is not None,
            self.start is not None,
            None if extra is NO_EXTRA else _extra_key(extra),
        )

    def values(self) -> list[Any]:
        """List the values of its conditions and orders, in the order of the key."""
        found: list[Any] = []
        for held in self.conditions:
            found += held.values
        for order in self.orders:
            found += order.values
        if self.extra is not NO_EXTRA:
            for each in (*self.extra.groups, *self.extra.havings):
                found += each.values
        if self.size is not None:
            found.append(self.size)
        if self.start is not None:
            found.append(self.start)
        return found


# To call it by this name costs no look at its type parameters.
_query: Any = Query


class Words:
    """The words with which a query on a model begins."""

    __slots__ = ()
    __scope__: ClassVar[Any] = None

    @classmethod
    def where(cls, *conditions: Condition | bool) -> Query[Self]:
        """Only rows for which all of these hold."""
        made: Query[Self] = _query(cls, _conditions(conditions))
        return made

    @classmethod
    def order_by(cls, *orders: Any) -> Query[Self]:
        """Sort by these; nulls come last."""
        return _begun(cls).order_by(*orders)

    @classmethod
    def limit(cls, count: int | None) -> Query[Self]:
        """At most so many."""
        return _begun(cls).limit(count)

    @classmethod
    def load(cls, *paths: Any) -> Query[Self]:
        """Load these relations as well."""
        return _begun(cls).load(*paths)

    @classmethod
    def group_by(cls, *groups: Any) -> Query[Self]:
        """Make one row of all rows that have the same here; for `db.rows`."""
        return _begun(cls).group_by(*groups)

    @classmethod
    def only(cls, *columns: Any) -> Query[Self]:
        """Say which columns `db.rows` reads."""
        return _begun(cls).only(*columns)

    @classmethod
    def query(cls) -> Query[Self]:
        """All rows."""
        return _begun(cls)


def query_of(what: Any) -> Query[Any]:
    """Take a query; a model is the query of all its rows."""
    found: Query[Any] = what if what.__class__ is Query else _query(what)
    return found


def _begun(cls: Any) -> Query[Any]:
    begun: Query[Any] = _query(cls)
    return begun


def _conditions(several: tuple[Any, ...]) -> tuple[Condition, ...]:
    for each in several:
        if each.__class__ is not Condition:
            return tuple([condition(other) for other in several])
    return several


def _order(by: Any) -> Order:
    found = by if by.__class__ is Order else operand(by)
    return found if isinstance(found, Order) else Order(found)


def _natural(word: str, count: int | None) -> int | None:
    if count is None or (type(count) is int and 0 <= count < 1 << 63):
        return count
    raise QueryError(
        "SG-DB-037",
        f"{word}({count!r}) is no number of rows.",
        why="Rows are counted from 0 up.",
        fix="Check what comes from outside: Annotated[int, Ge(0), Le(100)].",
        where=[caller()],
    )


def _extra_key(extra: Extra) -> Any:
    return (
        extra.distinct,
        extra.lock,
        tuple(each.key for each in extra.groups),
        tuple(each.key for each in extra.havings),
        extra.unscoped,
        tuple(each.key for each in extra.columns),
    )
