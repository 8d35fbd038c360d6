"""One operation: a route, read from its frozen plan.

Source: OpenAPI 3.1, Operation Object.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

import msgspec

from segue.core.handlers.docstring import docstring_of
from segue.core.handlers.options import several
from segue.core.handlers.plan import Plan
from segue.core.kernel.chain import Served
from segue.core.routing.pattern import Pattern
from segue.core.routing.route import Route
from segue.core.schema.jsonschema import JsonSchemas
from segue.openapi.bodies import body_of
from segue.openapi.information import docs_object
from segue.openapi.links import Link
from segue.openapi.parameters import parameters_of
from segue.openapi.paths import host_server
from segue.openapi.problems import Problems, Surrounded, errors_of
from segue.openapi.responses import responses_of
from segue.openapi.security import Requirement, Scheme, combined, requirements_of

__all__ = ["Operations"]

_SUCCESS: Final = ("2", "3")


class Operations:
    """Builds the operations of one document, and collects what they share.

    Args:
        schemas: Builds the schemas of all of them.
        security: What every operation asks for.
        msgpack: Tell of bodies of msgpack.

    Attributes:
        tags: The tags that were met, in their order.
        schemes: The security schemes that were met, by their name.
        ids: The id of the operation of a handler.
    """

    def __init__(
        self,
        schemas: JsonSchemas,
        security: Iterable[Scheme] = (),
        *,
        msgpack: bool = False,
    ) -> None:
        self.schemas = schemas
        self._msgpack = msgpack
        self._problems = Problems()
        self.tags: dict[str, None] = {}
        self.schemes: dict[str, Scheme] = {}
        self.ids: dict[Callable[..., Any], str] = {}
        self._general = tuple(Requirement(each) for each in security)
        self.security = self._named([(each,) for each in self._general])

    def of_route(self, route: Route, served: Served) -> dict[str, Any]:
        """Build the operation of a route."""
        whole = Surrounded.of(served)
        made = self._build(whole, route.pattern, route.options, served.chain.errors)
        if route.host is not None:
            made["servers"] = [host_server(route.host)]
        return made

    def of_message(self, plan: Plan, options: Mapping[str, Any]) -> dict[str, Any]:
        """Build the operation of a webhook or a callback: its signature is enough."""
        made = self._build(Surrounded(plan), None, options, ())
        declared = {"200", *(str(status) for status in options.get("responses", ()))}
        # How the other side refuses is its own affair.
        made["responses"] = {
            status: response
            for status, response in made["responses"].items()
            if status in declared or status[0] in _SUCCESS
        }
        return made

    def _build(
        self,
        whole: Surrounded,
        pattern: Pattern | None,
        options: Mapping[str, Any],
        handlers: Any,
    ) -> dict[str, Any]:
        plans = (whole.plan, *whole.helpers)
        security, hidden = self.credentials(whole)
        secured = bool(security) and {} not in security
        whole = msgspec.structs.replace(whole, secured=secured)
        operation: dict[str, Any] = self._words(whole.plan, options)
        if parameters := parameters_of(plans, pattern, self.schemas, hidden):
            operation["parameters"] = parameters
        if body := body_of(whole.plan, self.schemas, msgpack=self._msgpack):
            operation["requestBody"] = body
        operation["responses"] = responses_of(
            whole.plan,
            errors_of(whole, options),
            handlers,
            options.get("responses", {}),
            self.schemas,
            self._problems,
        )
        if security:
            operation["security"] = security
        self._add_links(operation, options)
        return _joined(operation, options.get("openapi", {}))

    def _words(self, plan: Plan, options: Mapping[str, Any]) -> dict[str, Any]:
        told = docstring_of(plan.function)
        summary = options.get("summary") or told.summary.removesuffix(".")
        rest = told.text.partition("\n\n")[2].strip()
        description = options.get("description") or rest
        tags = list(dict.fromkeys(several(options.get("tags", ()))))
        self.tags |= dict.fromkeys(tags)
        said = {
            "tags": tags,
            "summary": summary or plan.name.replace("_", " ").strip().capitalize(),
            "description": description,
            "externalDocs": docs_object(options.get("external_docs")),
            "deprecated": options.get("deprecated", False),
        }
        return {name: value for name, value in said.items() if value}

    # -- credentials

    def credentials(self, whole: Surrounded) -> tuple[list[Any], set[tuple[str, str]]]:
        """Tell what a client has to send, and which values of a request that is."""
        choices = self._choices(whole)
        hidden = {need.scheme.place for each in choices for need in each}
        return self._named(choices), hidden

    def _choices(self, whole: Surrounded) -> list[tuple[Requirement, ...]]:
        """Find what a client has to send, as the choices that it has."""
        optional = {id(one.plan): one.optional for one in whole.plan.provided}
        choices = [
            (requirements_of(plan.function), optional.get(id(plan), False))
            for plan in (whole.plan, *whole.helpers)
        ]
        wanted = combined(choices)
        if not wanted and self._general:
            return [(each,) for each in self._general]
        return wanted

    def _named(self, choices: Iterable[tuple[Requirement, ...]]) -> list[Any]:
        return [
            {self._name(need.scheme): list(need.scopes) for need in each}
            for each in choices
        ]

    def _name(self, scheme: Scheme) -> str:
        key, number = scheme.key, 1
        while self.schemes.setdefault(key, scheme) != scheme:
            number += 1
            key = f"{scheme.key}{number}"
        return key

    # -- what leads from one operation to another

    def _add_links(self, operation: dict[str, Any], options: Mapping[str, Any]) -> None:
        links: Mapping[str, Link] = options.get("links", {})
        if not links:
            return
        made = {name: link.document(self.ids) for name, link in links.items()}
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                response["links"] = made


def _joined(one: dict[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Put the members of an object into another, at every depth."""
    for name, value in other.items():
        known = one.get(name)
        if isinstance(known, dict) and isinstance(value, Mapping):
            _joined(cast("dict[str, Any]", known), cast("Mapping[str, Any]", value))
        else:
            one[name] = value
    return one
