"""Declarations -> a Kernel, with every mistake reported at once.

The tree of groups is walked once. On the way down each group adds its prefix, host,
predicates, middleware, hooks and error handlers to what is around it (a `Chain`);
each route becomes a `Route` of the table and remembers its chain. Plans are built
here, for all routes, so that a wrong signature is found at start; functions are
compiled when a route is first asked for.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import msgspec

from segue.core.di.provider import Provider
from segue.core.errors import (
    BadRequest,
    ConfigurationError,
    HTTPError,
    Problem,
    SegueError,
    WalkError,
)
from segue.core.handlers.build import build_plan, path_hints
from segue.core.handlers.compile import Call, compile_plan
from segue.core.handlers.draft import Tools
from segue.core.handlers.options import merged_options
from segue.core.handlers.plan import Plan
from segue.core.handlers.signature import place_of, read_signature
from segue.core.handlers.surroundings import Surroundings
from segue.core.handlers.usage import Usage
from segue.core.http.hosts import HostRule
from segue.core.http.request import Request
from segue.core.http.response import Response
from segue.core.kernel.access import AccessLog
from segue.core.kernel.chain import Chain, Served
from segue.core.kernel.declarations import Declarations, DeclaredLayer, DeclaredRoute
from segue.core.kernel.entries import Entries
from segue.core.kernel.entry import Hook, hook_of
from segue.core.kernel.events import RequestFinished
from segue.core.kernel.faultlog import FaultLog
from segue.core.kernel.kernel import Configuration, Kernel
from segue.core.kernel.lifecycle import Lifecycle
from segue.core.kernel.loop import BackgroundLoop
from segue.core.kernel.middleware import Layer, arrange
from segue.core.kernel.providers import SharedValues, providers_of
from segue.core.kernel.threads import WorkerThreads
from segue.core.kernel.walk import Surface
from segue.core.routing.hosts import HostPattern
from segue.core.routing.pattern import Pattern
from segue.core.routing.registry import Converters
from segue.core.routing.route import Route
from segue.core.routing.table import RouteTable
from segue.core.types import Slashes
from segue.core.websockets.socket import WebSocket

__all__ = ["Assembly", "assemble"]

_PER_REQUEST = frozenset({RequestFinished})


class Assembly(msgspec.Struct, frozen=True):
    """What a kernel is made of.

    Attributes:
        values: The values of the app by type; filled in by the app.
        threads: How many worker threads; `waiting` calls may queue for them.
    """

    app: Any
    root: Declarations
    configuration: Configuration
    converters: Converters
    slashes: Slashes
    values: dict[type, Any]
    threads: int
    waiting: int
    faults: FaultLog
    debug_page: Callable[..., Response] | None = None
    debug_miss: Callable[..., Response] | None = None


def assemble(assembly: Assembly) -> Kernel:
    """Build the kernel of an app.

    Raises:
        ConfigurationError: Everything that is wrong with the app, together.
    """
    return _Assembler(assembly).build()


class _Assembler:
    """The one walk through the declarations."""

    def __init__(self, assembly: Assembly) -> None:
        self._from = assembly
        self._problems: list[Problem] = []
        self._table = RouteTable(slashes=assembly.slashes)
        self._served: dict[int, Served] = {}
        self._plans: dict[tuple[Any, ...], Plan] = {}
        self._provided: dict[Any, Provider] = {}
        self._names: set[str] = set()
        self._commands: dict[str, Any] = {}
        self._afters: list[Hook] = []
        self._teardowns: list[Hook] = []
        self._lifespans: list[Call] = []
        self._listeners: dict[type, list[Hook]] = {}
        self._threads = WorkerThreads(assembly.threads, assembly.waiting)
        self._tools = Tools(
            values=assembly.values,
            run=self._threads.complete,
            field_limit=assembly.configuration.limits.fields,
        )
        self._shared = SharedValues(self._compile_shared, assembly.values)

    def build(self) -> Kernel:
        """Walk, check, and put the kernel together."""
        chain = self._chain(Chain(), self._from.root, "")
        self._collect(chain, self._from.root)
        if not self._problems:
            self._problems += self._table.freeze()
        if self._problems:
            raise ConfigurationError(self._problems)
        loop, configuration = BackgroundLoop(), self._from.configuration
        entries = self._entries(chain)
        kernel = Kernel(
            app=self._from.app,
            configuration=configuration,
            table=self._table,
            served_for=lambda route: self._served[id(route)],
            entry_for=entries.entry_for,
            surface=Surface(
                afters=tuple(self._afters),
                faults=self._from.faults,
                url=self._url,
                check=self._host_check(),
                debug_page=self._from.debug_page,
                debug_miss=self._from.debug_miss,
            ),
            outer=entries.outer(),
            edge=entries.edge(),
            lifecycle=Lifecycle(self._lifespans, loop, self._shared.made),
            threads=self._threads,
            loop=loop,
            tools=self._tools,
            factory_for=entries.factory_for,
            provided=self._keys(),
            teardowns=tuple(self._teardowns),
            listeners=self._listeners,
            commands=self._commands,
            access=AccessLog() if configuration.access_log else None,
        )
        kernel.surface = msgspec.structs.replace(
            kernel.surface, scope_of=kernel.scope_of
        )
        return kernel

    def _keys(self) -> frozenset[Any]:
        """List what providers make, also those that a type brings itself."""
        made = (one.provider.key for p in self._plans.values() for one in p.provided)
        return frozenset({*self._provided, *made})

    def _entries(self, root: Chain) -> Entries:
        is_watched = (
            self._teardowns
            or self._host_check() is not None
            or self._from.configuration.access_log
            or self._listeners.keys() & _PER_REQUEST
        )
        return Entries(
            self._served,
            root,
            self._tools,
            self._from.configuration,
            self._afters,
            is_watched=bool(is_watched),
        )

    def _host_check(self) -> Callable[[Request], None] | None:
        """Make the check of hosts that a proxy tells of, where one is believed."""
        rule, proxies = self._from.configuration.hosts, self._from.configuration.proxies
        if rule is None or proxies is None or not proxies.networks:
            return None
        believed = proxies.host or proxies.style == "forwarded"
        return partial(_refuse_foreign, rule) if believed else None

    def _url(self, target: Any, /, **values: Any) -> str:
        return self._table.url(target, values)

    # -- the way down the groups

    def _chain(self, around: Chain, own: Declarations, prefix: str) -> Chain:
        found: Any = self._try(lambda: providers_of(own.providers))
        own_providers: dict[Any, Provider] = found or {}
        self._provided |= own_providers
        providers = {**around.providers, **own_providers}
        layers = self._try(
            lambda: arrange([self._layer(one, providers) for one in own.layers])
        )
        errors = {
            key: hook
            for key, function in own.errors.items()
            if (hook := self._try(lambda: self._error_hook(key, function, providers)))  # noqa: B023 - called at once
        }
        for provider in own_providers.values():
            if provider.scope == "app":
                self._try(lambda: self._shared.add(provider, providers))  # noqa: B023 - called at once
        surroundings = Surroundings(app=self._from.values, providers=providers)
        befores = self._hooks(own.befores, surroundings)
        return Chain(
            prefix=around.prefix + prefix + own.prefix,
            name=".".join(filter(None, (around.name, own.name))),
            host=own.host or around.host,
            when=(*around.when, *own.when),
            options=merged_options(around.options, own.options),
            providers=providers,
            layers=(*around.layers, *(layers or ())),
            befores=(*around.befores, *befores),
            errors=(errors, *around.errors) if errors else around.errors,
        )

    def _collect(self, chain: Chain, own: Declarations) -> None:
        values = self._from.values
        known = chain.providers
        after = Surroundings(
            app=values, carried=(Response,), input=False, providers=known
        )
        teardown = msgspec.structs.replace(after, carried=(Response, Exception))
        self._afters += self._hooks(own.afters, after)
        self._teardowns += self._hooks(own.teardowns, teardown)
        for function in own.lifespans:
            around = Surroundings(
                app=values, request=False, input=False, providers=known, lives="app"
            )
            call = self._try(lambda: self._compile(function, around))  # noqa: B023 - called at once
            self._lifespans += [call] if call else []
        for event, functions in own.listeners.items():
            around = Surroundings(
                app=values,
                carried=(event,),
                request=False,
                input=False,
                providers=known,
            )
            self._listeners.setdefault(event, []).extend(self._hooks(functions, around))
        for name, function in own.commands.items():
            if self._commands.setdefault(name, function) is not function:
                self._problems.append(
                    _two_commands(name, self._commands[name], function)
                )
        for declared in own.routes:
            self._try(lambda: self._add(chain, declared))  # noqa: B023 - called at once
        for child in own.children:
            inner = self._chain(chain, child.declarations, child.prefix)
            self._collect(inner, child.declarations)

    def _add(self, chain: Chain, declared: DeclaredRoute) -> None:
        options = merged_options(chain.options, declared.options)
        # Once for the names, which the plan asks for; then for its types.
        pattern, host = self._patterns(chain, declared, {})
        names = (*pattern.names, *(host.names if host else ()))
        fields = dict(pattern.names_with_fields)
        plan = self._plan(declared, names, fields, options, chain)
        hints = {
            f"{name}.{fields[name]}" if fields.get(name) else name: hint
            for name, hint in path_hints(plan).items()
        }
        pattern, host = self._patterns(chain, declared, hints)
        route = Route(
            pattern=pattern,
            methods=declared.methods,
            host=host,
            predicates=(*chain.when, *declared.when),
            target=declared.function,
            name=self._name(chain, declared, plan),
            place=declared.place,
            options=options,
        )
        self._table.add(route)
        layers = tuple(
            self._layer(one, chain.providers) for one in options.get("middleware", ())
        )
        self._served[id(route)] = Served(plan, chain, declared, names, layers)

    def _patterns(
        self, chain: Chain, declared: DeclaredRoute, hints: Mapping[str, Any]
    ) -> tuple[Pattern, HostPattern | None]:
        converters, where = self._from.converters, (declared.place,)
        path = chain.prefix + declared.path
        host = declared.host or chain.host
        pattern = Pattern.parse(path, converters, hints, where=where)
        if not host:
            return pattern, None
        return pattern, HostPattern.parse(host, converters, hints, where=where)

    def _plan(
        self,
        declared: DeclaredRoute,
        names: tuple[str, ...],
        fields: Mapping[str, str | None],
        options: Mapping[str, Any],
        chain: Chain,
    ) -> Plan:
        is_socket = declared.is_socket
        methods = declared.methods or frozenset({"POST"})
        guards = tuple(options.get("allow", ()))
        key = (
            declared.function,
            names,
            frozenset(fields.items()),
            methods,
            options.get("status"),
            options.get("inline"),
            id(options.get("renderers")),
            id(options.get("headers")),
            tuple(map(id, guards)),
            id(chain.providers),
            declared.owner,
            # What providers are told of the route: also a battery's own options.
            frozenset((name, id(value)) for name, value in options.items()),
        )
        if key not in self._plans:
            around = Surroundings(
                path=names,
                fields=fields,
                methods=methods,
                carried=(WebSocket,) if is_socket else (),
                app=self._from.values,
                providers=chain.providers,
                owner=declared.owner,
                usage=Usage(
                    declared.methods or frozenset(),
                    options,
                    read_signature(declared.function).is_generator,
                ),
            )
            plan = build_plan(declared.function, around, options, guards)
            if declared.owner is not None:
                self._shared.own(declared.owner, chain.providers)
            if is_socket and (plan.is_generator or not plan.is_async):
                raise _sync_socket(plan)
            self._plans[key] = plan
        return self._plans[key]

    def _name(self, chain: Chain, declared: DeclaredRoute, plan: Plan) -> str | None:
        """Name a route: as asked, else after its function if that is still free."""
        name = declared.name or plan.name
        full = f"{chain.name}.{name}" if chain.name else name
        if declared.name is None and full in self._names:
            return None
        self._names.add(full)
        return full

    # -- hooks and layers

    def _compile(self, function: Callable[..., Any], around: Surroundings) -> Call:
        plan = build_plan(function, around)
        scoped = frozenset(one.wanted for one in plan.provided)
        return compile_plan(plan, self._tools, answers=False, scoped=scoped)

    def _compile_shared(
        self, provider: Provider, known: Mapping[Any, Provider]
    ) -> Call:
        """Compile a provider that lives as long as the app."""
        around = Surroundings(
            app=self._from.values,
            request=False,
            input=False,
            providers=known,
            lives="app",
        )
        return self._compile(provider.factory, around)

    def _hooks(
        self, functions: Iterable[Callable[..., Any]], around: Surroundings
    ) -> list[Hook]:
        around = msgspec.structs.replace(around, input=False)
        calls = [self._try(lambda: self._compile(f, around)) for f in functions]  # noqa: B023 - called at once
        return [hook_of(call) for call in calls if call is not None]

    def _error_hook(
        self, key: Any, function: Callable[..., Any], known: Mapping[Any, Provider]
    ) -> Hook:
        kind = key if isinstance(key, type) else HTTPError
        around = Surroundings(
            app=self._from.values, carried=(kind,), input=False, providers=known
        )
        return hook_of(self._compile(function, around))

    def _layer(self, declared: DeclaredLayer, known: Mapping[Any, Provider]) -> Layer:
        around = Surroundings(app=self._from.values, input=False, providers=known)
        call = self._compile(declared.function, around)
        if not call.plan.is_generator:
            raise _no_generator(call.plan)
        return Layer(call, declared.before, declared.after)

    def _try(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except SegueError as error:
            self._problems.append(error.problem)
        return None


def _refuse_foreign(rule: HostRule, request: Request) -> None:
    if not rule.allows(request.host):
        raise BadRequest("This host is not served here.")


def _two_commands(name: str, first: Any, second: Any) -> Problem:
    return Problem(
        "SG-APP-006",
        f"Two functions are the command {name!r}.",
        "Only one of them could run.",
        "Give one another name: @app.command(name=...).",
        (place_of(first), place_of(second)),
    )


def _sync_socket(plan: Plan) -> SegueError:
    return WalkError(
        "SG-WALK-041",
        f"The WebSocket handler {plan.name}() is not async.",
        why="It would hold a worker thread for as long as the socket is open.",
        fix=f"Write `async def {plan.name}(...)`, without a yield.",
        where=(plan.place,),
    )


def _no_generator(plan: Plan) -> SegueError:
    return WalkError(
        "SG-WALK-023",
        f"Middleware {plan.name}() has no yield.",
        why="A middleware stands around the handler: before its yield on the way in, "
        "after it on the way out.",
        fix="Write `response = yield` in it, or register it with @app.before.",
        where=(plan.place,),
    )
