"""Free decorators: they mark a function, and whoever includes it makes the route.

    class Orders(Controller):
        @get("/{id}")
        def show(self, id: int): ...

    app.include(Orders, "/orders")

A module of marked functions can be included just so, without importing the app:
that is how two modules avoid importing each other.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from segue.core.errors import PlanError
from segue.core.handlers.hints import keep_names
from segue.core.handlers.places import place_of
from segue.core.types import WEBSOCKET

__all__ = [
    "Controller",
    "Mark",
    "check_path",
    "delete",
    "get",
    "marks_of",
    "methods_of",
    "patch",
    "post",
    "put",
    "route",
    "websocket",
]

F = TypeVar("F", bound=Callable[..., Any])

_ATTRIBUTE: Final = "__segue_marks__"


class Mark(msgspec.Struct, frozen=True):
    """What a free decorator said about a function."""

    path: str
    methods: frozenset[str] | None
    options: Mapping[str, Any]


class Controller:
    """A class whose marked methods are handlers.

    One object is made when the app is frozen and serves all requests, so it must
    not keep what belongs to one of them. Its constructor may ask for what the app
    holds: the app itself, its settings.
    """


def route(
    path: str = "",
    *,
    methods: Iterable[str] | None = ("GET",),
    **options: Any,
) -> Callable[[F], F]:
    """Mark a function as the handler of a path.

    Args:
        path: Below the prefix of whoever includes it.
        methods: Names of methods, or one; None for any method.
        options: As `Group.route` takes them.

    Raises:
        PlanError: It is used without its parentheses.
    """
    check_path(path)
    named = methods_of(methods)

    def mark(function: F) -> F:
        keep_names(function)
        marks = (*marks_of(function), Mark(path, named, options))
        setattr(function, _ATTRIBUTE, marks)
        return function

    return mark


def methods_of(methods: Iterable[str] | None) -> frozenset[str] | None:
    """Read the names of methods as they were given: one, several, or any.

    Example:
        >>> methods_of("get")
        frozenset({'GET'})
    """
    if methods is None:
        return None
    names = (methods,) if isinstance(methods, str) else methods
    return frozenset(name.upper() for name in names)


def check_path(path: Any) -> None:
    """Refuse a decorator that is used without its parentheses.

    Raises:
        PlanError: The path is a function.
    """
    if not isinstance(path, str):
        raise PlanError(
            "SG-PLAN-012",
            f"A route was given {path!r} where its path should be.",
            why="A decorator without its parentheses takes the function for the path, "
            "and the function would never be called.",
            fix='Write the path: @app.get("/").',
            where=(place_of(path),),
        )


def marks_of(function: Any) -> tuple[Mark, ...]:
    """Read the marks of a function; none for a function without any."""
    return getattr(function, _ATTRIBUTE, ())


def get(path: str = "", **options: Any) -> Callable[[F], F]:
    """Mark a function as the handler of GET."""
    return route(path, methods=("GET",), **options)


def post(path: str = "", **options: Any) -> Callable[[F], F]:
    """Mark a function as the handler of POST."""
    return route(path, methods=("POST",), **options)


def put(path: str = "", **options: Any) -> Callable[[F], F]:
    """Mark a function as the handler of PUT."""
    return route(path, methods=("PUT",), **options)


def patch(path: str = "", **options: Any) -> Callable[[F], F]:
    """Mark a function as the handler of PATCH."""
    return route(path, methods=("PATCH",), **options)


def delete(path: str = "", **options: Any) -> Callable[[F], F]:
    """Mark a function as the handler of DELETE."""
    return route(path, methods=("DELETE",), **options)


def websocket(path: str = "", **options: Any) -> Callable[[F], F]:
    """Mark an async function as the handler of a WebSocket."""
    return route(path, methods=(WEBSOCKET,), **options)
