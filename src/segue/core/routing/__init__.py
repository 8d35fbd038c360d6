"""Routing: a path to what it leads to, and back.

Knows nothing of handlers: a route leads to a `target`, whatever that is.

    table = RouteTable()
    table.add(Route(Pattern.parse("/users/{id:int}"), frozenset({"GET"}), show))
    problems = table.freeze()
    matcher = table.compile(make_entry)
    matcher.find("/users/7", "GET")          # (entry, (7,))
    table.url(show, {"id": 7})               # "/users/7"
"""

from segue.core.routing.converters import Converter
from segue.core.routing.explain import Candidate
from segue.core.routing.hosts import HostPattern
from segue.core.routing.matcher import Found, Matcher, Miss, Slashes
from segue.core.routing.pattern import Pattern
from segue.core.routing.predicates import (
    Predicate,
    accepts,
    content_type,
    custom,
    header,
    host,
    method,
    query,
)
from segue.core.routing.registry import Converters
from segue.core.routing.route import Route
from segue.core.routing.segments import Parameter
from segue.core.routing.table import RouteTable

__all__ = [
    "Candidate",
    "Converter",
    "Converters",
    "Found",
    "HostPattern",
    "Matcher",
    "Miss",
    "Parameter",
    "Pattern",
    "Predicate",
    "Route",
    "RouteTable",
    "Slashes",
    "accepts",
    "content_type",
    "custom",
    "header",
    "host",
    "method",
    "query",
]
