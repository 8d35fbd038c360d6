"""Reverse URLs: a route's name or its target, and values, to a URL."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from segue.core.errors import RouteError, did_you_mean
from segue.core.routing.converters import plain_text
from segue.core.routing.quoting import quote_query
from segue.core.routing.route import Route

__all__ = ["Reverse", "build_query"]


class Reverse:
    """Finds routes by name or target and builds their URLs."""

    __slots__ = ("_by_name", "_by_target")

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_name: dict[str, Route] = {}
        self._by_target: dict[int, list[Route]] = {}
        for route in routes:
            if route.name is not None:
                self._by_name.setdefault(route.name, route)
            # By identity: a target need not be hashable.
            self._by_target.setdefault(id(route.target), []).append(route)

    def url(self, target: Any, values: Mapping[str, Any]) -> str:
        """Build the URL of a name or a target."""
        route = self._find(target, values)
        path, left = route.pattern.build(values)
        host = ""
        if route.host is not None:
            host = "//" + route.host.build(values)
            left = {k: v for k, v in left.items() if k not in route.host.names}
        query = build_query(left)
        return f"{host}{path}?{query}" if query else host + path

    def _find(self, target: Any, values: Mapping[str, Any]) -> Route:
        """Find the route: of several, the one that uses the most values."""
        if isinstance(target, str) and target in self._by_name:
            return self._by_name[target]
        routes = self._by_target.get(id(target), [])
        routes = [route for route in routes if route.target is target] or [
            route
            for known in self._by_target.values()
            for route in known
            if _same(route.target, target)
        ]
        if not routes:
            raise self._unknown(target)
        fit = [route for route in routes if _needs(route) <= set(values)]
        return max(fit or routes[:1], key=lambda route: len(_needs(route)))

    def _unknown(self, target: Any) -> RouteError:
        if isinstance(target, str):
            near = did_you_mean(target, self._by_name)
            return RouteError(
                "SG-ROUTE-006",
                f"No route is named {target!r}.{near}",
                why="There is no URL to build.",
                fix="Use a name that `segue routes` shows, or the handler itself.",
            )
        name = getattr(target, "__qualname__", repr(target))
        return RouteError(
            "SG-ROUTE-006",
            f"{name} answers no route.",
            why="There is no URL to build.",
            fix=f"Give {name} a route, and include its group in this app.",
        )


def _same(one: Any, other: Any) -> bool:
    # Bound methods are made anew on each access, and are equal, not identical. The
    # route of a controller knows the function, and `self.show` is the method of it.
    is_method_of = getattr(other, "__func__", other) is one
    return is_method_of or (type(one) is type(other) and bool(one == other))


def _needs(route: Route) -> set[str]:
    return {*route.pattern.names, *(route.host.names if route.host else ())}


def build_query(values: Mapping[str, Any]) -> str:
    """Build a query; a list repeats its name, None is left out.

    Raises:
        RouteError: A value has no text of its own.

    Example:
        >>> build_query({"tag": ["a b", "c"], "page": 2, "none": None, "all": True})
        'tag=a%20b&tag=c&page=2&all=true'
    """
    pairs: list[str] = []
    for name, value in values.items():
        several = isinstance(value, list | tuple | set | frozenset)
        for each in cast("Iterable[Any]", value) if several else (value,):
            if each is None:
                continue
            try:
                pairs.append(f"{quote_query(name)}={quote_query(plain_text(each))}")
            except ValueError:
                raise RouteError(
                    "SG-ROUTE-008",
                    f"{each!r} cannot stand for {name!r} in a query.",
                    why="It has no text that could be read back.",
                    fix="Give text, a number, a date or a list of them.",
                ) from None
    return "&".join(pairs)
