"""One answer in several forms: the client's `Accept` decides which.

    @app.get("/report", renderers={"text/csv": to_csv, "text/html": to_page})
    def report() -> list[Row]: ...

JSON is always among the offers, and the first of them. A renderer gets the data that
the handler returned, held to its declared type, and returns text, bytes or a
`Response`. Who accepts none of the offers is told so with 406.

Source: RFC 9110, section 12.5.1.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from segue.core.errors import NotAcceptable
from segue.core.handlers.answers import status_of, to_response
from segue.core.handlers.plan import Plan
from segue.core.handlers.showing import answer_shower
from segue.core.http.encoding import encode_json
from segue.core.http.request import Request
from segue.core.http.response import Response
from segue.core.types import UNSET

__all__ = ["Renderers"]

_JSON: Final = "application/json"


class Renderers:
    """Finishes the answers of one route in the form that a client wants.

    Args:
        plan: The plan of the handler, with the functions by media type.
    """

    def __init__(self, plan: Plan) -> None:
        offered: Mapping[str, Callable[[Any], Any]] = plan.renderers
        self._functions = {_JSON: encode_json, **offered}
        self._status = plan.status
        self._hold = None if plan.returns is UNSET else answer_shower(plan.returns)

    def __call__(self, answer: Any, request: Request) -> Response:
        """Make the `Response` of an answer.

        Raises:
            NotAcceptable: The client accepts none of the forms there are.
        """
        data, status = status_of(answer, self._status)
        if isinstance(data, Response) or data is None:
            response = to_response(data, status)
        else:
            response = self._rendered(data, status, request)
        response.vary("accept")
        return response

    def _rendered(self, data: Any, status: int | None, request: Request) -> Response:
        chosen = request.accepts(*self._functions)
        if chosen is None:
            offers = ", ".join(self._functions)
            raise NotAcceptable(
                f"This can be had as {offers}.", headers={"vary": "accept"}
            )
        held = data if self._hold is None else self._hold(data)
        made = self._functions[chosen](held)
        if isinstance(made, Response):
            return to_response(made, status)
        return Response(made, status or 200, media_type=chosen)
