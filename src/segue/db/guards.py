"""What stands between an object and a value that it may not have yet.

A plain field is read at the speed of C and never comes here. A relation may not be
loaded, and what the database gives may not be given yet: reading those before their
time is an error that says what to do.
"""

from typing import Any, Final

import msgspec

from segue.db.mistakes import NotLoaded, NotSaved, caller

__all__ = ["KeyOf", "Late", "ToMany", "ToOne", "not_loaded"]

_UNSET: Final = msgspec.UNSET


class ToOne:
    """A relation to one: the slot has the other object, or only its key."""

    __slots__ = ("_get", "_name", "_set")

    def __init__(self, slot: Any, name: str) -> None:
        self._get = slot.__get__
        self._set = slot.__set__
        self._name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        value = self._get(instance)
        if value is None or isinstance(value, msgspec.Struct):
            return value
        raise not_loaded(owner or instance.__class__, self._name)

    def __set__(self, instance: Any, value: Any) -> None:
        self._set(instance, value)


class KeyOf:
    """The key of a relation to one, loaded or not: `book.author_id`."""

    __slots__ = ("_get", "_set")

    def __init__(self, slot: Any) -> None:
        self._get = slot.__get__
        self._set = slot.__set__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        value = self._get(instance)
        if isinstance(value, msgspec.Struct):
            found: Any = value
            return found.__key__()
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        self._set(instance, value)


class ToMany:
    """A relation to many, or the other side of a one-to-one relation."""

    __slots__ = ("_get", "_name", "_set")

    def __init__(self, slot: Any, name: str) -> None:
        self._get = slot.__get__
        self._set = slot.__set__
        self._name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        value = self._get(instance)
        if value is _UNSET:
            raise not_loaded(owner or instance.__class__, self._name)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        self._set(instance, value)


class Late:
    """A value that the database gives when the object is inserted."""

    __slots__ = ("_get", "_name", "_set")

    def __init__(self, slot: Any, name: str) -> None:
        self._get = slot.__get__
        self._set = slot.__set__
        self._name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        value = self._get(instance)
        if value is _UNSET:
            name = f"{type(instance).__name__}.{self._name}"
            raise NotSaved(
                "SG-DB-021",
                f"{name} has no value before the object is inserted.",
                why="The database gives it.",
                fix="Insert the object first: db.insert(...).",
                where=[caller()],
            )
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        self._set(instance, value)


def not_loaded(owner: type, name: str) -> NotLoaded:
    """Build the error of a relation that nobody loaded, with its cure."""
    path = f"{owner.__name__}.{name}"
    return NotLoaded(
        "SG-DB-020",
        f"{path} was not loaded.",
        why="It would take a query of its own, for each object of a list.",
        fix=f"Add .load({path}) to the query, or call db.load(objects, {path}).",
        where=[caller()],
    )
