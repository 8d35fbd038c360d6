"""Headers of a plain answer: those that its route declares, or that its type makes.

    @app.get("/rates", headers={"cache-control": "max-age=60"})
    def rates() -> Rates: ...

    @app.get("/orders/{id}", headers=tag_of)     # called with answer and request
    def order(id: int) -> Order: ...

A class that has a method `__headers__(self, request)` makes those of an answer that is
declared as one. A handler that returns a `Response` has said everything itself. All of
it is decided at start; a route without headers has no line for them.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

from segue.core.handlers.answers import status_of, to_response
from segue.core.handlers.inputs import classes_of
from segue.core.handlers.plan import Plan
from segue.core.handlers.rendering import Renderers
from segue.core.handlers.showing import answer_shower, show_undeclared
from segue.core.http.request import Request
from segue.core.http.response import Response
from segue.core.types import UNSET

__all__ = ["Heading", "headers_of", "is_headed"]

Headers: TypeAlias = Mapping[str, str] | Callable[[Any, Request], Mapping[str, str]]
"""What the option `headers` of a route may be."""


def is_headed(returns: Any) -> bool:
    """Tell whether the type of an answer makes headers."""
    return returns is not UNSET and any(
        hasattr(cls, "__headers__") for cls in classes_of(returns)
    )


def headers_of(answer: Any, request: Request) -> Mapping[str, str]:
    """Ask an answer for its headers; one of another type has none."""
    made = getattr(answer, "__headers__", None)
    return {} if made is None else cast("Mapping[str, str]", made(request))


class Heading:
    """Finishes the answers of one route that have headers.

    Args:
        plan: The plan of the handler, with the headers it declares.
    """

    def __init__(self, plan: Plan) -> None:
        self._headers = plan.headers
        self._status = plan.status
        is_undeclared = plan.returns is UNSET
        self._show = show_undeclared if is_undeclared else answer_shower(plan.returns)
        self._render = Renderers(plan) if plan.renderers else None

    def __call__(self, answer: Any, request: Request) -> Response:
        """Make the `Response` of an answer, and put its headers on it."""
        data, status = status_of(answer, self._status)
        if self._render is not None:
            response = self._render(answer, request)
        else:
            shown = data if self._show is None else self._show(data)
            response = to_response(shown, status)
        if not isinstance(data, Response):
            for name, value in self._made(data, request).items():
                response.headers[name] = value
        return response

    def _made(self, data: Any, request: Request) -> Mapping[str, str]:
        declared = self._headers
        if callable(declared):
            return cast("Mapping[str, str]", declared(data, request))
        return cast("Mapping[str, str]", declared)
