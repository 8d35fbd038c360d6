"""The items of a resource in the table of a model.

    app.include(Resource(Tag, "/tags"))

What clients filter, sort and page by is one statement. A change reads the row anew
inside a transaction and refuses where it is not what was seen, so no update is lost.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Final, cast

from segue.core.errors import HTTPError
from segue.db.description import told_of
from segue.db.expressions import ColumnExpression, Order as Sorted
from segue.db.keyset import ahead, behind, turned
from segue.db.model import Model
from segue.db.query import Query as Asked, query_of
from segue.db.run.errors import UniqueError
from segue.db.session import Db
from segue.db.validation import StaleError
from segue.resources.query import Condition, Found, Operator, Query
from segue.resources.store import Duplicate, ItemError, Stale

__all__ = ["TableStore", "store_of"]


class TableStore:
    """Keeps items in the table of a model; made for each request.

    Args:
        db: The database of the request.
    """

    model: ClassVar[Any]
    key: ClassVar[str]
    face: ClassVar[Any]

    def __init__(self, db: Db[Any]) -> None:
        self._db = db

    @classmethod
    def __provide__(cls, hint: Any) -> Callable[..., Any]:
        """Make what gives the store to handlers."""

        def store(db: Any) -> Any:
            return cls(db)

        store.__annotations__ = {"db": cls.face, "return": hint}
        return store

    def get(self, key: Any) -> Any:
        """Get the item of a key; None where there is none."""
        return self._db.first(self._of_key(key))

    def find(self, query: Query) -> Found[Any]:
        """Find some items."""
        asked = _asked(self.model).where(*map(self._condition, query.conditions))
        total = self._db.count(asked) if query.count else None
        orders = tuple(
            Sorted(self._column(each.field), descending=each.descending)
            for each in query.order
        )
        if query.before is not None:
            asked = asked.sorted_by(turned(orders))
            if query.before:
                asked = asked.where(ahead(orders, query.before))
        else:
            asked = asked.sorted_by(orders).offset(query.offset or None)
            if query.after:
                asked = asked.where(behind(orders, query.after))
        found = self._db.all(asked.limit(query.limit + 1))
        more, items = len(found) > query.limit, found[: query.limit]
        return Found(items if query.before is None else items[::-1], more, total)

    def insert(self, item: Any) -> Any:
        """Add an item.

        Raises:
            Duplicate: Something in it must be unique, and is not.
        """
        try:
            return self._db.insert(item)
        except UniqueError as error:
            raise _duplicate(error) from error

    def update(self, key: Any, item: Any, expected: Any) -> Any:
        """Put an item in the place of what was read.

        Raises:
            Stale: Something else is there by now, or nothing.
            Duplicate: Something in it must be unique, and is not.
        """
        try:
            with self._db.transaction():
                self._check(key, expected)
                return self._db.save(item)
        except UniqueError as error:
            raise _duplicate(error) from error
        except StaleError as error:
            raise Stale(error.detail) from error

    def delete(self, key: Any, expected: Any) -> None:
        """Delete what was read.

        Raises:
            Stale: Something else is there by now, or nothing.
        """
        with self._db.transaction():
            self._db.delete(self._check(key, expected))

    def insert_many(self, items: Sequence[Any]) -> list[Any]:
        """Add items: all of them, or none."""
        return self._all((self.insert, (item,)) for item in items)

    def update_many(self, changes: Sequence[tuple[Any, Any, Any]]) -> list[Any]:
        """Change items: all of them, or none."""
        return self._all((self.update, change) for change in changes)

    def delete_many(self, items: Sequence[tuple[Any, Any]]) -> None:
        """Delete items: all of them, or none."""
        self._all((self.delete, item) for item in items)

    def _all(self, calls: Iterable[tuple[Any, tuple[Any, ...]]]) -> list[Any]:
        made: list[Any] = []
        with self._db.transaction():
            for index, (call, arguments) in enumerate(calls):
                try:
                    with self._db.transaction():
                        made.append(call(*arguments))
                except HTTPError as error:
                    raise ItemError(index, error) from error
        return made

    def _check(self, key: Any, expected: Any) -> Any:
        """Read an item and lock it; it must be what was read before."""
        found = self._db.first(self._of_key(key).for_update())
        if found is None or not _same(found, expected):
            raise Stale("It was changed by somebody else.")
        return found

    def _of_key(self, key: Any) -> Any:
        return _asked(self.model).where(self._column(self.key) == key)

    def _column(self, field: str) -> ColumnExpression:
        named: Any = self.model.__names__[field]
        operand = getattr(named, "__operand__", None)
        return cast("ColumnExpression", named if operand is None else operand())

    def _condition(self, condition: Condition) -> Any:
        column, value = self._column(condition.field), condition.value
        if condition.operator is Operator.NULL:
            return column.is_null() if value else column.is_not_null()
        if condition.operator is Operator.NE:
            nullable = column.key.part.nullable
            return (column != value) | column.is_null() if nullable else column != value
        if condition.operator is Operator.CONTAINS:
            return column.contains(value, ignore_case=True)
        return _TESTS[condition.operator](column, value)


_TESTS: Final[dict[Operator, Callable[[Any, Any], Any]]] = {
    Operator.EQ: lambda column, value: column == value,
    Operator.LT: lambda column, value: column < value,
    Operator.LE: lambda column, value: column <= value,
    Operator.GT: lambda column, value: column > value,
    Operator.GE: lambda column, value: column >= value,
    Operator.IN: lambda column, value: column.in_(value),
    Operator.STARTSWITH: lambda column, value: column.startswith(value),
}


def store_of(model: type[Model], key: str) -> type[TableStore]:
    """Make the store of a model.

    Args:
        model: The model.
        key: The field by which clients name an item.
    """
    root = model.__registry__.root
    faces: Any = Db
    face = Db if root is Model else faces[root]
    own = {"model": model, "key": key, "face": face}
    return type(f"{model.__name__}Store", (TableStore,), own)


def _asked(model: Any) -> Asked[Any]:
    return query_of(model)


def _same(one: Any, other: Any) -> bool:
    told = told_of(one)
    return all(
        told.slots[part.name](one) == told.slots[part.name](other)
        for part in told.stored
    )


def _duplicate(error: UniqueError) -> Duplicate:
    return Duplicate(error.detail, extra=error.extra)
