"""What stands behind the `=` of a field: its default, or that it is a list of objects.

created: datetime = now()
books: Many["Book"] = many()
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Generic, Literal, TypeVar, cast, overload

import msgspec

__all__ = ["Many", "One", "Related", "Server", "many", "now", "one", "server", "utcnow"]

T = TypeVar("T")


class Many(Generic[T]):
    """The hint of a relation to several objects: a list, once it is loaded.

    On the class it is the way to their fields: `Author.books.year`.
    """

    @overload
    def __get__(self, instance: None, owner: Any) -> T: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> list[T]: ...
    def __get__(self, instance: object, owner: Any) -> Any:
        """Typed only: the metaclass puts something else in its place."""
        raise NotImplementedError

    def __set__(self, instance: object, value: Iterable[T]) -> None:
        """Typed only."""
        raise NotImplementedError


class One(Generic[T]):
    """The hint of the other side of a one-to-one relation: an object or None."""

    @overload
    def __get__(self, instance: None, owner: Any) -> T: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> T | None: ...
    def __get__(self, instance: object, owner: Any) -> Any:
        """Typed only: the metaclass puts something else in its place."""
        raise NotImplementedError

    def __set__(self, instance: object, value: T | None) -> None:
        """Typed only."""
        raise NotImplementedError


class Related(msgspec.Struct, frozen=True):
    """What `many()` and `one()` say about a relation.

    Attributes:
        by: The field of the other model that points here.
        through: The model, or its name, whose rows link the two.
        link: The name of the table that links the two.
    """

    by: str | None = None
    through: Any = None
    link: str | None = None
    single: bool = False


class Server(msgspec.Struct, frozen=True):
    """A default that the database makes: SQL."""

    sql: str


def many(
    *,
    by: str | None = None,
    through: Any = None,
    link: str | None = None,
    init: Literal[False] = False,  # noqa: ARG001 - type checkers read it
) -> Any:
    """Say that a field is a relation to several objects.

    Args:
        by: The field of the other model that points here, where there are several.
        through: The model whose rows link the two, for many-to-many relations that
            say more than that they exist.
        link: The name of the table that links the two, where there are several.
        init: For type checkers: the constructor does not take it.
    """
    return Related(by=by, through=through, link=link)


def one(
    *,
    by: str | None = None,
    init: Literal[False] = False,  # noqa: ARG001 - type checkers read it
) -> Any:
    """Say that a field is the other side of a one-to-one relation."""
    return Related(by=by, single=True)


def server(sql: str) -> Any:
    """Let the database make the default of a field.

    The value is there once the object was inserted.
    """
    return Server(sql)


def now() -> Any:
    """Give a field the time at which its object is made, in UTC."""
    return cast("Any", msgspec.field(default_factory=utcnow))


def utcnow() -> dt.datetime:
    """Read the clock, in UTC."""
    return dt.datetime.now(dt.UTC)
