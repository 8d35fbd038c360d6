"""A signature and its surroundings -> a Plan, or a Problem that names the parameter.

Each parameter is looked for in this order: a name of the path; a type that the
moment or the app carries; the one type with a shape of its own, which is the body;
the query for the rest. What is found nowhere is refused at start.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from segue.core.errors import PlanError, did_you_mean
from segue.core.handlers.inputs import bare, is_body, is_repeated, is_scalar
from segue.core.handlers.plan import Argument, Plan, Source, type_name
from segue.core.handlers.signature import Parameter, Signature, read_signature
from segue.core.http.request import Request
from segue.core.types import UNSET

__all__ = ["Surroundings", "build_plan"]

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a function may ask for where it is used.

    Attributes:
        path: The names in the pattern, in order.
        methods: The methods of the route; empty where there is no route.
        carried: Types of the moment, `Response` for an after hook, for example.
        app: Types whose one value the app holds: the app, its settings.
        request: Whether there is a request at all.
        input: Whether arguments may come from query and body.
    """

    path: tuple[str, ...] = ()
    methods: frozenset[str] = frozenset()
    carried: tuple[type, ...] = ()
    app: Collection[type] = field(default=())
    request: bool = True
    input: bool = True


def build_plan(
    function: Callable[..., Any],
    surroundings: Surroundings,
    options: Mapping[str, Any] | None = None,
) -> Plan:
    """Decide where each argument of a function comes from.

    Args:
        function: A handler, hook, middleware, lifespan or command.
        surroundings: What there is to ask for.
        options: `status` and `inline` of a route.

    Raises:
        PlanError: A parameter that nothing can fill.
    """
    options = options or {}
    signature = read_signature(function)
    arguments = tuple(
        _argument(parameter, signature, surroundings)
        for parameter in signature.parameters
    )
    _check_names(signature, surroundings)
    bodies = [a for a in arguments if a.source is Source.BODY]
    if len(bodies) > 1:
        raise PlanError(
            "SG-PLAN-006",
            f"{signature.name}() asks for two bodies: {bodies[0].name} and "
            f"{bodies[1].name}.",
            why="A request has one body.",
            fix="Put both into one Struct, and ask for that.",
            where=(signature.place,),
        )
    return Plan(
        function=function,
        name=signature.name,
        place=signature.place,
        arguments=arguments,
        path_names=surroundings.path,
        returns=signature.returns,
        status=options.get("status"),
        is_async=signature.is_async,
        is_generator=signature.is_generator,
        inline=bool(options.get("inline", False)),
    )


def _argument(
    parameter: Parameter, signature: Signature, around: Surroundings
) -> Argument:
    hint = bare(parameter.hint)

    def made(source: Source, key: Any = None, *, repeated: bool = False) -> Argument:
        return Argument(
            name=parameter.name,
            source=source,
            hint=parameter.hint,
            default=parameter.default,
            key=key,
            keyword_only=parameter.keyword_only,
            repeated=repeated,
        )

    if parameter.name in around.path:
        return made(Source.PATH, parameter.name)
    if around.request and (
        hint is Request or (hint is UNSET and parameter.name == "request")
    ):
        return made(Source.REQUEST)
    if (key := _carried(parameter.name, hint, around)) is not None:
        return made(Source.CARRIED, key)
    if isinstance(hint, type):
        for known in around.app:
            if hint is known or (hint is not object and issubclass(known, hint)):
                return made(Source.APP, known)
    if around.input and is_body(hint) and around.methods & _WITH_BODY:
        return made(Source.BODY)
    if around.input and (hint is UNSET or is_scalar(hint) or is_repeated(hint)):
        return made(Source.QUERY, parameter.name, repeated=is_repeated(hint))
    raise _nothing_provides(parameter, signature, around)


def _carried(name: str, hint: Any, around: Surroundings) -> type | None:
    for known in around.carried:
        if isinstance(hint, type) and (
            issubclass(known, hint) or issubclass(hint, known)
        ):
            return known
        if hint is UNSET and name == known.__name__.lower():
            return known
    # `error` without a hint, in a handler of errors
    if hint is UNSET and name == "error" and around.carried:
        for known in around.carried:
            if issubclass(known, BaseException):
                return known
    return None


def _nothing_provides(
    parameter: Parameter, signature: Signature, around: Surroundings
) -> PlanError:
    hint = "no type" if parameter.hint is UNSET else type_name(parameter.hint)
    offers = sorted(
        {
            known.__name__
            for known in (*around.carried, *around.app, *([Request] * around.request))
        }
    )
    if is_body(parameter.hint):
        fix = (
            f"Serve it with POST, PUT or PATCH, where {hint} is the body, or ask "
            "for its fields one by one, which come from the query."
        )
    else:
        fix = f"Ask for one of {', '.join(offers) or 'nothing'}."
        fix += did_you_mean(hint, offers)
    return PlanError(
        "SG-PLAN-007",
        f"{signature.name}() asks for `{parameter.name}: {hint}`, but nothing "
        "provides it here.",
        why="It could never be called.",
        fix=fix,
        where=(signature.place,),
    )


def _check_names(signature: Signature, around: Surroundings) -> None:
    names = [parameter.name for parameter in signature.parameters]
    for name in around.path:
        if name not in names and signature.parameters and around.input:
            near = did_you_mean(name, names)
            if near:
                raise PlanError(
                    "SG-PLAN-008",
                    f"The path has {{{name}}}, but {signature.name}() does not "
                    "ask for it.",
                    why="A parameter that is nearly the same would be read from "
                    f"the query instead.{near}",
                    fix=f"Give the parameter and the path the same name: {name}.",
                    where=(signature.place,),
                )
