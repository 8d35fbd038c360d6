"""Group: routes, hooks and middleware that belong together, under one prefix.

Blueprint, router, url module: one thing. An `App` is a Group that can be served; so
a part of an app can be moved into a Group of its own without changing a line of it.
A group is included by reference: what is added to it later belongs to the app too,
until the app is frozen.
"""

import inspect
import types
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, TypeVar, get_args, overload

from segue.core.di.provider import Scope, Serves
from segue.core.errors import PlanError, RouteError, nearest
from segue.core.handlers.hints import keep_names
from segue.core.handlers.marks import (
    Controller,
    Mark,
    check_path,
    marks_of,
    methods_of,
)
from segue.core.handlers.options import check_options, several
from segue.core.handlers.places import calling_place, place_of
from segue.core.handlers.signature import name_of
from segue.core.kernel.declarations import (
    Declarations,
    DeclaredLayer,
    DeclaredProvider,
    DeclaredRoute,
    Included,
)
from segue.core.types import UNSET, WEBSOCKET

__all__ = ["Group"]

F = TypeVar("F", bound=Callable[..., Any])


class Group:
    """Routes and what surrounds them, under one prefix.

    Args:
        prefix: Stands before the path of every route, `/api` for example.
        name: Stands before the names of its routes, `api.show` for example.
        host: The host its routes answer, `{tenant}.example.org` for example.
        when: Predicates that must hold for its routes.
        options: Options that its routes have unless they say otherwise.

    Example:
        >>> api = Group("/api", name="api")
        >>> @api.get("/ping")
        ... def ping():
        ...     return "pong"
    """

    def __init__(
        self,
        prefix: str = "",
        *,
        name: str | None = None,
        host: str | None = None,
        when: Any = (),
        **options: Any,
    ) -> None:
        _check_prefix(prefix)
        options = _checked_options(options, calling_place())
        self.declarations = Declarations(
            prefix=prefix,
            name=name,
            host=host,
            when=_predicates(when),
            options=options,
        )

    # -- routes

    def add(
        self,
        path: str,
        handler: Callable[..., Any],
        *,
        methods: Iterable[str] | None = ("GET",),
        name: str | None = None,
        host: str | None = None,
        when: Any = (),
        **options: Any,
    ) -> None:
        """Add a route: the way to keep all routes of an app in one table.

        Args:
            path: Below the prefix; `{name}` is a value, its type the parameter's.
            handler: A plain or async function, or a generator.
            methods: Names of methods, or one; None for any method.
            name: The name for `url()`; the function's name by default.
            host: The host it answers.
            when: One predicate or several, all of which must hold.
            options: `status` of a plain answer; `inline=True` runs a sync handler
                on the event loop; `timeout` in seconds; `body_limit` in bytes;
                `middleware` around this route alone; `origins` of a WebSocket;
                `atomic=False`: what it writes to a database is no transaction.
        """
        self._changing("route")
        check_path(path)
        if path and not path.startswith("/"):
            raise RouteError(
                "SG-APP-002",
                f"The path {path!r} does not begin with a slash.",
                why="Every path of a request does, so it would never be asked for.",
                fix=f"Write {'/' + path!r}.",
                where=(place_of(handler),),
            )
        place = place_of(handler)
        keep_names(handler)
        self.declarations.routes.append(
            DeclaredRoute(
                path=path,
                methods=methods_of(methods),
                function=handler,
                name=name,
                host=host,
                when=_predicates(when),
                options=_checked_options(options, place),
                place=place,
            )
        )

    def route(
        self,
        path: str = "",
        *,
        methods: Iterable[str] | None = ("GET",),
        **options: Any,
    ) -> Callable[[F], F]:
        """Register the decorated function as a handler; see `add`."""
        check_path(path)

        def register(function: F) -> F:
            self.add(path, function, methods=methods, **options)
            return function

        return register

    def get(self, path: str = "", **options: Any) -> Callable[[F], F]:
        """Register a handler of GET, and of HEAD; see `add`."""
        return self.route(path, methods=("GET",), **options)

    def post(self, path: str = "", **options: Any) -> Callable[[F], F]:
        """Register a handler of POST; see `add`."""
        return self.route(path, methods=("POST",), **options)

    def put(self, path: str = "", **options: Any) -> Callable[[F], F]:
        """Register a handler of PUT; see `add`."""
        return self.route(path, methods=("PUT",), **options)

    def patch(self, path: str = "", **options: Any) -> Callable[[F], F]:
        """Register a handler of PATCH; see `add`."""
        return self.route(path, methods=("PATCH",), **options)

    def delete(self, path: str = "", **options: Any) -> Callable[[F], F]:
        """Register a handler of DELETE; see `add`."""
        return self.route(path, methods=("DELETE",), **options)

    def head(self, path: str = "", **options: Any) -> Callable[[F], F]:
        """Register a handler of HEAD, where GET's would do too much; see `add`."""
        return self.route(path, methods=("HEAD",), **options)

    def options(self, path: str = "", **options: Any) -> Callable[[F], F]:
        """Register a handler of OPTIONS in place of the automatic one; see `add`."""
        return self.route(path, methods=("OPTIONS",), **options)

    def websocket(self, path: str = "", **options: Any) -> Callable[[F], F]:
        """Register an async handler of a WebSocket.

        Args:
            path: Below the prefix.
            options: `origins`: pages of other sites that may open it; `"*"` is all.
        """
        return self.route(path, methods=(WEBSOCKET,), **options)

    def include(self, part: Any, prefix: str = "") -> None:
        """Include a group, a `Controller` class or a module of marked functions.

        Args:
            part: A group is included by reference, also more than once.
            prefix: Stands before the part's own.

        Raises:
            RouteError: The part is nothing that has routes, or holds this group.
        """
        self._changing("group")
        _check_prefix(prefix)
        if isinstance(part, Group):
            declarations = part.declarations
        elif inspect.isclass(part) and issubclass(part, Controller):
            declarations = _of_controller(part)
        elif isinstance(part, types.ModuleType):
            declarations = _of_module(part)
        else:
            raise RouteError(
                "SG-APP-003",
                f"{part!r} cannot be included.",
                why="It is neither a Group, nor a Controller class, nor a module.",
                fix="Include a Group; an extension is given to app.use(...).",
            )
        if _holds(declarations, self.declarations):
            raise RouteError(
                "SG-APP-009",
                "A group is included in itself.",
                why="Its routes would have no end.",
                fix="Include each group from the outside in only.",
                where=(calling_place(),),
            )
        self.declarations.children.append(Included(declarations, prefix))

    # -- around the handlers

    def before(self, function: F) -> F:
        """Run a function before each handler; an answer it returns is sent instead."""
        self._changing("hook")
        keep_names(function)
        self.declarations.befores.append(function)
        return function

    def after(self, function: F) -> F:
        """Run a function on every answer, also 404 and 500; it may replace it.

        It asks for `response: Response` and, if it wants, for the request.
        """
        self._changing("hook")
        keep_names(function)
        self.declarations.afters.append(function)
        return function

    def teardown(self, function: F) -> F:
        """Run a function when an answer was sent, or could not be sent."""
        self._changing("hook")
        keep_names(function)
        self.declarations.teardowns.append(function)
        return function

    def on(self, *kinds: Any) -> Callable[[F], F]:
        """Register who answers an error or a status, or who listens to an event.

        Args:
            kinds: Exception classes and statuses; or classes of events.
        """
        self._changing("handler")
        for kind in kinds or (None,):
            _check_kind(kind)

        def register(function: F) -> F:
            keep_names(function)
            for kind in kinds:
                self._on(kind, function)
            return function

        return register

    def _on(self, kind: Any, function: Callable[..., Any]) -> None:
        own, is_class = self.declarations, inspect.isclass(kind)
        if is_class and not issubclass(kind, Exception):
            own.listeners.setdefault(kind, []).append(function)
            return
        known = own.errors.setdefault(kind, function)
        if known is not function:
            raise RouteError(
                "SG-APP-005",
                f"Two functions answer {getattr(kind, '__name__', str(kind))}.",
                why="Only one of them could.",
                fix="Keep one, or register one of them on a group of its own.",
                where=(place_of(known), place_of(function)),
            )

    @overload
    def middleware(self, function: F, /) -> F: ...
    @overload
    def middleware(
        self, /, *, before: Any = (), after: Any = ()
    ) -> Callable[[F], F]: ...
    def middleware(
        self, function: Any = None, /, *, before: Any = (), after: Any = ()
    ) -> Any:
        """Put a generator around the handlers: `response = yield` in the middle.

        Args:
            function: A sync or async generator function.
            before: Middleware, or its name, that must stand further in.
            after: Middleware, or its name, that must stand further out.
        """
        self._changing("middleware")

        def register(function: Any) -> Any:
            keep_names(function)
            layer = DeclaredLayer(function, several(before), several(after))
            self.declarations.layers.append(layer)
            return function

        return register if function is None else register(function)

    @overload
    def provide(
        self, function: F, /, *, scope: Scope = "request", inline: bool = False
    ) -> F: ...
    @overload
    def provide(
        self, /, *, scope: Scope = "request", inline: bool = False
    ) -> Callable[[F], F]: ...
    @overload
    def provide(
        self,
        key: Any,
        factory: Callable[..., Any],
        /,
        *,
        scope: Scope = "request",
        inline: bool = False,
        serves: Serves = "any",
        instead: Any = None,
    ) -> None: ...
    def provide(
        self,
        key: Any = None,
        factory: Any = None,
        /,
        *,
        scope: Scope = "request",
        inline: bool = False,
        serves: Serves = "any",
        instead: Any = None,
    ) -> Any:
        """Say who makes the values of a type, for whoever asks for it by its hint.

        Args:
            key: The type; or the factory, whose return type is the key.
            factory: A function, a generator with one yield, or a class. What it asks
                for itself is found as a handler's parameters are. What stands behind
                the yield runs when the answer is made, before it leaves; for a stream
                when it has ended.
            scope: `request`: made once for each request that asks; `app`: made when
                the app starts, ended when it stops.
            inline: A plain factory that never waits: an async handler calls it on the
                event loop, not in a worker thread. A class is always called so.
            serves: `def` for what blocks, so that no async function works with it;
                `async def` for what is awaited.
            instead: What the others ask for, told to who asked for the wrong one.
        """
        self._changing("provider")
        place = calling_place()
        _check_scope(scope, place)

        def register(key: Any, factory: Any) -> Any:
            keep_names(factory)
            self.declarations.providers.append(
                DeclaredProvider(key, factory, scope, inline, place, serves, instead)
            )
            return factory

        if factory is not None:
            register(key, factory)
            return None
        if key is None:
            return partial(register, UNSET)
        return register(UNSET, key)

    def lifespan(self, function: F) -> F:
        """Run a generator around the app's life: start, `yield`, stop."""
        self._changing("lifespan")
        keep_names(function)
        self.declarations.lifespans.append(function)
        return function

    @overload
    def command(self, function: F, /) -> F: ...
    @overload
    def command(self, /, *, name: str) -> Callable[[F], F]: ...
    def command(self, function: Any = None, /, *, name: str | None = None) -> Any:
        """Make a typed function a command: `segue reprice 10 --dry-run`."""
        self._changing("command")

        def register(function: Any) -> Any:
            keep_names(function)
            key = name or name_of(function).replace("_", "-")
            known = self.declarations.commands.setdefault(key, function)
            if known is not function:
                raise _two_commands(key, known, function)
            return function

        return register if function is None else register(function)

    def _changing(self, what: str) -> None:
        """Refuse a change after the app is frozen; a bare group is always open."""


