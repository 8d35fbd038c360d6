"""The Kernel: a frozen app, ready to answer.

It holds what every protocol needs and does what all of them do alike: check the
host, match, make entries, walk, tell of a miss, run what comes after an answer. It
knows no wire format.
"""

import inspect
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import msgspec

from segue.core.errors import (
    BadRequest,
    MethodNotAllowed,
    NotFound,
    NotImplementedHere,
    ServiceUnavailable,
)
from segue.core.handlers.compile import Call
from segue.core.handlers.draft import Tools
from segue.core.http.bodies import on_event_loop
from segue.core.http.hosts import HostRule, valid_host
from segue.core.http.limits import Limits
from segue.core.http.proxies import ProxyTrust
from segue.core.http.request import Exchange, Request
from segue.core.http.response import Response
from segue.core.kernel.access import AccessLog
from segue.core.kernel.chain import Served
from segue.core.kernel.current import current, find_request
from segue.core.kernel.entry import Entry, Hook
from segue.core.kernel.events import AppStarted, AppStopped, RequestFinished
from segue.core.kernel.lifecycle import Lifecycle
from segue.core.kernel.loop import BackgroundLoop
from segue.core.kernel.loopwatch import LoopWatch
from segue.core.kernel.scope import Scope, Wanted
from segue.core.kernel.sockets import OpenSockets
from segue.core.kernel.steps import Colour, Failure, Step, Walk, drive, drive_async
from segue.core.kernel.threads import WorkerThreads
from segue.core.kernel.walk import Surface, hook_inputs, settle, walk
from segue.core.routing.matcher import Matcher, Miss
from segue.core.routing.route import Route
from segue.core.routing.table import RouteTable
from segue.core.types import WEBSOCKET

__all__ = ["Configuration", "Kernel", "Target"]

E = TypeVar("E")

_USUAL = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"}
)
_WEBDAV = frozenset({"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE"})
_FURTHER = frozenset({"LOCK", "UNLOCK", "REPORT", "SEARCH", "PURGE", "LINK", "UNLINK"})
KNOWN_METHODS = _USUAL | _WEBDAV | _FURTHER
"""What is 405 where a path does not answer it; any other word is 501."""

_REMEMBERED_HOSTS = 1000


class Configuration(msgspec.Struct, frozen=True):
    """What the app was told about its surroundings.

    Attributes:
        hosts: The hosts that are served.
        timeout: Seconds a handler may take; None for as long as it wants.
    """

    debug: bool = False
    hosts: HostRule | None = None
    proxies: ProxyTrust | None = None
    limits: Limits = msgspec.field(default_factory=Limits)
    timeout: float | None = None
    access_log: bool = False
    watch_loop: bool = False
    stream_budget: int = 16 * 1024 * 1024


class Target(Generic[E]):
    """A route at the end of the matcher; its endpoint compiles itself when first used.

    Attributes:
        endpoint: The protocol's short way to the handler, or its way into the walk.
    """

    __slots__ = ("_entry_for", "_make", "endpoint", "route")

    def __init__(
        self,
        route: Route,
        entry_for: Callable[[Route], Entry],
        make: Callable[[Entry], Callable[..., E]],
    ) -> None:
        self.route = route
        self._entry_for = entry_for
        self._make = make
        self.endpoint: Callable[..., E] = self._first

    @property
    def entry(self) -> Entry:
        """The route with what surrounds it."""
        return self._entry_for(self.route)

    def _first(self, *arguments: Any) -> E:
        self.endpoint = self._make(self.entry)
        return self.endpoint(*arguments)


