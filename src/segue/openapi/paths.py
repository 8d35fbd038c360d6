"""The paths of a document: templates, and which routes share one.

A document has one operation for a path and a method, and knows paths by the places of
their values only: `/users/{id:int}` and `/users/{name}` are one path to it. Routes that
a predicate, a host or a converter tells apart are merged: the first is the operation,
and what the others take and answer is added to it.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from segue.core.routing.hosts import HostPattern
from segue.core.routing.pattern import Pattern
from segue.core.routing.quoting import quote_text
from segue.core.routing.route import Route

__all__ = ["METHODS", "Place", "host_server", "merge", "places_of", "template_of"]

METHODS: Final = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE")
"""The methods that a document has operations for."""

_ANY: Final = ("GET", "PUT", "POST", "DELETE", "PATCH")


class Place(msgspec.Struct, frozen=True):
    """One operation: a path, a method, and the routes that answer it.

    Attributes:
        template: The path, with `{name}` for its values.
        names: The names of the values in it.
    """

    template: str
    names: tuple[str, ...]
    method: str
    routes: tuple[Route, ...]


def places_of(routes: Iterable[Route]) -> list[Place]:
    """Collect the operations of some routes, in the order of the routes."""
    names: dict[str, Route] = {}
    found: dict[tuple[str, str], list[Route]] = {}
    for route in routes:
        key = _anonymous(route.pattern)
        names.setdefault(key, route)
        for method in _methods(route):
            found.setdefault((key, method), []).append(route)
    return [
        Place(
            template=template_of(names[key].pattern),
            names=tuple(each.label for each in names[key].pattern.parameters),
            method=method,
            routes=tuple(sorted(several, key=lambda route: route.conditional)),
        )
        for (key, method), several in found.items()
    ]


def template_of(pattern: Pattern) -> str:
    """Write a pattern as a document has it: no converters, no escapes.

    Example:
        >>> template_of(Pattern.parse("/users/{id:int}/f/{path:path}"))
        '/users/{id}/f/{path}'
    """
    return "".join(_texts(pattern, anonymous=False))


def host_server(host: HostPattern) -> dict[str, Any]:
    """Build the Server Object of a route that is bound to a host."""
    labels = (
        "".join(p if isinstance(p, str) else f"{{{p.name}}}" for p in label.parts)
        for label in host.labels
    )
    variables = {
        "scheme": {"default": "https", "enum": ["https", "http"]},
        **{name: {"default": name} for name in host.names},
    }
    return {"url": f"{{scheme}}://{'.'.join(labels)}", "variables": variables}


def merge(first: dict[str, Any], other: dict[str, Any]) -> None:
    """Add to an operation what another of the same path and method takes and gives."""
    known = {(each["in"], each["name"]): each for each in first.get("parameters", ())}
    asked = {(each["in"], each["name"]) for each in other.get("parameters", ())}
    for key, parameter in known.items():
        if key not in asked and key[0] != "path":
            parameter.pop("required", None)
    for parameter in other.get("parameters", ()):
        _add_parameter(first, known, parameter)
    _merge_body(first, other)
    for status, response in other["responses"].items():
        mine = first["responses"].setdefault(status, response)
        if mine is not response and "content" in response:
            _merge_content(mine.setdefault("content", {}), response["content"])


def _add_parameter(
    first: dict[str, Any], known: dict[tuple[str, str], Any], parameter: dict[str, Any]
) -> None:
    mine = known.get((parameter["in"], parameter["name"]))
    if mine is None:
        if parameter["in"] != "path":
            parameter.pop("required", None)
        first.setdefault("parameters", []).append(parameter)
    else:
        if "required" not in parameter:
            mine.pop("required", None)
        mine["schema"] = _either(mine["schema"], parameter["schema"])


def _merge_body(first: dict[str, Any], other: dict[str, Any]) -> None:
    mine, theirs = first.get("requestBody"), other.get("requestBody")
    if mine is None or theirs is None:
        for body in filter(None, (mine, theirs)):
            first["requestBody"] = {**body, "required": False}
        return
    mine["required"] = bool(mine.get("required") and theirs.get("required"))
    _merge_content(mine["content"], theirs["content"])


def _merge_content(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    for media_type, media in theirs.items():
        known = mine.setdefault(media_type, media)
        if known is not media and "schema" in known and "schema" in media:
            known["schema"] = _either(known["schema"], media["schema"])


def _either(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    if one == other:
        return one
    if not one or not other:
        return {}
    several = one["anyOf"] if set(one) == {"anyOf"} else [one]
    return one if other in several else {"anyOf": [*several, other]}


def _methods(route: Route) -> Iterator[str]:
    if route.methods is None:
        yield from _ANY
    else:
        yield from (each for each in METHODS if each in route.methods)


def _anonymous(pattern: Pattern) -> str:
    return "".join(_texts(pattern, anonymous=True))


def _texts(pattern: Pattern, *, anonymous: bool) -> Iterator[str]:
    for segment in pattern.segments:
        yield "/"
        for part in segment.parts:
            if isinstance(part, str):
                yield quote_text(part)
            else:
                yield "{}" if anonymous else f"{{{part.label}}}"
