"""A map of the app: everything it has, as plain data, for people and programs.

Whoever reads it needs no import of the app: what answers, with what arguments, what is
made for it by whom, who lets it pass, what stands around it, what else the app has.
"""

from collections.abc import Iterable
from typing import Any

from segue.core.handlers.plan import Argument, Plan, Provided, type_name
from segue.core.kernel.entry import Hook
from segue.core.kernel.kernel import Kernel
from segue.core.kernel.middleware import Layer
from segue.core.routing.route import Route
from segue.core.types import UNSET

__all__ = ["map_app"]


def map_app(kernel: Kernel) -> dict[str, Any]:
    """Describe a whole app, ready for JSON."""
    app = kernel.app
    return {
        "routes": [_route(kernel, route) for route in kernel.table],
        "shared": [_function(each.call.plan) for each in kernel.lifecycle.shared],
        "around": _around(kernel),
        "listeners": {
            event.__name__: [_function(hook.call.plan) for hook in hooks]
            for event, hooks in kernel.listeners.items()
        },
        "commands": sorted(kernel.commands),
        "extensions": [type(one).__name__ for one in app.extensions.values()],
        "settings": _settings(app),
    }


def _route(kernel: Kernel, route: Route) -> dict[str, Any]:
    plan = kernel.served_for(route).plan
    entry = kernel.entry_for(route)
    return {
        "methods": None if route.methods is None else sorted(route.methods),
        "path": str(route.pattern),
        "host": None if route.host is None else str(route.host),
        "when": [str(predicate) for predicate in route.predicates],
        "name": route.name,
        **_function(plan),
        "guards": [_function(guard) for guard in plan.guards],
        "providers": [_provided(one) for one in plan.provided],
        "middleware": _named(entry.layers),
        "before": _named(entry.befores),
        "answer": None if plan.returns is UNSET else type_name(plan.returns),
        "status": entry.status,
        "runs": entry.colour.value,
        "options": {
            name: repr(value)
            for name, value in route.options.items()
            if name not in {"allow", "middleware"}
        },
    }


def _function(plan: Plan) -> dict[str, Any]:
    return {
        "function": plan.name,
        "place": plan.place,
        "arguments": [_argument(argument) for argument in plan.arguments],
    }


def _argument(argument: Argument) -> dict[str, Any]:
    return {
        "name": argument.name,
        "type": argument.type,
        "from": argument.source.value,
        "wire": argument.wire,
        "required": argument.default is UNSET,
    }


def _provided(one: Provided) -> dict[str, Any]:
    return {
        "type": one.type,
        "lives": one.provider.scope,
        **_function(one.plan),
    }


def _around(kernel: Kernel) -> dict[str, Any]:
    return {
        "middleware": _named(kernel.outer.layers),
        "after": _named(kernel.surface.afters),
        "teardown": _named(kernel.teardowns),
    }


def _named(hooks: Iterable[Hook | Layer]) -> list[str]:
    return [f"{each.call.plan.name}() at {each.call.plan.place}" for each in hooks]


def _settings(app: Any) -> dict[str, str]:
    loaded = app.loaded_settings
    # Where each comes from; no value, since one may be a secret.
    return {} if loaded is None else {k: str(v) for k, v in loaded.origins.items()}
