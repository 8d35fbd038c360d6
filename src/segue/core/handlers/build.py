"""A signature and its surroundings -> a Plan, or a Problem that names the parameter.

Each parameter is looked for in this order: what its own mark says; a name of the path;
the request; a type that the moment carries; a type that a provider makes; a type that
the app holds; the one type with a shape of its own, which is the body, or the whole
query of a method without one; the query for the rest, or the form where there is one.
What is found nowhere is refused at start.

A provider is planned like any other function, as often as it is met but once for each
plan: what it needs itself stands before it in `Plan.provided`.
"""

import keyword
import re
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic

import msgspec

from segue.core.di.provider import Provider
from segue.core.handlers.brought import InPath, brought_provider, object_of_path
from segue.core.handlers.heading import headers_of, is_headed
from segue.core.handlers.inputs import (
    bare,
    classes_of,
    is_body,
    is_optional,
    is_record,
    is_repeated,
    is_scalar,
    is_upload,
)
from segue.core.handlers.plan import Argument, Plan, Provided, Source
from segue.core.handlers.preparing import preparers_of
from segue.core.handlers.refusals import (
    check_colours,
    check_flat,
    check_messages,
    check_names,
    check_readable,
    check_shown,
    check_wholes,
    circle,
    guard_clash,
    no_such_place,
    nothing_provides,
    short_lived,
    streams_prepared,
    taken,
    two_types,
)
from segue.core.handlers.signature import Parameter, Signature, read_signature
from segue.core.handlers.sources import (
    Depends,
    From,
    FromBody,
    FromCookie,
    FromForm,
    FromHeader,
    FromPath,
    FromQuery,
    depends_of,
    mark_of,
)
from segue.core.handlers.surroundings import Surroundings
from segue.core.handlers.usage import Usage
from segue.core.http.request import Request
from segue.core.schema.views import is_viewed
from segue.core.types import UNSET

__all__ = ["build_plan", "path_hints"]

