"""The one context variable: which app is at work, and on which request.

Handlers get things as parameters. This exists for the two places that no parameter
reaches: a log line that wants the request's id, and `url()`, which wants the app.
It holds the app while nothing asked for a `Request`, and the `Request` otherwise:
setting it to the same object again costs next to nothing.
"""

from contextvars import ContextVar
from typing import Any

from segue.core.errors import WalkError
from segue.core.http.request import Request

__all__ = ["current", "current_app", "find_request", "url"]

current: ContextVar[Any] = ContextVar("segue_current", default=None)


def find_request() -> Request | None:
    """Find the request at work here, if one was made."""
    value = current.get()
    return value if isinstance(value, Request) else None


def current_app() -> Any:
    """Get the app at work here.

    Raises:
        WalkError: No request or command of an app is being worked on.
    """
    value = current.get()
    app = value.app if isinstance(value, Request) else value
    if app is None:
        raise WalkError(
            "SG-WALK-010",
            "There is no app at work here.",
            why="Outside a request, a command or a job nothing says which app is "
            "meant; there may be several in one process.",
            fix="Use the app's own method, app.url(...) for example, or put "
            "`with app.at_work():` around the code.",
        )
    return app


def url(target: Any, /, **values: Any) -> str:
    """Build the URL of a route of the app at work, from its handler or its name.

    Args:
        target: The handler itself, or the name of its route.
        values: Values of the path; the others become the query.

    Raises:
        WalkError: No app is at work here.
        RouteError: There is no such route, or a value is missing.
    """
    address: str = current_app().url(target, **values)
    return address
