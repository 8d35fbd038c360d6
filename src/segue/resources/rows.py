"""The items of a resource in a table, as steps of the data layer: for both colours.

Who changes an item says which state of it was seen. Its row is locked, looked at, and
written only when it is still that: a compare-and-swap, whatever its columns are. With
`version=` the statement itself asks for the version, and counts it up.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from msgspec import UNSET

from segue.core.errors import HTTPError
from segue.db.command import Steps
from segue.db.logic import Logic
from segue.db.paths import Path, key_value, path_of
from segue.db.query import Query as Rows
from segue.db.run.errors import ForeignKeyError, UniqueError
from segue.resources.asking import Asking
from segue.resources.fitting import Place
from segue.resources.listing import listed
from segue.resources.query import Found, Query
from segue.resources.refusals import still_used, taken
from segue.resources.store import ItemError, Stale

__all__ = ["TableRows"]

_PORTION: Final = 500
_FAITHFUL: Final = (int, str, bool, bytes)
"""Types whose values come back from every database as they were written."""


class TableRows:
    """What a store does with the rows of a model.

    Args:
        model: The model.
        key: The field that tells items apart.
        loads: What is loaded with every item.
        version: The field that counts the changes of an item.
    """

    def __init__(
        self, model: Any, key: str, loads: Sequence[Any], version: str | None
    ) -> None:
        self._model = model
        self._told = model.__model__
        self._key = key
        self._given = tuple(loads)
        self._version = version
        self._asking = Asking(model)
        primary = [part.name for part in self._told.key]
        self._is_plain = primary == [key] and not loads and model.__scope__ is None
        self._is_faithful = not loads and all(map(_is_faithful, self._told.stored))

    # -- reads

    def get(self, logic: Logic, key: Any, *, lock: bool = False) -> Steps[Any]:
        """Get an item by its key, or None."""
        if self._asking.fit(self._key, key).place is not Place.HERE:
            return None
        if self._is_plain and not lock:
            return (yield from logic.get(self._model, key))
        query = self._of_key(key).load(*self._loads())
        return (yield from logic.first(query.for_update() if lock else query))

    def get_many(self, logic: Logic, keys: Sequence[Any]) -> Steps[list[Any]]:
        """Get the items of several keys, None where there is none."""
        by = yield from self._by_key(logic, keys)
        return [by.get(key) for key in keys]

    def find(self, logic: Logic, query: Query) -> Steps[Found[Any]]:
        """Find some items."""
        wanted = self._asking.wanted(query.conditions)
        loads = self._loads()
        if not query.fields:
            return (yield from listed(logic, wanted.load(*loads), query))
        loads = [load for load in loads if _first(load) in query.fields]
        if loads:
            return (yield from listed(logic, wanted.load(*loads), query))
        names = [each.name for each in self._told.stored if each.name in query.fields]
        columns = {name: self._asking.column(name) for name in names}
        return (yield from listed(logic, wanted, query, columns))

    # -- writes

    def insert(self, logic: Logic, item: Any) -> Steps[Any]:
        """Add an item.

        Raises:
            Duplicate: A value that must be unique is there already.
        """
        try:
            yield from logic.insert(item)
        except UniqueError as error:
            raise taken(self._model, error) from error
        return (yield from self._as_kept(logic, item))

    def insert_many(self, logic: Logic, items: Sequence[Any]) -> Steps[list[Any]]:
        """Add items, many with each statement.

        Raises:
            Duplicate: A value that must be unique is there already.
        """
        try:
            yield from logic.insert_many(items)
        except UniqueError as error:
            raise taken(self._model, error) from error
        return (yield from self._all_as_kept(logic, items))

    def update(self, logic: Logic, key: Any, item: Any, expected: Any) -> Steps[Any]:
        """Put an item in the place of what was read.

        Raises:
            Stale: Something else is there by now, or nothing.
            Duplicate: A value that must be unique is there already.
        """
        yield from self._check(logic, key, expected)
        yield from self._write(logic, key, item, expected)
        return (yield from self._as_kept(logic, item))

    def update_many(
        self, logic: Logic, changes: Sequence[tuple[Any, Any, Any]]
    ) -> Steps[list[Any]]:
        """Change items: for each its key, the item, and what was read.

        Raises:
            ItemError: One of them cannot be changed.
        """
        yield from self._check_all(logic, [(key, old) for key, _, old in changes])
        for index, (key, item, expected) in enumerate(changes):
            try:
                yield from self._write(logic, key, item, expected)
            except HTTPError as error:
                raise ItemError(index, error) from error
        return (yield from self._all_as_kept(logic, [item for _, item, _ in changes]))

    def delete(self, logic: Logic, key: Any, expected: Any) -> Steps[None]:
        """Delete what was read.

        Raises:
            Stale: Something else is there by now, or nothing.
            Conflict: Something refers to it.
        """
        yield from self._check(logic, key, expected)
        yield from self._delete(logic, self._swapped(key, expected))

    def delete_many(
        self, logic: Logic, items: Sequence[tuple[Any, Any]]
    ) -> Steps[None]:
        """Delete items: for each its key, and what was read.

        Raises:
            ItemError: One of them is not what was read.
            Conflict: Something refers to one.
        """
        yield from self._check_all(logic, items)
        column = self._asking.column(self._key)
        for keys in _portions([key for key, _ in items]):
            yield from self._delete(logic, self._model.where(column.in_(keys)))

    def absent(self, logic: Logic, item: Any) -> Steps[list[str]]:
        """List the relations of an item whose other object is not there."""
        found: list[str] = []
        for part in self._told.stored:
            key = self._stored(part, item)
            if part.role == "one" and key is not None:
                target = path_of(self._model.__names__[part.name])[1][-1].target
                own = Asking(target)
                name = target.__model__.key[0].name
                there = False
                if own.fit(name, key).place is Place.HERE:
                    there = yield from logic.exists(
                        target.where(own.column(name) == key).unscoped()
                    )
                if not there:
                    found.append(part.name)
        return found

    # -- one row

    def _write(self, logic: Logic, key: Any, item: Any, expected: Any) -> Steps[None]:
        values = {
            part.name: self._stored(part, item)
            for part in self._told.stored
            if not part.is_key and not part.is_generated
        }
        values = {
            name: value
            for name, value in values.items()
            if value is not UNSET and not _same(value, self._value(name, expected))
        }
        if not values:
            return
        if self._version is not None:
            count = self._value(self._version, expected) + 1
            values[self._version] = count
            self._told.setters[self._version](item, count)
        try:
            count = yield from logic.update(self._swapped(key, expected), values)
        except UniqueError as error:
            raise taken(self._model, error) from error
        if count == 0:
            raise Stale("It was changed by somebody else.")

    def _delete(self, logic: Logic, query: Any) -> Steps[None]:
        try:
            count = yield from logic.delete(query)
        except ForeignKeyError as error:
            raise still_used(self._model) from error
        if count == 0:
            raise Stale("It was changed by somebody else.")

    def _check(self, logic: Logic, key: Any, expected: Any) -> Steps[None]:
        """Lock the row of an item, and see that it is what was read."""
        if self._version is None:
            found = yield from logic.first(self._of_key(key).for_update())
            self._compare(found, expected)

    def _check_all(self, logic: Logic, items: Sequence[tuple[Any, Any]]) -> Steps[None]:
        by = yield from self._by_key(logic, [key for key, _ in items], lock=True)
        for index, (key, expected) in enumerate(items):
            try:
                self._compare(by.get(key), expected)
            except Stale as error:
                raise ItemError(index, error) from error

    def _compare(self, found: Any, expected: Any) -> None:
        parts = self._told.stored
        if self._version is not None:
            parts = [part for part in parts if part.name == self._version]
        if found is None or not all(
            _same(self._stored(part, found), self._stored(part, expected))
            for part in parts
        ):
            raise Stale("It was changed by somebody else.")

    # -- as it is there afterwards

    def _as_kept(self, logic: Logic, item: Any) -> Steps[Any]:
        """Give an item as it will be read: with its relations, rounded, in UTC."""
        if self._is_faithful:
            return item
        found = yield from self.get(logic, self._value(self._key, item))
        return item if found is None else found

    def _all_as_kept(self, logic: Logic, items: Sequence[Any]) -> Steps[list[Any]]:
        if self._is_faithful:
            return list(items)
        by = yield from self._by_key(logic, [self._value(self._key, i) for i in items])
        return [by.get(self._value(self._key, item), item) for item in items]

    # -- what several need

    def _of_key(self, key: Any) -> Any:
        return self._model.where(self._asking.column(self._key) == key)

    def _swapped(self, key: Any, expected: Any) -> Any:
        query = self._of_key(key)
        if self._version is None:
            return query
        seen = self._value(self._version, expected)
        return query.where(self._asking.column(self._version) == seen)

    def _by_key(
        self, logic: Logic, keys: Sequence[Any], *, lock: bool = False
    ) -> Steps[dict[Any, Any]]:
        column = self._asking.column(self._key)
        fit = self._asking.fit
        there = [k for k in keys if fit(self._key, k).place is Place.HERE]
        by: dict[Any, Any] = {}
        for some in _portions(dict.fromkeys(there)):
            query: Rows[Any] = self._model.where(column.in_(some))
            # Locks are taken in one order, so that no two wait for each other.
            query = query.order_by(column).for_update() if lock else query
            query = query if lock else query.load(*self._loads())
            for each in (yield from logic.all(query)):
                by[self._value(self._key, each)] = each
        return by

    def _loads(self) -> list[Any]:
        return [_in_order(load) for load in self._given]

    def _value(self, name: str, item: Any) -> Any:
        return key_value(self._told.slots[name](item))

    def _stored(self, part: Any, item: Any) -> Any:
        return self._value(part.name, item)


def _is_faithful(part: Any) -> bool:
    return (part.role == "one" or part.plain in _FAITHFUL) and not part.is_generated


def _same(one: Any, other: Any) -> bool:
    # What is no number is not equal to itself either.
    return bool(one == other or (one != one and other != other))  # noqa: PLR0124


def _in_order(load: Any) -> Any:
    """Sort what a relation to many brings, so that its ETag is the same each time."""
    if not isinstance(load, Path):
        return load
    _, steps = path_of(load)
    step = steps[-1]
    if len(steps) > 1 or not step.many or step.part.nullable:
        return load
    target = step.target
    keys = [target.__names__[part.name] for part in target.__model__.key]
    return load.order_by(*keys)


def _first(load: Any) -> str:
    path = load if isinstance(load, Path) else load.via
    return next(iter(path_of(path)[1])).name


def _portions(keys: Iterable[Any]) -> Iterator[list[Any]]:
    every = list(keys)
    for start in range(0, len(every), _PORTION):
        yield every[start : start + _PORTION]
