"""The document of an app: OpenAPI 3.1, built from the frozen plans of its routes.

How it works: the routes are sorted into operations (`paths`), each gets its id
(`names`), then its object (`operations`, with `parameters`, `bodies`, `responses`,
`security` for the parts). One `JsonSchemas` builds all schemas; it decides the names of
the components when the last one is there and writes them into the references, so no
schema may be copied before that.

Source: OpenAPI 3.1.1.
"""

from collections.abc import Mapping
from typing import Any, Final

from segue.core.kernel.kernel import Kernel
from segue.core.routing.route import Route
from segue.core.schema.jsonschema import JsonSchemas
from segue.core.types import WEBSOCKET
from segue.openapi.information import Information
from segue.openapi.messages import callbacks_of, message_item
from segue.openapi.names import operation_ids
from segue.openapi.operations import Operations
from segue.openapi.paths import Place, merge, places_of
from segue.openapi.schemas import worded
from segue.openapi.selection import Include, selected
from segue.openapi.sockets import socket_of

__all__ = ["build_document"]

_VERSION: Final = "3.1.0"
_ALWAYS: Final = ("paths", "security")


def build_document(
    kernel: Kernel, information: Information, include: Include = None
) -> dict[str, Any]:
    """Build the OpenAPI document of an app, ready for JSON.

    Args:
        kernel: The frozen app.
        information: What is said of the API as a whole.
        include: Which routes it has.

    Raises:
        RouteError: Two operations have one id, or a link leads nowhere.
    """
    routes = selected(kernel.table, include)
    schemas = JsonSchemas()
    operations = Operations(schemas, information.security, msgpack=information.msgpack)
    paths = _paths(kernel, places_of(routes), operations)
    webhooks = {
        name: message_item(function, operations, name)
        for name, function in information.webhooks.items()
    }
    sockets = {
        str(route.pattern): socket_of(route, kernel.served_for(route), operations)
        for route in routes
        if _is_socket(route)
    }
    members = {
        "openapi": _VERSION,
        "info": information.info(),
        "externalDocs": information.docs(),
        "servers": information.listed_servers(),
        "security": operations.security,
        "tags": _tags(operations, information.tags),
        "paths": paths,
        "webhooks": webhooks,
        "components": _components(schemas, operations),
        "x-websockets": sockets,
    }
    document = {
        name: value for name, value in members.items() if value or name in _ALWAYS
    }
    if information.amend is not None:
        information.amend(document)
    return document


def _paths(
    kernel: Kernel, places: list[Place], operations: Operations
) -> dict[str, Any]:
    def name_of(route: Route) -> str:
        return kernel.served_for(route).plan.name

    ids = operation_ids(places, name_of)
    for place in places:
        for route in place.routes:
            name = ids[place.template, place.method]
            operations.ids.setdefault(route.target, name)
    paths: dict[str, Any] = {}
    for place in places:
        item = paths.setdefault(place.template, {})
        operation = _operation(kernel, place, operations)
        called = {"operationId": ids[place.template, place.method]}
        item[place.method.lower()] = {**called, **operation}
    return paths


def _operation(kernel: Kernel, place: Place, operations: Operations) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for route in place.routes:
        one = operations.of_route(route, kernel.served_for(route))
        _rename(one, place, route)
        if callbacks := route.options.get("callbacks"):
            one["callbacks"] = callbacks_of(callbacks, operations)
        if made:
            merge(made, one)
        else:
            made = one
    return made


def _rename(operation: dict[str, Any], place: Place, route: Route) -> None:
    """Call the values of the path what the path of the document calls them."""
    own = [each.label for each in route.pattern.parameters]
    names = dict(zip(own, place.names, strict=True))
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["name"] = names[parameter["name"]]


def _is_socket(route: Route) -> bool:
    return route.methods is not None and WEBSOCKET in route.methods


def _tags(operations: Operations, described: Mapping[str, str]) -> list[dict[str, Any]]:
    """List the tags: the described ones in their order, then the others as met."""
    every = dict.fromkeys((*described, *operations.tags))
    return [
        {"name": name, "description": described[name]}
        if described.get(name)
        else {"name": name}
        for name in every
    ]


def _components(schemas: JsonSchemas, operations: Operations) -> dict[str, Any]:
    schemes = {name: each.document() for name, each in operations.schemes.items()}
    found = {"schemas": worded(schemas), "securitySchemes": schemes}
    return {name: value for name, value in found.items() if value}
