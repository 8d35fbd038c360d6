"""Entries: each route compiled when it is first asked for, with what surrounds it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from segue.core.handlers.brought import brought_provider
from segue.core.handlers.build import build_plan
from segue.core.handlers.compile import Call, compile_plan
from segue.core.handlers.draft import Tools
from segue.core.handlers.messages import messages_of
from segue.core.handlers.plan import Source
from segue.core.handlers.surroundings import Surroundings
from segue.core.handlers.usage import Usage
from segue.core.http.limits import Limits
from segue.core.kernel.chain import Chain, Served
from segue.core.kernel.entry import Entry, Hook, colour_of
from segue.core.kernel.kernel import Configuration
from segue.core.kernel.middleware import Layer
from segue.core.kernel.providers import depended
from segue.core.kernel.scope import Wanted
from segue.core.kernel.steps import Colour
from segue.core.routing.route import Route

__all__ = ["Entries"]


class Entries:
    """Makes the entries of routes, and the factories that scopes call.

    Args:
        served: The routes, by their identity.
        root: What surrounds every route, and an answer that no route gives.
        tools: What written functions use of the app.
        configuration: What the app was told about its surroundings.
        afters: Hooks on every answer.
        is_watched: Something looks at every request, so that none is plain.
    """

    def __init__(
        self,
        served: Mapping[int, Served],
        root: Chain,
        tools: Tools,
        configuration: Configuration,
        afters: Sequence[Hook],
        *,
        is_watched: bool,
    ) -> None:
        self._served = served
        self._root = root
        self._tools = tools
        self._configuration = configuration
        self._afters = afters
        self._is_watched = is_watched
        self._entries: dict[int, Entry] = {}
        self._factories: dict[Any, Call] = {}

    def entry_for(self, route: Route) -> Entry:
        """Compile a route, once."""
        entry = self._entries.get(id(route))
        if entry is None:
            entry = self._entries[id(route)] = self._entry(route)
        return entry

    def _entry(self, route: Route) -> Entry:
        served = self._served[id(route)]
        chain, options = served.chain, route.options
        layers = (*chain.layers, *served.layers)
        call = compile_plan(
            served.plan,
            self._tools,
            answers=not served.declared.is_socket,
            scoped=self._asked_around(served, (*layers, *chain.befores)),
        )
        entry = Entry(
            route=route,
            call=call,
            colour=colour_of(call),
            layers=layers,
            befores=chain.befores,
            errors=chain.errors,
            limits=self._limits(options.get("body_limit")),
            timeout=options.get("timeout", self._configuration.timeout),
            path_names=served.path_names,
            messages=messages_of(served.plan) if served.declared.is_socket else None,
        )
        return self._coloured(entry)

    def _asked_around(
        self, served: Served, around: Sequence[Layer | Hook]
    ) -> frozenset[Any]:
        """Find what hooks ask for as well as the handler, with what that needs."""
        if served.declared.is_socket:  # hooks are for requests
            return frozenset()
        asked = {
            (argument.key, argument.optional)
            for hook in (*around, *self._afters)
            for argument in hook.call.plan.everything
            if argument.source is Source.PROVIDER
        }
        # What they need themselves is among it: a plan has all that is made for it.
        wanted = (one.wanted for one in served.plan.provided)
        return frozenset(each for each in wanted if each in asked)

    def _limits(self, body: int | None) -> Limits:
        limits = self._configuration.limits
        return limits if body is None else limits.replace(body=body)

    def outer(self) -> Entry:
        """Make the entry of an answer that no route gives."""

        def nothing() -> None:
            """Stand where a handler would be."""

        plan = build_plan(nothing, Surroundings(), {"inline": True})
        entry = Entry(
            route=None,
            call=compile_plan(plan, self._tools),
            colour=Colour.LIGHT,
            layers=self._root.layers,
            errors=self._root.errors,
            limits=self._configuration.limits,
        )
        return self._coloured(entry)

    def edge(self) -> Entry:
        """Make the entry of an answer before anything of the app was asked."""
        is_async = any(hook.is_async for hook in self._afters)
        return msgspec.structs.replace(
            self.outer(), layers=(), errors=(), is_async=is_async
        )

    def _coloured(self, entry: Entry) -> Entry:
        answering = [hook for known in entry.errors for hook in known.values()]
        hooks = (*entry.befores, *answering, *self._afters)
        surrounded = (
            entry.layers
            or entry.befores
            or self._afters
            or entry.timeout is not None
            or self._is_watched
        )
        around: tuple[Layer | Hook, ...] = (*entry.layers, *hooks)
        is_async = entry.colour is Colour.ASYNC or any(e.is_async for e in around)
        blocking = [hook for hook in hooks if hook.step.colour is Colour.BLOCKING]
        blocks = blocking or any(layer.blocks for layer in entry.layers)
        return msgspec.structs.replace(
            entry,
            is_async=is_async,
            is_light=entry.colour is Colour.LIGHT and not is_async and not blocks,
            is_plain=not surrounded,
        )

    # -- what scopes ask for

    def factory_for(
        self, route: Route | None, has_request: bool, wanted: Wanted
    ) -> Call:
        """Compile the factory of what a hook, a command ... asks for, once.

        Raises:
            PlanError: Nothing provides it.
        """
        key = (id(route), has_request, wanted)
        if key not in self._factories:
            self._factories[key] = self._factory(route, wanted, has_request=has_request)
        return self._factories[key]

    def _factory(
        self, route: Route | None, wanted: Wanted, *, has_request: bool
    ) -> Call:
        served = None if route is None else self._served[id(route)]
        known = self._root.providers if served is None else served.chain.providers
        key = wanted[0]
        provider = known.get(key) or brought_provider(key) or depended(key)
        around = Surroundings(
            path=() if served is None else served.path_names,
            methods=frozenset({"GET"}),
            app=self._tools.values,
            request=has_request,
            input=has_request,
            providers=known,
            usage=Usage() if served is None else served.plan.usage,
        )
        plan = build_plan(provider.factory, around, {"inline": provider.inline})
        scoped = frozenset(one.wanted for one in plan.provided)
        return compile_plan(plan, self._tools, answers=False, scoped=scoped)