class Kernel(msgspec.Struct, eq=False):
    """A frozen app.

    Attributes:
        served_for: Finds what was declared for a route and around it.
        factory_for: Finds the compiled factory of what a provider makes.
        provided: The keys of all providers.
        outer: The entry of an answer that no route gives, with the app's middleware.
        edge: The entry of an answer before anything of the app was asked.
        known_hosts: Hosts that were found valid and allowed; bounded.
    """

    app: Any
    configuration: Configuration
    table: RouteTable
    served_for: Callable[[Route], Served]
    entry_for: Callable[[Route], Entry]
    surface: Surface
    outer: Entry
    edge: Entry
    lifecycle: Lifecycle
    threads: WorkerThreads
    loop: BackgroundLoop
    tools: Tools
    factory_for: Callable[[Route | None, bool, Wanted], Call]
    provided: frozenset[Any] = frozenset()
    teardowns: tuple[Hook, ...] = ()
    listeners: Mapping[type, Sequence[Hook]] = msgspec.field(
        default_factory=dict[type, Any]
    )
    commands: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])
    access: AccessLog | None = None
    sockets: OpenSockets = msgspec.field(default_factory=OpenSockets)
    known_hosts: set[Any] = msgspec.field(default_factory=set[Any])
    _watch: Any = None

    @property
    def values(self) -> Mapping[Any, Any]:
        """The values of the app by type; a test may replace one."""
        return self.tools.values

    def new_scope(self, request: Request | None = None) -> Scope:
        """Make the scope of a request, or of work without one."""
        route = None if request is None else request.route
        find = partial(self.factory_for, route, request is not None)
        return Scope(find, self.values, self.threads.complete, request)

    def scope_of(self, request: Request) -> Scope:
        """Find the scope of a request, or make it."""
        if request.scope is None:
            request.scope = self.new_scope(request)
        scope: Scope = request.scope
        return scope

    def targets(self, make: Callable[[Entry], Callable[..., E]]) -> Matcher[Target[E]]:
        """Build the matcher of one protocol, whose leaves are `Target`s."""
        return self.table.compile(lambda route: Target(route, self.entry_for, make))

    def check_host(self, host: str | None) -> None:
        """Demand one valid and allowed host; remember it for the next time.

        Raises:
            BadRequest: There is none, it is malformed, or it is not served here.
        """
        if not host or not valid_host(host):
            raise BadRequest("The request must name one valid host.")
        rule = self.configuration.hosts
        if rule is not None and not rule.allows(host):
            raise BadRequest("This host is not served here.")
        self.remember_host(host)

    def remember_host(self, host: str | bytes) -> None:
        """Know a host again that was found valid and allowed, within a bound."""
        if len(self.known_hosts) < _REMEMBERED_HOSTS:
            self.known_hosts.add(host)

    def check_path(self, path: str, method: str) -> None:
        """Demand a target that was a path and was decoded without loss.

        Raises:
            BadRequest: It is no path, has a NUL, or was not UTF-8.
        """
        if path == "*" and method == "OPTIONS":
            return
        if not path.startswith("/") or "\0" in path or "\ufffd" in path:
            raise BadRequest("The target of the request is malformed.")

    def request(
        self,
        exchange: Exchange,
        entry: Entry | None = None,
        values: tuple[Any, ...] = (),
    ) -> Request:
        """Make the request of an exchange, and put it to work here."""
        request = Request(
            exchange,
            limits=self.configuration.limits if entry is None else entry.limits,
            app=self.app,
            proxies=self.configuration.proxies,
            values=dict(zip(entry.path_names, values, strict=False)) if entry else {},
        )
        request.route = entry.route if entry is not None else None
        current.set(request)
        return request

    def request_again(
        self, raw: object, entry: Entry, values: tuple[Any, ...]
    ) -> Request | None:
        """Find the request that a handler on the short way had, if it had one.

        The same one must meet whoever comes behind the handler: it has the files to
        be closed, the state, and the id that the handler may have logged.
        """
        request = find_request()
        if request is None or request.raw is not raw:
            return None
        if request.route is not entry.route:
            return None
        request.values = dict(zip(entry.path_names, values, strict=False))
        return request

    def miss(self, request: Request, miss: Miss) -> Entry:
        """Make the entry that tells of a miss: 404, 405, a redirect, OPTIONS."""
        method = request.method
        allowed = sorted(miss.allowed - {WEBSOCKET})
        answer: Response | Exception
        if miss.redirect is not None:
            answer = Response(status=308)
            target = quote(request.root_path + miss.redirect, safe="/:@!$&'()*+,;=-._~")
            query = f"?{request.query_string}" if request.query_string else ""
            answer.headers["location"] = target + query
        elif method not in KNOWN_METHODS:
            answer = NotImplementedHere("This method is not known here.")
        elif request.path == "*":
            # The server as a whole was asked; RFC 9110, section 9.3.7.
            answer = Response(status=204, headers={"allow": ", ".join(sorted(_USUAL))})
        elif not allowed:
            answer = NotFound()
        else:
            allow = ", ".join(sorted({*allowed, "OPTIONS"}))
            if method == "OPTIONS":
                answer = Response(status=204, headers={"allow": allow})
            else:
                answer = MethodNotAllowed(headers={"allow": allow})
        return self.outer.telling(answer)

    def needs_request(self, response: Response) -> bool:
        """Tell whether a response looks at its request before it leaves."""
        return response.kind == "file" or response.conditional

    def settle(self, response: Response, request: Request | None) -> None:
        """Find the address of a redirect; answer the request's conditions."""
        settle(self.surface, response, request)

    def answer(
        self,
        request: Request,
        entry: Entry,
        values: tuple[Any, ...] = (),
        failure: Exception | None = None,
    ) -> Response:
        """Walk from sync code; async steps are one task on the background loop.

        Args:
            request: The request.
            entry: Where it goes.
            values: The values of the path.
            failure: What the short way already ran into.
        """
        steps = self._walk(request, entry, values, failure)
        if not entry.is_async:
            made: Response = drive(steps)
            return made
        response: Response = self.loop.run(self._timed(steps, request, entry))
        return response

    async def aanswer(
        self,
        request: Request,
        entry: Entry,
        values: tuple[Any, ...] = (),
        failure: Exception | None = None,
    ) -> Response:
        """Walk on an event loop; a walk without async steps is one call of a worker."""
        steps = self._walk(request, entry, values, failure)
        call = entry.call
        waits = entry.is_async or (entry.is_light and (call.body or call.reads_ahead))
        if waits or failure is not None or entry.timeout is not None:
            begun = failure is not None
            return await self._timed(steps, request, entry, begun=begun)
        if entry.is_light:
            made: Response = drive(steps)
            return made
        try:
            response: Response = await self.threads.run(drive, steps)
        except ServiceUnavailable as full:
            return await self.aanswer(request, self.edge, (), full)
        return response

    def _walk(
        self,
        request: Request,
        entry: Entry,
        values: tuple[Any, ...],
        failure: Exception | None,
    ) -> Walk:
        if self.is_measured:
            request.state.segue_started = time.perf_counter()
        wrong = None if failure is None else Failure(failure)
        return walk(self.surface, entry, request, values, wrong)

    async def _timed(
        self, steps: Walk, request: Request, entry: Entry, *, begun: bool = False
    ) -> Response:
        work = drive_async(steps, self.threads, begun=begun)
        if entry.timeout is None:
            whole: Response = await work
            return whole
        import asyncio  # noqa: PLC0415 - only apps with async code pay for it

        try:
            async with asyncio.timeout(entry.timeout):
                timely: Response = await work
                return timely
        except TimeoutError:
            # Of the clock: what a handler raises is an answer by now.
            words = "This took too long."
        late = ServiceUnavailable(words, headers={"retry-after": "1"})
        edge = walk(self.surface, self.edge, request, (), Failure(late))
        refused: Response = await drive_async(edge, self.threads, begun=True)
        return refused

    # -- start, stop, events

    def start(self) -> None:
        """Start the lifespans, from sync code."""
        if self.lifecycle.start():
            self.emit(AppStarted(self.app))

    def stop(self) -> None:
        """Stop the lifespans, the worker threads and the background loop."""
        self.sockets.end_streams()
        if self.lifecycle.stop():
            self.emit(AppStopped(self.app))
        self.threads.stop()
        self.loop.stop()
        self.sockets.stopping = False

    async def astart(self) -> None:
        """Start the lifespans on the running loop."""
        if await self.lifecycle.astart():
            if self.configuration.watch_loop:
                self._begin_watch()
            await self.aemit(AppStarted(self.app))

    async def astop(self) -> None:
        """Close the sockets, stop the lifespans and the worker threads."""
        await self.sockets.close()
        if self._watch is not None:
            self._watch.stop()
        if await self.lifecycle.astop():
            await self.aemit(AppStopped(self.app))
        self.threads.stop()
        self.sockets.stopping = False

    def _begin_watch(self) -> None:
        import asyncio  # noqa: PLC0415 - only apps with async code pay for it

        self._watch = LoopWatch(asyncio.get_running_loop())
        self._watch.start()

    def emit(self, event: Any) -> None:
        """Call who listens to an event; the first error ends it."""
        for hook in self._listening(event):
            if hook.is_async:
                self.loop.run(self._tell(hook, event))
                continue
            scope = self.new_scope()
            try:
                hook.step.function(*event_inputs(hook, event, scope))
            except Exception as error:
                scope.error = error
                raise
            finally:
                scope.close()

    async def aemit(self, event: Any) -> None:
        """Call who listens to an event; sync listeners in a worker thread."""
        for hook in self._listening(event):
            await self._tell(hook, event)

    async def _tell(self, hook: Hook, event: object) -> None:
        scope = self.new_scope()
        inputs = event_inputs(hook, event, scope)
        try:
            if hook.is_async:
                await hook.step.function(*inputs)
            else:
                await self.threads.complete(hook.step.function, *inputs)
        except Exception as error:
            scope.error = error
            raise
        finally:
            await scope.aclose()

    def _listening(self, event: object) -> Sequence[Hook]:
        return self.listeners.get(type(event), ())

    def needs_asgi(self) -> str | None:
        """Name the line that makes WSGI not enough; None when WSGI is enough."""
        for route in self.table:
            plan = self.served_for(route).plan
            if WEBSOCKET in (route.methods or ()):
                return f"{route.place} is a WebSocket"
            if plan.is_async:
                return f"{route.place} is async"
        proxies = self.configuration.proxies
        if proxies is not None and proxies.networks:
            # Granian's WSGI lets X_Forwarded_For pass for X-Forwarded-For.
            return "it trusts proxies, whose headers WSGI cannot tell from forged ones"
        return None

    def streams(self) -> bool:
        """Tell whether some handler is a generator."""
        return any(self.served_for(route).plan.is_generator for route in self.table)

    def is_endless(self, response: Response) -> bool:
        """Tell whether an answer is a stream of events, which no stop waits for."""
        kind = response.headers.get("content-type") or ""
        return kind.startswith("text/event-stream")

    @property
    def is_measured(self) -> bool:
        """Whether somebody wants to know how long a request took."""
        return self.access is not None or RequestFinished in self.listeners

    def has_aftermath(self, response: Response) -> bool:
        """Tell whether something is to be done when the answer was sent."""
        return bool(
            response.background
            or self.teardowns
            or self.access is not None
            or RequestFinished in self.listeners
        )

    def finish(
        self, request: Request, response: Response, error: Exception | None = None
    ) -> None:
        """Do what comes after an answer: calls, teardowns, listeners, access log."""
        for step, arguments in self._aftermath(request, response, error):
            try:
                if step.colour is Colour.ASYNC:
                    self.loop.run(_awaited(step, arguments))
                else:
                    step.function(*arguments)
            except Exception as failed:
                self.surface.faults.write(failed, request)

    async def afinish(
        self, request: Request, response: Response, error: Exception | None = None
    ) -> None:
        """Do what comes after an answer, on an event loop."""
        for step, arguments in self._aftermath(request, response, error):
            try:
                if step.colour is Colour.ASYNC:
                    await step.function(*arguments)
                elif step.colour is Colour.BLOCKING:
                    await self.threads.complete(step.function, *arguments)
                else:
                    step.function(*arguments)
            except Exception as failed:
                self.surface.faults.write(failed, request)

    def _aftermath(
        self, request: Request, response: Response, error: Exception | None
    ) -> Iterator[tuple[Step, tuple[Any, ...]]]:
        for function, arguments, keywords in response.background:
            is_async = inspect.iscoroutinefunction(function)
            call = partial(function, *arguments, **keywords)
            yield Step(call, Colour.ASYNC if is_async else Colour.BLOCKING), ()
        for hook in self.teardowns:
            yield (
                hook.step,
                hook_inputs(self.surface, hook.call, request, response, error),
            )
        seconds = 0.0
        if self.is_measured:
            began = getattr(request.state, "segue_started", None)
            seconds = time.perf_counter() - began if began is not None else 0.0
        if RequestFinished in self.listeners:
            event = RequestFinished(request, response, seconds)
            for hook in self.listeners[RequestFinished]:
                yield hook.step, event_inputs(hook, event, self.scope_of(request))
        if self.access is not None:
            yield Step(self.access.write, Colour.LIGHT), (request, response, seconds)
        if request.scope is not None:
            scope, request.scope = request.scope, None
            is_async = on_event_loop()
            close = scope.aclose if is_async else scope.close
            yield Step(close, Colour.ASYNC if is_async else Colour.BLOCKING), ()


def event_inputs(hook: Hook, event: object, scope: Scope) -> tuple[Any, ...]:
    """Gather what a listener's function takes."""
    carried: dict[type, Any] = {type(event): event}
    inputs: tuple[Any, ...] = (carried,) if hook.call.carried else ()
    return (*inputs, scope) if hook.call.scope else inputs


async def _awaited(step: Step, arguments: tuple[Any, ...]) -> None:
    await step.function(*arguments)
