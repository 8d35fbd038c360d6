"""What the tests of routing share: short ways to a route, a table, a request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from segue.core.http.limits import Limits
from segue.core.http.request import Request
from segue.core.routing.hosts import HostPattern
from segue.core.routing.pattern import Pattern
from segue.core.routing.registry import Converters
from segue.core.routing.route import Route
from segue.core.routing.table import RouteTable


@dataclass
class Given:
    """A request as an adapter would give it, without a body."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    protocol: str = "wsgi"
    root_path: str = ""
    scheme: str = "http"
    http_version: str = "1.1"
    client: Any = None
    server: Any = ("127.0.0.1", 8000)
    body: Any = None
    raw: Any = field(default_factory=dict)

    def header_pairs(self) -> list[tuple[str, str]]:
        return list(self.headers.items())


@pytest.fixture
def ask() -> Callable[..., Request]:
    """Make a request: `ask("GET", "/x?a=1", accept="text/html")`."""

    def make(method: str = "GET", target: str = "/", **headers: str) -> Request:
        path, _, query = target.partition("?")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = Given(method, path, query, {"host": "example.org", **named})
        return Request(given, limits=Limits())

    return make


def build_route(
    text: str,
    target: Any = None,
    *,
    converters: Converters | None = None,
    hints: Mapping[str, Any] | None = None,
    when: Any = (),
) -> Route:
    """Read `GET POST tenant.example.org/path`; without a method it is for any."""
    *methods, address = text.split(" ")
    host, slash, path = address.partition("/")
    called = methods[-1].lower() if methods else "any"
    return Route(
        Pattern.parse(slash + path, converters, hints),
        frozenset(methods) or None,
        text if target is None else target,
        place=f"app.py:{len(text)} {called}_it",
        host=HostPattern.parse(host, converters, hints) if host else None,
        predicates=tuple(when) if isinstance(when, list | tuple) else (when,),
    )


@pytest.fixture
def route() -> Callable[..., Route]:
    """Make a route: `route("GET /users/{id:int}")`; its target is that text."""
    return build_route


@pytest.fixture
def table() -> Callable[..., RouteTable]:
    """Make a frozen table of texts and routes."""

    def make(*routes: str | Route, slashes: Any = "redirect") -> RouteTable:
        made = RouteTable(slashes)
        for each in routes:
            made.add(build_route(each) if isinstance(each, str) else each)
        made.freeze()
        return made

    return make
