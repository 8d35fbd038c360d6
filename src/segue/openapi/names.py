"""The ids of operations: stable, unique, and fit for the name of a function.

    operation_id=            as the route says
    the name of the route    where it answers one method
    name_method              where it answers several
    function_method_path     where another route has the name

An id changes only when the name, the method or the path that it is made of does.
"""

import re
from collections.abc import Callable, Iterable

from segue.core.errors import RouteError
from segue.core.routing.route import Route
from segue.openapi.paths import Place

__all__ = ["operation_ids"]


def operation_ids(
    places: Iterable[Place], names: Callable[[Route], str]
) -> dict[tuple[str, str], str]:
    """Name the operations of a document, by path and method.

    Args:
        places: The operations.
        names: Finds the name of a route's handler.

    Raises:
        RouteError: Two routes ask for the same id.
    """
    every = list(places)
    methods: dict[int, int] = {}
    for place in every:
        first = id(place.routes[0])
        methods[first] = methods.get(first, 0) + 1
    found: dict[tuple[str, str], str] = {}
    taken: dict[str, Route] = {}
    # What somebody asked for is given out first.
    for place in sorted(every, key=lambda each: not _asked(each)):
        route = place.routes[0]
        name = _asked(place) or route.name
        several = methods[id(route)] > 1
        chosen = f"{name}_{place.method.lower()}" if name and several else name
        if chosen is None or chosen in taken:
            if chosen and _asked(place):
                raise _twice(chosen, taken[chosen], route)
            chosen = _long(names(route), place, taken)
        taken[chosen] = route
        found[place.template, place.method] = chosen
    return found


def _asked(place: Place) -> str | None:
    asked: str | None = place.routes[0].options.get("operation_id")
    return asked


def _long(name: str, place: Place, taken: Iterable[str]) -> str:
    """Make a name of the function, the method and the path."""
    path = re.sub(r"[^A-Za-z0-9]+", "_", place.template).strip("_")
    plain = re.sub(r"[^A-Za-z0-9._]+", "_", name).strip("_")
    long = "_".join(filter(None, (plain, place.method.lower(), path)))
    number, free = 1, long
    while free in taken:
        number += 1
        free = f"{long}_{number}"
    return free


def _twice(name: str, first: Route, second: Route) -> RouteError:
    return RouteError(
        "SG-OAPI-002",
        f"Two operations have the id {name!r}.",
        why="A client is generated with one function for each id.",
        fix="Give one of them another operation_id=.",
        where=(first.place, second.place),
    )
