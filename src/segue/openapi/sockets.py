"""The WebSockets of an app: `x-websockets`, since a document has no place for them.

    {"/chat/{room}": {"name": "chat", "summary": ..., "parameters": [...],
                      "security": [...],
                      "receive": schema of what a client sends,
                      "send": schema of what a client gets}}

Members that have nothing to say are left out; the two schemas are always there.
"""

import typing
from typing import Any

from segue.core.handlers.docstring import docstring_of
from segue.core.handlers.plan import Plan, Source
from segue.core.kernel.chain import Served
from segue.core.routing.route import Route
from segue.core.schema.describe import describe
from segue.core.schema.jsonschema import JsonSchemas, Schema
from segue.core.websockets.socket import WebSocket
from segue.openapi.operations import Operations
from segue.openapi.parameters import parameters_of
from segue.openapi.problems import Surrounded

__all__ = ["socket_of"]


def socket_of(route: Route, served: Served, operations: Operations) -> dict[str, Any]:
    """Describe one WebSocket."""
    plan, schemas = served.plan, operations.schemas
    whole = Surrounded(plan)  # middleware is for requests
    plans = (plan, *whole.helpers)
    security, hidden = operations.credentials(whole)
    incoming, outgoing = _messages(plan)
    told = docstring_of(plan.function)
    said = {
        "summary": told.summary.removesuffix("."),
        "parameters": parameters_of(plans, route.pattern, schemas, hidden),
        "security": security,
    }
    return {
        "name": route.name or plan.name,
        **{name: value for name, value in said.items() if value},
        "receive": _schema(incoming, schemas, "in"),
        "send": _schema(outgoing, schemas, "out"),
    }


def _messages(plan: Plan) -> tuple[Any, Any]:
    for argument in plan.arguments:
        if argument.source is Source.CARRIED and argument.key is WebSocket:
            arguments = typing.get_args(argument.hint)
            if len(arguments) == 2:  # noqa: PLR2004 - WebSocket[In, Out]
                return arguments
    return Any, Any


def _schema(hint: Any, schemas: JsonSchemas, direction: typing.Any) -> Schema:
    return schemas.schema(describe(hint), direction)
