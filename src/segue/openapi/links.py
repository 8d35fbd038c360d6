"""Links: how the answer of one operation leads to another.

    @app.post("/orders", links={"order": Link(show, id="$response.body#/id")})

Source: OpenAPI 3.1, Link Object.
"""

from collections.abc import Callable, Mapping
from typing import Any

from segue.core.errors import RouteError
from segue.core.handlers.places import place_of

__all__ = ["Link"]


class Link:
    """A way on from an answer.

    Args:
        to: The handler of the other operation, or the operation's id.
        description: One sentence.
        body: An expression for the body to send.
        parameters: Expressions for the parameters of the other operation.
    """

    def __init__(
        self,
        to: Callable[..., Any] | str,
        /,
        *,
        description: str | None = None,
        body: Any = None,
        **parameters: Any,
    ) -> None:
        self.to = to
        self.description = description
        self.body = body
        self.parameters = parameters

    def document(self, ids: Mapping[Callable[..., Any], str]) -> dict[str, Any]:
        """Build the Link Object.

        Raises:
            RouteError: The handler has no operation in the document.
        """
        target = self.to if isinstance(self.to, str) else ids.get(_plain(self.to))
        if target is None:
            raise RouteError(
                "SG-OAPI-003",
                f"A link leads to {self.to!r}, which is no operation of the document.",
                why="A client could not follow it.",
                fix="Name the handler of a route that the document has.",
                where=(place_of(self.to),),
            )
        said = {
            "operationId": target,
            "description": self.description,
            "parameters": self.parameters,
            "requestBody": self.body,
        }
        return {name: value for name, value in said.items() if value}


def _plain(function: Any) -> Any:
    return getattr(function, "__func__", function)
