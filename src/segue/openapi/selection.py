"""Which routes a document has: all, or those of a prefix, a group, a controller.

A group is known by its handlers and by the end of their paths, so that one which is
included twice, as `/v1` and `/v2`, can be told by its prefix.
"""

import types
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias

from segue.core.errors import RouteError
from segue.core.kernel.declarations import Declarations
from segue.core.routing.route import Route
from segue.group import Group

__all__ = ["Include", "selected"]

Include: TypeAlias = "str | Group | Callable[[Route], bool] | Iterable[Any] | None"
"""A prefix, a group, a function that says yes or no; or several of them."""


def selected(routes: Iterable[Route], include: Include) -> list[Route]:
    """Choose the routes of a document."""
    wanted = _wanted(include)
    return [
        route
        for route in routes
        if route.options.get("include_in_schema", True) and wanted(route)
    ]


def _wanted(include: Any) -> Callable[[Route], bool]:
    if include is None:
        return lambda _route: True
    if isinstance(include, str):
        prefix = include.rstrip("/")
        return lambda route: f"{route.pattern}/".startswith(f"{prefix}/")
    if isinstance(include, Group):
        return partial(_ends_in, _ends(include.declarations))
    if isinstance(include, (list, tuple, set, frozenset)):
        several = [_wanted(each) for each in include]  # pyright: ignore[reportUnknownVariableType] - of Any
        return lambda route: any(wants(route) for wants in several)
    if callable(include) and not isinstance(include, types.ModuleType):
        return lambda route: bool(include(route))
    raise RouteError(
        "SG-OAPI-004",
        f"OpenAPI(include={include!r}) cannot be read.",
        why="It says which routes the document has.",
        fix='Give a prefix such as "/api", a Group, a function of a route, or a list '
        "of them.",
    )


def _ends(declarations: Declarations) -> Mapping[Any, tuple[str, ...]]:
    found: dict[Any, tuple[str, ...]] = {}
    for function, path in _handlers(declarations, ""):
        found[function] = (*found.get(function, ()), path)
    return found


def _ends_in(ends: Mapping[Any, tuple[str, ...]], route: Route) -> bool:
    return str(route.pattern).endswith(ends.get(route.target, _NEVER))


_NEVER: Final[tuple[str, ...]] = ()


def _handlers(own: Declarations, prefix: str) -> Iterable[tuple[Any, str]]:
    prefix += own.prefix
    for declared in own.routes:
        yield declared.function, prefix + declared.path
    for child in own.children:
        yield from _handlers(child.declarations, prefix + child.prefix)
