"""Webhooks and callbacks: requests that this API sends, told by a signature.

    def order_shipped(event: Shipped) -> None:
        '''Sent when an order is on its way.'''

    OpenAPI(webhooks={"order-shipped": order_shipped})

    @app.post("/watch", callbacks={"shipped": {"{$request.body#/url}": order_shipped}})

Nobody calls the function. It is read as the handler of POST; a mark such as
`@put(summary=...)` says another method, and has the options of a route.
"""

from collections.abc import Callable, Mapping
from typing import Any

from segue.core.handlers.build import build_plan
from segue.core.handlers.marks import Mark, marks_of
from segue.core.handlers.surroundings import Surroundings
from segue.openapi.operations import Operations

__all__ = ["callbacks_of", "message_item"]

_POST = Mark("", frozenset({"POST"}), {})


def message_item(
    function: Callable[..., Any], operations: Operations, name: str | None = None
) -> dict[str, Any]:
    """Build the Path Item Object of a request that is sent.

    Args:
        function: Its signature says what is sent.
        operations: Builds the operation.
        name: The id of the operation; none for a callback, which has a name for
            each operation that it belongs to.
    """
    item: dict[str, Any] = {}
    for mark in marks_of(function) or (_POST,):
        methods = sorted(mark.methods or {"POST"})
        for method in methods:
            around = Surroundings(methods=frozenset({method}))
            plan = build_plan(function, around, mark.options)
            made = operations.of_message(plan, mark.options)
            suffix = f"_{method.lower()}" if len(methods) > 1 else ""
            called = {"operationId": f"{name}{suffix}"} if name else {}
            item[method.lower()] = {**called, **made}
    return item


def callbacks_of(
    callbacks: Mapping[str, Any], operations: Operations
) -> dict[str, Any]:
    """Build the Callback Objects of an operation.

    Args:
        callbacks: By name the address, an expression such as
            `{$request.body#/url}`, with the function that tells what is sent there.
        operations: Builds the operations.
    """
    return {
        name: {
            address: message_item(function, operations)
            for address, function in addresses.items()
        }
        for name, addresses in callbacks.items()
    }