def _two_commands(name: str, first: Any, second: Any) -> RouteError:
    return RouteError(
        "SG-APP-006",
        f"Two functions are the command {name!r}.",
        why="Only one of them could run.",
        fix="Give one another name: @app.command(name=...).",
        where=(place_of(first), place_of(second)),
    )


def _check_prefix(prefix: str) -> None:
    if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
        right = "/".join(("", *filter(None, prefix.split("/"))))
        raise RouteError(
            "SG-APP-001",
            f"The prefix {prefix!r} must begin with a slash and not end with one.",
            why="It stands before paths that begin with a slash.",
            fix=f"Write {right!r}." if right else "Leave it out.",
            where=(calling_place(),),
        )


def _check_scope(scope: Any, place: str) -> None:
    if scope not in get_args(Scope):
        raise PlanError(
            "SG-PLAN-027",
            f"scope={scope!r} is no scope.",
            why='A value lives as long as the "app" or as long as one "request".',
            fix=f"Write scope={nearest(str(scope), get_args(Scope), 0)!r}.",
            where=(place,),
        )


def _check_kind(kind: Any) -> None:
    """Refuse what `@on` could never be called for."""
    if inspect.isclass(kind):
        fits = not issubclass(kind, BaseException) or issubclass(kind, Exception)
    else:
        fits = isinstance(kind, int) and 400 <= kind <= 599  # noqa: PLR2004 - the statuses of errors
    if not fits:
        raise RouteError(
            "SG-APP-004",
            f"@on({getattr(kind, '__name__', repr(kind))}) is neither an error nor an "
            "event.",
            why="It would never be called.",
            fix="Give an exception class, a status from 400 to 599, or an event: "
            "@app.on(NotFound).",
            where=(calling_place(),),
        )


