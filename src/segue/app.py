"""App: the one object that is served, over WSGI, ASGI and RSGI alike.

It is a `Group` at the root of everything, open for declarations until it is frozen:
at its first request, at its server's start, or by `freeze()`. Frozen, it has a
`Kernel`, and each protocol's callable is built when that protocol is first used.
"""

import atexit
import inspect
import os
import threading
import types
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, get_args

from segue.core.config.settings import Settings
from segue.core.errors import (
    ConfigurationError,
    Problem,
    RouteError,
    SettingsError,
    WalkError,
    did_you_mean,
)
from segue.core.handlers.options import KNOWN_OPTIONS
from segue.core.handlers.places import calling_place
from segue.core.http.hosts import HostRule
from segue.core.http.limits import Limits
from segue.core.http.proxies import ProxyTrust
from segue.core.kernel.current import current
from segue.core.kernel.faultlog import FaultLog
from segue.core.routing.registry import Converters
from segue.core.types import Extension, Slashes
from segue.group import Group

__all__ = ["App"]


class App(Group):
    """A web application.

    Args:
        settings: A class of settings; a handler that asks for the class gets them.
        debug: Show everything about an error; `segue run` switches it on. Never in
            production.
        hosts: The hosts that are served: `example.org`, `.example.org` with all
            its subdomains, `*` for any.
        proxies: Addresses or networks whose forwarded headers are believed; or a
            `ProxyTrust` that says more about them.
        limits: How much of a request is taken in.
        slashes: A path that only lacks or has a final slash: `redirect` to the one
            there is, `strict` 404, or `ignore` the difference.
        threads: Worker threads for sync handlers under ASGI and RSGI; 32 times as
            many calls may wait for one, the next is answered with 503.
        timeout: Seconds an answer may take where the route does not say.
        options: Options that its routes have unless they say otherwise, `allow` for
            example; see `Group.add`.

    Raises:
        SettingsError: One of them cannot be what it is.

    Example:
        >>> app = App()
        >>> @app.get("/")
        ... def home():
        ...     return "Hello, World!"
    """

    def __init__(
        self,
        settings: type[Settings] | None = None,
        *,
        debug: bool | None = None,
        hosts: Iterable[str] = ("*",),
        proxies: Iterable[str] | ProxyTrust = (),
        limits: Limits | None = None,
        slashes: Slashes = "redirect",
        threads: int = 16,
        timeout: float | None = None,
        **options: Any,
    ) -> None:
        _check_options(options)
        super().__init__(**options)
        _check_arguments(settings, slashes, threads, timeout)
        self.debug = bool(debug)
        self.access_log = False
        self.watch_loop = False
        self.state = types.SimpleNamespace()
        self.clock: Callable[[], datetime] = _now
        self.extensions: dict[Any, Any] = {}
        self.limits = limits or Limits()
        self.hosts = HostRule.parse(hosts)
        self.proxies = _trust(proxies)
        self.converters = Converters()
        self.slashes: Slashes = slashes
        self.threads = threads
        self.timeout = timeout
        self.settings_overrides: dict[str, Any] = {}
        self._settings_class = settings
        self._used_at: dict[Any, str] = {}
        self._converted_at: dict[Any, str] = {}
        self._frozen_at = ""
        self._loaded: Any = None
        self._kernel: Any = None
        self._faults = FaultLog()
        self._lock = threading.RLock()
        self._built: dict[str, Any] = {}
        self._wsgi: Any = self._begin_wsgi
        self._asgi: Any = self._begin_asgi
        self._rsgi: Any = self._begin_rsgi

    # -- the server's side

    def __call__(self, first: Any, second: Any = None, third: Any = None) -> Any:
        """Answer as WSGI (two arguments), ASGI 3 (three) or ASGI 2 (one)."""
        if third is not None:
            return self._asgi(first, second, third)
        if second is not None:
            return self._wsgi(first, second)
        return partial(self._asgi, first)

    def __rsgi__(self, scope: Any, protocol: Any) -> Any:
        """Answer as RSGI."""
        return self._rsgi(scope, protocol)

    def __rsgi_init__(self, loop: Any) -> None:
        """Start, on the loop of an RSGI worker."""
        loop.run_until_complete(self.kernel.astart())

    def __rsgi_del__(self, loop: Any) -> None:
        """Stop, on the loop of an RSGI worker."""
        loop.run_until_complete(self.kernel.astop())

    def _begin_wsgi(self, environ: Any, start_response: Any) -> Any:
        with self._lock:
            if self._wsgi == self._begin_wsgi:
                # Imported here: an app under ASGI never needs it, nor the reverse.
                from segue.core.protocols.wsgi import build_wsgi  # noqa: PLC0415

                self.start()
                self._wsgi = build_wsgi(self.kernel)
        return self._wsgi(environ, start_response)

    def _begin_asgi(self, scope: Any, receive: Any, send: Any) -> Any:
        # Imported here: it brings asyncio, which a WSGI app never pays for.
        from segue.core.protocols.asgi import begin_asgi, build_asgi  # noqa: PLC0415

        def ready() -> Any:
            with self._lock:
                if "asgi" not in self._built:
                    self._built["asgi"] = build_asgi(self.kernel)
            return self.kernel, self._built["asgi"]

        def started() -> None:
            self._asgi = self._built["asgi"]

        return begin_asgi(ready, started, scope, receive, send)

    def _begin_rsgi(self, scope: Any, protocol: Any) -> Any:
        # Imported here: see _begin_asgi.
        from segue.core.protocols.rsgi import begin_rsgi, build_rsgi  # noqa: PLC0415

        def ready() -> Any:
            with self._lock:
                if "rsgi" not in self._built:
                    self._built["rsgi"] = build_rsgi(self.kernel)
            return self.kernel, self._built["rsgi"]

        def started() -> None:
            self._rsgi = self._built["rsgi"]

        return begin_rsgi(ready, started, scope, protocol)

    def start(self) -> None:
        """Freeze and start the lifespans, for a server that has no start of its own.

        They are stopped by `stop()`, at the latest when the process ends.
        """
        self.kernel.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Stop the lifespans, the worker threads and the background loop."""
        atexit.unregister(self.stop)
        if self._kernel is not None:
            self._kernel.stop()

    # -- open and frozen

    @property
    def frozen(self) -> bool:
        """Whether the app takes no more declarations."""
        return self._kernel is not None

    def freeze(self) -> None:
        """Close the app for changes; build and check everything.

        Raises:
            ConfigurationError: With every mistake there is.
        """
        with self._lock:
            if self._kernel is None:
                self._kernel = self._assembled()
                self._frozen_at = calling_place()

    def _assembled(self) -> Any:
        # Imported when the app is frozen: to declare one takes none of what serves it.
        from segue.core.kernel.assemble import assemble  # noqa: PLC0415

        values: dict[type, Any] = {App: self}
        problems: list[Problem] = []
        try:
            if self._settings_class is not None:
                # Held by its class even when it cannot be loaded, so that the
                # handlers that ask for it are not told of as well.
                values[self._settings_class] = None
                values[self._settings_class] = self.settings
        except ConfigurationError as error:
            problems += error.problems
        try:
            kernel = assemble(self._assembly(values))
        except ConfigurationError as error:
            problems += error.problems
        else:
            if not problems:
                return kernel
        raise ConfigurationError(problems)

    @property
    def kernel(self) -> Any:
        """The frozen app; asking for it freezes."""
        if self._kernel is None:
            self.freeze()
        assert self._kernel is not None  # noqa: S101 - freeze() made it or raised
        return self._kernel

    def _assembly(self, values: dict[type, Any]) -> Any:
        # Imported here: see _assembled.
        from segue.core.kernel.assemble import Assembly  # noqa: PLC0415
        from segue.core.kernel.kernel import Configuration  # noqa: PLC0415

        page = miss = None
        if self.debug:
            # Only development pays for it.
            from segue.core.kernel import debugpage  # noqa: PLC0415

            page, miss = debugpage.debug_page, debugpage.debug_miss
        return Assembly(
            app=self,
            root=self.declarations,
            configuration=Configuration(
                debug=self.debug,
                hosts=self.hosts,
                proxies=self.proxies,
                limits=self.limits,
                timeout=self.timeout,
                access_log=self.access_log,
                watch_loop=self.watch_loop,
            ),
            converters=self.converters,
            slashes=self.slashes,
            values=values,
            threads=self.threads,
            waiting=self.threads * 32,
            faults=self._faults,
            debug_page=page,
            debug_miss=miss,
        )

    def _changing(self, what: str) -> None:
        if self._kernel is not None:
            raise WalkError(
                "SG-APP-011",
                f"The app is frozen, and takes no {what} any more.",
                why="It was checked as a whole, and may have answered without it.",
                fix="Declare everything when the module is imported, before the "
                "first request, and before anything asks for app.url(...), "
                "app.routes or app.commands.",
                where=(calling_place(), f"{self._frozen_at}, where it was frozen"),
            )

    # -- declarations of an app alone

    def use(self, *extensions: Extension) -> None:
        """Let extensions set themselves up on this app.

        Raises:
            RouteError: Two extensions of one kind, unless its class says that it is
                `repeatable`; or one without `setup`.
        """
        self._changing("extension")
        here = calling_place()
        for extension in extensions:
            kind = type(extension)
            if not callable(getattr(extension, "setup", None)) or kind in _NO_KINDS:
                raise RouteError(
                    "SG-APP-012",
                    f"{extension!r} cannot be used by an app.",
                    why="An extension is an object of a class of its own, with a "
                    "method `setup(app)`.",
                    fix="Write app.use(Thing()), with the parentheses.",
                    where=(here,),
                )
            # An extension that may be there several times says for what it is.
            claim = getattr(extension, "extension_key", kind)
            if claim in self.extensions and not getattr(kind, "repeatable", False):
                raise RouteError(
                    "SG-APP-013",
                    f"Two extensions of the kind {kind.__name__} are used.",
                    why="Both would claim the same part of the app.",
                    fix="Use one, with the options of both.",
                    where=(self._used_at[claim], here),
                )
            self.extensions.setdefault(claim, extension)
            self._used_at[claim] = here
            extension.setup(self)

    def converter(self, name: str, read: Any, write: Any = str, **options: Any) -> None:
        """Add a converter for paths: `{when:isoweek}`; see `Converters.add`.

        Raises:
            RouteError: The name or the type is taken, or is no name.
        """
        self._changing("converter")
        here, hint = calling_place(), options.get("hint")
        try:
            self.converters.add(name, read, write, **options)
        except RouteError as error:
            taken = [self._converted_at.get(key) for key in (name, hint)]
            problem = error.problem
            raise RouteError(
                problem.code,
                problem.what,
                why=problem.why,
                fix=problem.fix,
                where=(*filter(None, taken), here),
            ) from error
        self._converted_at[name] = here
        if hint is not None:
            self._converted_at[hint] = here

    # -- looking in

    @property
    def settings(self) -> Any:
        """The settings, loaded when first asked for."""
        return self.loaded_settings.value if self._settings_class else None

    @property
    def loaded_settings(self) -> Any:
        """The settings with the origin of each value; None without a class."""
        if self._loaded is None and self._settings_class is not None:
            self._loaded = self._settings_class.load(
                overrides=self.settings_overrides,
                # Set by the commands of development before they import an app,
                # which may ask for its settings while it is imported.
                development=self.debug or os.environ.get("SEGUE_DEVELOPMENT") == "1",
            )
        return self._loaded

    @property
    def routes(self) -> tuple[Any, ...]:
        """The routes in the order of their adding; asking for them freezes."""
        return tuple(self.kernel.table)

    @property
    def commands(self) -> Mapping[str, Any]:
        """The commands of the app and its groups by name."""
        commands: Mapping[str, Any] = self.kernel.commands
        return commands

    def url(self, target: Any, /, **values: Any) -> str:
        """Build the URL of a route from its handler or its name.

        Values that are not in the path become the query.
        """
        address: str = self.kernel.table.url(target, values)
        return address

    def explain(
        self,
        method: str,
        path: str,
        headers: Iterable[tuple[str, str]] = (),
        *,
        ask: bool = False,
    ) -> Any:
        """Explain which route answers a request, and how.

        Args:
            method: Any case.
            path: With a query, if it matters.
            headers: What the request has.
            ask: Start the app and ask the guards what they decide.
        """
        # Imported here: few processes explain.
        from segue.core.kernel.explanation import explain  # noqa: PLC0415

        return explain(self.kernel, method, path, headers, ask=ask)

    def map(self) -> dict[str, Any]:
        """Describe everything the app has, as data ready for JSON."""
        # Imported here: few processes ask.
        from segue.core.kernel.appmap import map_app  # noqa: PLC0415

        return map_app(self.kernel)

    def needs_asgi(self) -> str | None:
        """Name the line that makes WSGI not enough; None when WSGI is enough."""
        line: str | None = self.kernel.needs_asgi()
        return line

    @property
    def streams(self) -> bool:
        """Whether some handler is a generator, so that its answer is a stream."""
        return bool(self.kernel.streams())

    def emit(self, event: Any) -> None:
        """Call who listens to an event, from sync code."""
        self.kernel.emit(event)

    async def aemit(self, event: Any) -> None:
        """Call who listens to an event, from async code."""
        await self.kernel.aemit(event)

    def watch_faults(
        self, watcher: Callable[[BaseException], None]
    ) -> Callable[[], None]:
        """Call a function with each exception that became a 500.

        Returns:
            What ends it.
        """
        self._faults.watchers.append(watcher)
        return partial(self._faults.watchers.remove, watcher)

    @contextmanager
    def scope(self) -> Generator[Any, None, None]:
        """Start the app, and give what its providers make, outside a request.

        Yields:
            A scope; `scope.get(PriceList)` is the value of a type. What was opened for
            it is closed at the end, with the error if there was one.
        """
        started = self.kernel.lifecycle.started
        self.kernel.start()
        scope = self.kernel.new_scope()
        try:
            with self.at_work():
                yield scope
        except Exception as error:
            scope.error = error
            raise
        finally:
            try:
                scope.close()
            finally:
                if not started:
                    self.kernel.stop()

    @asynccontextmanager
    async def ascope(self) -> AsyncGenerator[Any, None]:
        """Do the same in async code: `await scope.aget(PriceList)`."""
        started = self.kernel.lifecycle.started
        await self.kernel.astart()
        scope = self.kernel.new_scope()
        try:
            with self.at_work():
                yield scope
        except Exception as error:
            scope.error = error
            raise
        finally:
            try:
                await scope.aclose()
            finally:
                if not started:
                    await self.kernel.astop()

    @contextmanager
    def at_work(self) -> Generator[None, None, None]:
        """Make this the app that `url()` finds, outside a request."""
        token = current.set(self)
        try:
            yield
        finally:
            current.reset(token)


_NO_KINDS: tuple[type, ...] = (type, types.ModuleType, types.SimpleNamespace)
"""What has no class of its own, by which a second one could be told."""


def _trust(proxies: Iterable[str] | ProxyTrust) -> ProxyTrust:
    if isinstance(proxies, ProxyTrust):
        return proxies
    return ProxyTrust((proxies,) if isinstance(proxies, str) else tuple(proxies))


def _check_arguments(
    settings: object, slashes: Any, threads: Any, timeout: float | None
) -> None:
    """Refuse arguments of an app that would fail at the first request."""
    known = get_args(Slashes)
    is_class = inspect.isclass(settings) and issubclass(settings, Settings)
    for fits, given, why, fix in (
        (
            settings is None or is_class,
            repr(settings),
            "The app fills the class itself, and tells of all mistakes together.",
            "Write App(Config), where Config is a class below Settings.",
        ),
        (
            slashes in known,
            f"slashes={slashes!r}",
            f"A final slash is met in one of {len(known)} ways.",
            f"Choose one of {', '.join(map(repr, known))}.",
        ),
        (
            isinstance(threads, int) and threads > 0,
            f"threads={threads!r}",
            "Sync handlers would wait for a thread that never comes.",
            "Give a whole number from 1 on.",
        ),
        (
            timeout is None or timeout > 0,
            f"timeout={timeout!r}",
            "No handler could answer in time.",
            "Give a number of seconds above 0, or None.",
        ),
    ):
        if not fits:
            raise SettingsError(
                "SG-APP-015",
                f"An app cannot be made with {given}.",
                why=why,
                fix=fix,
                where=(calling_place(),),
            )


def _check_options(options: Mapping[str, Any]) -> None:
    """Refuse a misspelt argument, which would pass for an option of the routes."""
    for name in options.keys() - KNOWN_OPTIONS:
        known = (*inspect.signature(App).parameters, *sorted(KNOWN_OPTIONS))
        raise SettingsError(
            "SG-APP-015",
            f"An app cannot be made with {name}={options[name]!r}.",
            why="It is neither an argument of an app nor an option of its routes.",
            fix="Leave it out; a prefix, a name or a host is a group's."
            + did_you_mean(name, known),
            where=(calling_place(),),
        )


def _now() -> datetime:
    return datetime.now(UTC)
