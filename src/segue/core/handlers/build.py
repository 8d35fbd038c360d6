"""A signature and its surroundings -> a Plan, or a Problem that names the parameter.

Each parameter is looked for in this order: a name of the path; a type that the
moment or the app carries; the one type with a shape of its own, which is the body, or
the whole query of a method without one; the query for the rest. What is found nowhere
is refused at start.
"""

import keyword
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Generic

import msgspec

from segue.core.errors import PlanError, did_you_mean
from segue.core.handlers.inputs import (
    bare,
    classes_of,
    fields_of,
    is_body,
    is_record,
    is_repeated,
    is_scalar,
)
from segue.core.handlers.plan import Argument, Plan, Source, type_name
from segue.core.handlers.signature import Parameter, Signature, read_signature
from segue.core.http.request import Request
from segue.core.types import UNSET

__all__ = ["Surroundings", "build_plan"]

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_SAID_BY_DEFAULT = (bool, int, float)
_NOBODY: tuple[Any, ...] = (object, Generic, msgspec.Struct)


class Surroundings(msgspec.Struct, frozen=True):
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
    app: Collection[type] = msgspec.field(default=())
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
    _check_wholes(signature, arguments)
    return Plan(
        function=function,
        name=signature.name,
        place=signature.place,
        arguments=arguments,
        path_names=surroundings.path,
        returns=signature.returns,
        status=None if options.get("status") is None else int(options["status"]),
        is_async=signature.is_async,
        is_generator=signature.is_generator,
        inline=bool(options.get("inline", False)),
    )


def _argument(
    parameter: Parameter, signature: Signature, around: Surroundings
) -> Argument:
    hint = _hint(parameter)

    def made(
        source: Source, key: Any = None, *, repeated: bool = False, record: bool = False
    ) -> Argument:
        return Argument(
            name=parameter.name,
            source=source,
            hint=hint,
            default=parameter.default,
            key=key,
            keyword_only=parameter.keyword_only,
            repeated=repeated,
            record=record,
        )

    if parameter.name in around.path:
        return made(Source.PATH, parameter.name)
    if around.request and _is_request(parameter.name, hint):
        return made(Source.REQUEST)
    if (known := _carried(parameter.name, hint, around)) is not None:
        return made(Source.CARRIED, known)
    if (known := _held(parameter.name, hint, around)) is not None:
        return made(Source.APP, known)
    if not around.input:
        raise _nothing_provides(parameter, signature, around)
    if is_body(hint) and around.methods & _WITH_BODY:
        _check_readable(parameter, signature)
        return made(Source.BODY)
    if is_record(hint):
        _check_readable(parameter, signature)
        _check_flat(parameter, signature)
        return made(Source.QUERY, record=True)
    if not _is_text(hint):
        raise _nothing_provides(parameter, signature, around)
    _check_readable(parameter, signature)
    key = _wire_name(parameter.name)
    return made(Source.QUERY, key, repeated=is_repeated(hint))


def _is_text(hint: Any) -> bool:
    return hint is UNSET or is_scalar(hint) or is_repeated(hint)


def _hint(parameter: Parameter) -> Any:
    # `page=1` says as much as `page: int = 1`.
    said = next((k for k in _SAID_BY_DEFAULT if type(parameter.default) is k), UNSET)
    return said if parameter.hint is UNSET else parameter.hint


def _is_request(name: str, hint: Any) -> bool:
    return (hint is UNSET and name == "request") or Request in classes_of(hint)


def _carried(name: str, hint: Any, around: Surroundings) -> type | None:
    for known in around.carried:
        if hint is UNSET and name in _names_of(known, around):
            return known
        if any(_related(cls, known) for cls in classes_of(hint)):
            return known
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


def _held(name: str, hint: Any, around: Surroundings) -> type | None:
    """Find the type of the app's values that a hint means; a hook may just name it."""
    if hint is UNSET and not around.input:
        return next((k for k in around.app if k.__name__.lower() == name), None)
    wanted = [cls for cls in classes_of(hint) if cls not in _NOBODY]
    for known in around.app:
        if any(cls in known.__mro__ for cls in wanted):
            return known
    return None


def _wire_name(name: str) -> str:
    # `from_` is how Python spells a parameter for `?from=`.
    plain = name.removesuffix("_")
    return plain if keyword.iskeyword(plain) else name


def _check_wholes(signature: Signature, arguments: tuple[Argument, ...]) -> None:
    wholes = [a for a in arguments if a.source is Source.BODY or a.record]
    if len(wholes) > 1:
        kind = "bodies" if wholes[0].source is Source.BODY else "whole queries"
        raise PlanError(
            "SG-PLAN-006",
            f"{signature.name}() asks for two {kind}: {wholes[0].name} and "
            f"{wholes[1].name}.",
            why="A request has one body, and one query.",
            fix="Put both into one Struct, and ask for that.",
            where=(signature.place,),
        )


def _check_readable(parameter: Parameter, signature: Signature) -> None:
    if parameter.hint is UNSET:
        return
    try:
        msgspec.json.Decoder(parameter.hint)
    except (TypeError, ValueError, NameError) as error:
        raise PlanError(
            "SG-PLAN-004",
            f"{signature.name}() asks for `{parameter.name}: "
            f"{type_name(parameter.hint)}`, which cannot be read from a request.",
            why=f"{str(error).rstrip('.')}.",
            fix="Ask for a type that says how it looks on the wire; tell Structs of a "
            "union apart with `class A(Struct, tag=True)`.",
            where=(signature.place,),
        ) from error


def _check_flat(parameter: Parameter, signature: Signature) -> None:
    for name, hint in fields_of(parameter.hint).items():
        if not is_scalar(hint) and not is_repeated(hint):
            raise PlanError(
                "SG-PLAN-009",
                f"{signature.name}() asks for `{parameter.name}: "
                f"{type_name(bare(parameter.hint))}` from the query, but its field "
                f"{name!r} is a {type_name(hint)}.",
                why="A query is flat: each of its fields is text, or several texts.",
                fix="Take that field out, or serve it with POST, PUT or PATCH, where "
                "it is the body.",
                where=(signature.place,),
            )


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
    twice = {name for name in around.path if around.path.count(name) > 1}
    for name in sorted(twice):
        raise PlanError(
            "SG-PLAN-005",
            f"{{{name}}} stands twice in the path and the host of {signature.name}().",
            why="One parameter cannot be given two values.",
            fix="Give one of them another name.",
            where=(signature.place,),
        )
    names = [parameter.name for parameter in signature.parameters]
    for name in around.path:
        near = "" if name in names else did_you_mean(name, names)
        if near and around.input:
            raise PlanError(
                "SG-PLAN-008",
                f"The path has {{{name}}}, but {signature.name}() does not ask for it.",
                why="A parameter that is nearly the same would be read from "
                f"the query instead.{near}",
                fix=f"Give the parameter and the path the same name: {name}.",
                where=(signature.place,),
            )