def _holds(outer: Declarations, inner: Declarations) -> bool:
    return outer is inner or any(
        _holds(child.declarations, inner) for child in outer.children
    )


_SEVERAL: Final = frozenset(("allow", "middleware", "raises", "tags"))


def _checked_options(options: dict[str, Any], place: str) -> dict[str, Any]:
    """Check the options of a route or a group, and make layers of its middleware."""
    check_options(options, place)
    found = {
        name: several(value) if name in _SEVERAL else value
        for name, value in options.items()
    }
    for function in (*found.get("middleware", ()), *found.get("allow", ())):
        keep_names(function)
    if "middleware" in found:
        found["middleware"] = tuple(map(DeclaredLayer, found["middleware"]))
    return found


def _predicates(when: Any) -> tuple[Any, ...]:
    predicates = several(when)
    for predicate in predicates:
        if not callable(predicate):
            raise RouteError(
                "SG-APP-014",
                f"when={predicate!r} is no predicate.",
                why="A predicate is called with the request and says yes or no.",
                fix='Write when=accepts("text/html"), or another of '
                "`segue.core.routing`.",
                where=(calling_place(),),
            )
    return predicates


def _of_controller(cls: type[Controller]) -> Declarations:
    declarations = Declarations(name=cls.__name__, place=place_of(cls))
    # In the order in which they are written, the class's own after the inherited.
    names = dict.fromkeys(name for base in reversed(cls.__mro__) for name in vars(base))
    for name in names:
        member = getattr(cls, name, None)
        # A static method and a class method need no object.
        owner = cls if inspect.isfunction(inspect.getattr_static(cls, name)) else None
        for mark in _marks_of_method(cls, name):
            declarations.routes.append(_marked(member, mark, dict(mark.options), owner))
    if not declarations.routes:
        raise RouteError(
            "SG-APP-007",
            f"{cls.__name__} has no handler.",
            why="Including it would add nothing.",
            fix='Mark a method: `@get("/")` from `segue`.',
            where=(place_of(cls),),
        )
    return declarations