_BODILESS = frozenset({"GET"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_SAID_BY_DEFAULT = (bool, int, float)
_NOBODY: tuple[Any, ...] = (object, Generic, msgspec.Struct)
_PLACES: Mapping[type[From], Source] = types.MappingProxyType(
    {
        FromPath: Source.PATH,
        FromQuery: Source.QUERY,
        FromHeader: Source.HEADER,
        FromCookie: Source.COOKIE,
        FromForm: Source.FORM,
        FromBody: Source.BODY,
    }
)


def build_plan(
    function: Callable[..., Any],
    surroundings: Surroundings,
    options: Mapping[str, Any] | None = None,
    guards: Iterable[Callable[..., Any]] = (),
) -> Plan:
    """Decide where each argument of a function comes from.

    Args:
        function: A handler, hook, middleware, provider, lifespan or command.
        surroundings: What there is to ask for.
        options: `status`, `inline`, `renderers` and `headers` of a route.
        guards: Functions that must let a request pass.

    Raises:
        PlanError: A parameter that nothing can fill.
    """
    options = options or {}
    planner = _Planner(function)
    guarding = [planner.guard(guard, surroundings) for guard in guards]
    plan = planner.plan(function, surroundings)
    preparers = planner.preparers(plan, surroundings) if surroundings.input else ()
    plan = msgspec.structs.replace(
        plan,
        provided=tuple(planner.provided.values()),
        # Who may not come in does not learn which objects there are.
        guards=tuple(sorted(guarding, key=planner.waits_for_objects)),
        preparers=preparers,
        path_names=surroundings.path,
        status=None if options.get("status") is None else int(options["status"]),
        inline=bool(options.get("inline", False)),
        renderers=options.get("renderers", {}),
        headers=_headers(plan.returns, options),
        usage=surroundings.usage,
    )
    check_names(plan, surroundings.path, is_handler=surroundings.input)
    check_wholes(plan)
    check_colours(plan, surroundings.providers)
    if surroundings.input:
        check_shown(plan)
    return plan


def _headers(returns: Any, options: Mapping[str, Any]) -> Any:
    return options.get("headers", headers_of if is_headed(returns) else None)


def path_hints(plan: Plan) -> dict[str, Any]:
    """Read the types that values of the path must have, the handler's own first.

    Raises:
        PlanError: Two functions want a value in two types.
    """
    found: dict[str, Argument] = {}
    for argument in (*plan.arguments, *plan.everything):
        if argument.source is Source.PATH and argument.hint is not UNSET:
            first = found.setdefault(argument.key, argument)
            if bare(first.hint) != bare(argument.hint):
                raise two_types(first, argument, plan)
    return {name: argument.hint for name, argument in found.items()}


class _Planner:
    """Plans one function with all that is provided for it.

    Attributes:
        provided: What providers make, in the order of making.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.provided: dict[Any, Provided] = {}
        self._function = function
        self._making: list[Provider] = []
        self._objects: dict[Any, Provider] = {}

    def plan(self, function: Callable[..., Any], around: Surroundings) -> Plan:
        """Plan one function; what it needs from providers is planned before it."""
        signature = read_signature(function)
        form = bool(around.methods & _WITH_BODY) and any(
            is_upload(parameter.hint) or isinstance(mark_of(parameter.hint), FromForm)
            for parameter in signature.parameters
        )
        arguments = [
            self._argument(parameter, signature, around, form=form)
            for parameter in signature.parameters[around.owner is not None :]
        ]
        if around.owner is not None:
            name = signature.parameters[0].name
            arguments.insert(0, Argument(name, Source.APP, UNSET, key=around.owner))
        return Plan(
            function=function,
            name=signature.name,
            place=signature.place,
            arguments=tuple(arguments),
            returns=signature.returns,
            is_async=signature.is_async,
            is_generator=signature.is_generator,
        )

    def guard(self, function: Callable[..., Any], around: Surroundings) -> Plan:
        """Plan a guard: it runs before the body is read, and asks by type.

        Raises:
            PlanError: It would get a value of the path for the one who asks.
        """
        around = msgspec.structs.replace(around, methods=_BODILESS, owner=None)
        plan = self.plan(function, around)
        objects = [one.key for one in self._objects.values()]
        for argument in plan.arguments:
            named = argument.source is Source.PATH or argument.key in objects
            if named and _provider(argument.hint, around) is not None:
                raise guard_clash(argument, plan)
        return plan

    def waits_for_objects(self, plan: Plan) -> bool:
        """Tell whether a guard, or what it asks for, asks for objects of the path."""
        return any(
            one.early or self.waits_for_objects(one.plan)
            for argument in plan.arguments
            if argument.source is Source.PROVIDER
            for one in (self.provided[argument.key, argument.optional],)
        )

    def preparers(self, plan: Plan, around: Surroundings) -> tuple[Argument, ...]:
        """Plan what is called with the answer before it leaves.

        Raises:
            PlanError: The answer is a stream, which leaves bit by bit.
        """
        found = [*preparers_of(plan.returns, is_async=plan.is_async)]
        if found and plan.is_generator:
            raise streams_prepared(plan)
        if not found:
            return ()
        signature = read_signature(plan.function)
        made = Argument("answer", Source.PROVIDER, UNSET)
        return tuple(self._provided(made, one, signature, around) for one in found)

    def _argument(
        self,
        parameter: Parameter,
        signature: Signature,
        around: Surroundings,
        *,
        form: bool,
    ) -> Argument:
        hint = _hint(parameter)
        made = Argument(
            name=parameter.name,
            source=Source.QUERY,
            hint=hint,
            default=parameter.default,
            keyword_only=parameter.keyword_only,
        )
        if (depends := depends_of(hint)) is not None:
            return self._depending(made, depends, signature, around)
        if (loaded := self._object(made, signature, around)) is not None:
            return self._provided(made, loaded, signature, around)
        if (mark := mark_of(hint)) is not None:
            return _marked(made, mark, signature, around)
        for find in (_of_path, _of_request, _of_usage, _of_moment):
            if (found := find(made, around)) is not None:
                check_messages(found, signature)
                return found
        if around.input and is_viewed(hint):
            return _of_input(made, parameter, signature, around, form=form)
        return self._of_type(made, parameter, signature, around, form=form)

    def _of_type(
        self,
        made: Argument,
        parameter: Parameter,
        signature: Signature,
        around: Surroundings,
        *,
        form: bool,
    ) -> Argument:
        """Find who has or makes a value of the type; input is the rest."""
        hint = made.hint
        if (provider := _provider(hint, around)) is not None:
            return self._provided(made, provider, signature, around)
        if (known := _held(made.name, hint, around)) is not None:
            return _with(made, Source.APP, known)
        if not around.request and made.default is not UNSET:
            return _with(made, Source.DEFAULT)
        if not around.input:
            raise nothing_provides(parameter, signature, around)
        return _of_input(made, parameter, signature, around, form=form)

    # -- providers

    def _object(
        self,
        made: Argument,
        signature: Signature,
        around: Surroundings,
    ) -> Provider | None:
        """Find what makes an object of a value of the path, if the type does."""
        mark, name = mark_of(made.hint), made.name
        if mark is not None:
            name = (mark.name or name) if isinstance(mark, FromPath) else ""
        if name not in around.path:
            return None
        key = name, classes_of(made.hint)
        if key not in self._objects:
            is_async = read_signature(self._function).is_async
            field = around.fields.get(name)
            asked = InPath(name, field, is_async, signature.place)
            if (found := object_of_path(made.hint, asked)) is None:
                return None
            self._objects[key] = found
        return self._objects[key]

    def _depending(
        self,
        made: Argument,
        depends: Depends,
        signature: Signature,
        around: Surroundings,
    ) -> Argument:
        factory = depends.factory
        provider = Provider(
            factory, factory, "request", depends.inline, signature.place
        )
        return self._provided(made, provider, signature, around)

    def _provided(
        self,
        made: Argument,
        provider: Provider,
        signature: Signature,
        around: Surroundings,
    ) -> Argument:
        if provider.scope == "app":
            return _with(made, Source.APP, provider.key)
        places = [each.place for each in self._making]
        if around.lives == "app":
            raise short_lived(made, provider, signature, places)
        if any(each.key == provider.key for each in self._making):
            raise circle(made, provider, signature, places)
        optional = is_optional(made.hint)
        if (provider.key, optional) not in self.provided:
            self._making.append(provider)
            inner = msgspec.structs.replace(
                around, methods=_BODILESS, input=around.request, owner=None
            )
            plan = self.plan(provider.factory, inner)
            self._making.pop()
            early = provider in self._objects.values()
            one = Provided(provider, plan, optional, early)
            self.provided[provider.key, optional] = one
        return msgspec.structs.replace(
            made, source=Source.PROVIDER, key=provider.key, optional=optional
        )


def _with(made: Argument, source: Source, key: Any = None) -> Argument:
    return msgspec.structs.replace(made, source=source, key=key)


def _hint(parameter: Parameter) -> Any:
    # `page=1` says as much as `page: int = 1`.
    said = next((k for k in _SAID_BY_DEFAULT if type(parameter.default) is k), UNSET)
    return said if parameter.hint is UNSET else parameter.hint


# -- each place in turn


def _of_path(made: Argument, around: Surroundings) -> Argument | None:
    return _with(made, Source.PATH, made.name) if made.name in around.path else None


def _of_request(made: Argument, around: Surroundings) -> Argument | None:
    named = made.hint is UNSET and made.name == "request"
    if around.request and (named or Request in classes_of(made.hint)):
        return _with(made, Source.REQUEST)
    return None


def _of_usage(made: Argument, around: Surroundings) -> Argument | None:
    if made.hint is not Usage:
        return None
    return msgspec.structs.replace(made, source=Source.DEFAULT, default=around.usage)


def _of_moment(made: Argument, around: Surroundings) -> Argument | None:
    for known in around.carried:
        named = made.hint is UNSET and made.name in _names_of(known, around)
        if named or any(_related(cls, known) for cls in classes_of(made.hint)):
            return _with(made, Source.CARRIED, known)
    return None


def _names_of(known: type, around: Surroundings) -> tuple[str, ...]:
    """List the names by which a value of the moment is known without a hint."""
    # `response`; of WebSocket both `websocket` and `socket`
    names = [known.__name__.lower(), re.split("(?=[A-Z])", known.__name__)[-1].lower()]
    if issubclass(known, BaseException):
        names.append("error")
    elif not around.request:
        names.append("event")
    return tuple(names)


def _related(cls: type, known: type) -> bool:
    # By the order of classes, since a Protocol or a TypedDict refuses issubclass.
    return cls not in _NOBODY and (cls in known.__mro__ or known in cls.__mro__)


def _provider(hint: Any, around: Surroundings) -> Provider | None:
    try:
        found = around.providers.get(hint) or next(
            (around.providers[c] for c in classes_of(hint) if c in around.providers),
            None,
        )
    except TypeError:  # an unhashable hint
        return None
    return found or (brought_provider(hint) if around.request else None)


def _held(name: str, hint: Any, around: Surroundings) -> type | None:
    """Find the type of the app's values that a hint means; a hook may just name it."""
    if hint is UNSET and not around.input:
        return next((k for k in around.app if k.__name__.lower() == name), None)
    wanted = [cls for cls in classes_of(hint) if cls not in _NOBODY]
    for known in around.app:
        if any(cls in known.__mro__ for cls in wanted):
            return known
    return None


# -- the parts of the request


def _of_input(
    made: Argument,
    parameter: Parameter,
    signature: Signature,
    around: Surroundings,
    *,
    form: bool,
) -> Argument:
    hint, has_body = taken(made, signature), bool(around.methods & _WITH_BODY)
    if is_upload(hint) and not form:
        raise no_such_place(made, signature, "a request of this method has no files")
    if is_upload(hint):
        return _flat(made, Source.FORM, _plain_name(made.name), signature)
    if is_body(hint) and has_body and not form:
        check_readable(made, signature)
        return _with(made, Source.BODY)
    if not is_record(hint) and not _is_text(hint):
        raise nothing_provides(parameter, signature, around)
    source = Source.FORM if form else Source.QUERY
    return _flat(made, source, _plain_name(made.name), signature)


def _is_text(hint: Any) -> bool:
    return hint is UNSET or is_scalar(hint) or is_repeated(hint)


def _plain_name(name: str) -> str:
    # `from_` is how Python spells a parameter for `?from=`.
    plain = name.removesuffix("_")
    return plain if keyword.iskeyword(plain) else name


def _marked(
    made: Argument, mark: From, signature: Signature, around: Surroundings
) -> Argument:
    made = msgspec.structs.replace(made, mark=mark)
    source = _PLACES[type(mark)]
    has_body = bool(around.methods & _WITH_BODY) or not around.methods
    if source is Source.PATH:
        name = mark.name or made.name
        if name not in around.path:
            raise no_such_place(made, signature, f"the path has no {{{name}}}")
        return _with(made, source, name)
    if not around.input:
        raise no_such_place(made, signature, "there is no input here")
    if source in (Source.BODY, Source.FORM) and not has_body:
        raise no_such_place(made, signature, "a request of this method has no body")
    if source is Source.BODY:
        taken(made, signature)
        check_readable(made, signature)
        return _with(made, source)
    name = mark.name or _plain_name(made.name)
    if source is Source.HEADER:
        name = mark.name or made.name.strip("_").replace("_", "-")
        name = name.lower()
    return _flat(made, source, name, signature)


def _flat(made: Argument, source: Source, name: str, signature: Signature) -> Argument:
    """Make an argument of text, several texts, or a record of both."""
    made = msgspec.structs.replace(made, source=source)
    hint = taken(made, signature)
    check_readable(made, signature)
    if is_record(hint):
        check_flat(made, signature)
        return msgspec.structs.replace(made, record=True)
    if not _is_text(made.hint) and not is_upload(made.hint):
        raise no_such_place(
            made, signature, f"a {source.value} has text, and this type is more"
        )
    repeated = is_repeated(made.hint)
    return msgspec.structs.replace(made, key=name, repeated=repeated)