def _marks_of_method(cls: type[Controller], name: str) -> tuple[Mark, ...]:
    """Find the marks of a method; one that overrides another keeps its routes."""
    for base in cls.__mro__:
        # As it was written: a mark may stand above or below a @staticmethod.
        written = vars(base).get(name)
        marks = marks_of(written) or marks_of(getattr(written, "__func__", None))
        if marks:
            return marks
    return ()


def _of_module(module: types.ModuleType) -> Declarations:
    declarations = Declarations(place=module.__name__)
    # By identity: a function may have a second name in its module.
    members = {id(member): member for member in vars(module).values()}
    for member in members.values():
        if callable(member) and member.__module__ == module.__name__:
            for mark in marks_of(member):
                declarations.routes.append(_marked(member, mark, dict(mark.options)))
    if not declarations.routes:
        raise RouteError(
            "SG-APP-008",
            f"The module {module.__name__} has no marked function.",
            why="Including it would add nothing.",
            fix='Mark a function: `@get("/")` from `segue`; or include its Group.',
        )
    return declarations


def _marked(
    function: Any, mark: Mark, options: dict[str, Any], owner: type | None = None
) -> DeclaredRoute:
    place = place_of(function)
    return DeclaredRoute(
        path=mark.path,
        methods=mark.methods,
        function=function,
        name=options.pop("name", None),
        host=options.pop("host", None),
        when=_predicates(options.pop("when", ())),
        options=_checked_options(options, place),
        place=place,
        owner=owner,
    )
