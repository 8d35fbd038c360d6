"""What a signature cannot ask for, told with what, why, where and fix."""

import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from segue.core.di.provider import Provider
from segue.core.errors import PlanError, did_you_mean
from segue.core.handlers.inputs import (
    bare,
    classes_of,
    fields_of,
    has_fields,
    is_body,
    is_repeated,
    is_scalar,
    is_upload,
)
from segue.core.handlers.plan import Argument, Plan, Source, type_name
from segue.core.handlers.signature import Parameter, Signature
from segue.core.handlers.surroundings import Surroundings
from segue.core.http.request import Request
from segue.core.http.response import Response
from segue.core.schema.models import decoders_of
from segue.core.schema.views import is_viewed, shown_as, taken_as
from segue.core.types import UNSET
from segue.core.websockets.socket import WebSocket

__all__ = [
    "check_colours",
    "check_flat",
    "check_messages",
    "check_names",
    "check_readable",
    "check_shown",
    "check_wholes",
    "circle",
    "guard_clash",
    "no_such_place",
    "nothing_provides",
    "short_lived",
    "streams_prepared",
    "taken",
    "two_types",
]


_HOLDERS: Final = (
    list,
    dict,
    set,
    frozenset,
    tuple,
    types.UnionType,
    Mapping,
    Sequence,
)


def check_names(plan: Plan, path: tuple[str, ...], *, is_handler: bool) -> None:
    """Refuse a path whose names the function does not meet.

    Raises:
        PlanError: A name stands twice in the path, or is nearly a parameter's.
    """
    for name in sorted({name for name in path if path.count(name) > 1}):
        raise PlanError(
            "SG-PLAN-005",
            f"{{{name}}} stands twice in the path and the host of {plan.name}().",
            why="One parameter cannot be given two values.",
            fix="Give one of them another name.",
            where=(plan.place,),
        )
    known = {a.key for a in plan.everything if a.source is Source.PATH}
    names = [argument.name for argument in plan.arguments]
    for name in path:
        near = "" if name in known else did_you_mean(name, names)
        if near and is_handler:
            raise PlanError(
                "SG-PLAN-008",
                f"The path has {{{name}}}, but {plan.name}() does not ask for it.",
                why="A parameter that is nearly the same would be read from "
                f"the query instead.{near}",
                fix=f"Give the parameter and the path the same name: {name}.",
                where=(plan.place,),
            )


def check_wholes(plan: Plan) -> None:
    """Refuse a function that asks twice for what there is once.

    Raises:
        PlanError: Two bodies, a body and a form, or two whole queries.
    """
    arguments = tuple(plan.everything)
    bodies = [a for a in arguments if a.source is Source.BODY]
    forms = [a for a in arguments if a.source is Source.FORM]
    if bodies and (forms or len(bodies) > 1):
        other = [*bodies, *forms][1]
        kind = "a body and a form" if forms else "two bodies"
        raise _twice(plan, kind, bodies[0], other, "A request has one body.")
    for source in (Source.QUERY, Source.FORM, Source.HEADER, Source.COOKIE):
        wholes = [a for a in plan.arguments if a.source is source and a.record]
        if len(wholes) > 1:
            kind = {Source.QUERY: "whole queries", Source.FORM: "whole forms"}.get(
                source, f"whole sets of {source.value}s"
            )
            why = "What one of them does not know the other would have to."
            raise _twice(plan, f"two {kind}", wholes[0], wholes[1], why)


def _twice(
    plan: Plan, kind: str, first: Argument, second: Argument, why: str
) -> PlanError:
    return PlanError(
        "SG-PLAN-006",
        f"{plan.name}() asks for {kind}: {first.name} and {second.name}.",
        why=why,
        fix="Put both into one Struct, and ask for that.",
        where=(plan.place,),
    )


def check_readable(argument: Argument, signature: Signature) -> None:
    """Refuse a type that has no look on the wire.

    Raises:
        PlanError: The type cannot be read from a request.
    """
    if argument.hint is not UNSET and not is_upload(argument.hint):
        _check_decoded(taken(argument, signature), argument, signature)


def _check_decoded(hint: Any, argument: Argument, signature: Signature) -> None:
    try:
        decoders_of(hint)
    except (TypeError, ValueError, NameError, RuntimeError) as error:
        raise PlanError(
            "SG-PLAN-004",
            f"{signature.name}() asks for {_asked(argument)}, which cannot be read "
            "from a request.",
            why=f"{str(error).rstrip('.')}.",
            fix="Ask for a type that says how it looks on the wire; tell Structs of a "
            "union apart with `class A(Struct, tag=True)`.",
            where=(signature.place,),
        ) from error


def check_messages(argument: Argument, signature: Signature) -> None:
    """Refuse a socket whose messages have no look on the wire.

    Raises:
        PlanError: The type of a message cannot be read.
    """
    if argument.key is not WebSocket:
        return
    for hint, way in zip(
        typing.get_args(bare(argument.hint)), (taken_as, shown_as), strict=False
    ):
        try:
            woven = way(hint)
        except PlanError as error:
            raise _placed(error, signature.place) from error
        message = msgspec.structs.replace(argument, hint=hint)
        _check_decoded(woven, message, signature)


def taken(argument: Argument, signature: Signature) -> Any:
    """Find the type that an argument is decoded to: another one for a view.

    Raises:
        PlanError: The view asks for what its type does not have.
    """
    if (name := _unviewed(argument.hint)) is not None:
        raise needs_view(argument, signature, name)
    try:
        return argument.hint if argument.hint is UNSET else taken_as(argument.hint)
    except PlanError as error:
        raise _placed(error, signature.place) from error


def _unviewed(hint: Any) -> str | None:
    """Name the type in a hint that is input only with a view, and has none."""
    if is_viewed(hint):
        return None
    for cls in classes_of(hint):
        if getattr(cls, "__needs_view__", False):
            return type_name(cls)
    origin: Any = typing.get_origin(bare(hint))
    if isinstance(origin, type) and not (origin in _HOLDERS or has_fields(origin)):
        return None
    inner = (_unviewed(each) for each in typing.get_args(hint))
    return next(filter(None, inner), None)


def check_shown(plan: Plan) -> None:
    """Refuse an answer whose view asks for what its type does not have.

    Raises:
        PlanError: With the place of the handler.
    """
    try:
        shown_as(plan.returns)
    except PlanError as error:
        raise _placed(error, plan.place) from error


def _placed(error: PlanError, place: str) -> PlanError:
    problem = error.problem
    return PlanError(
        problem.code, problem.what, why=problem.why, fix=problem.fix, where=(place,)
    )


def check_flat(argument: Argument, signature: Signature) -> None:
    """Refuse a record with more in it than text.

    Raises:
        PlanError: One of its fields is a record itself.
    """
    place = argument.source.value
    for name, hint in fields_of(taken_as(argument.hint)).items():
        if is_upload(hint) and argument.source is Source.FORM:
            continue
        if not is_scalar(hint) and not is_repeated(hint):
            raise PlanError(
                "SG-PLAN-009",
                f"{signature.name}() asks for `{argument.name}: "
                f"{type_name(bare(argument.hint))}` from the {place}, but its field "
                f"{name!r} is a {type_name(hint)}.",
                why=f"A {place} is flat: each of its fields is text, or several texts.",
                fix="Take that field out, or serve it with POST, PUT or PATCH, where "
                "it is the body.",
                where=(signature.place,),
            )


def check_colours(plan: Plan, providers: Mapping[Any, Provider]) -> None:
    """Refuse a plain function whose arguments have to be awaited, and the reverse.

    Raises:
        PlanError: A provider or a guard is async, and the function is not; or a value
            is for functions of the other kind.
    """
    for one in (plan, *plan.guards):
        _check_served(one, providers, is_async=one.is_async)
    for each in plan.provided:
        runs_here = each.provider.inline or isinstance(each.plan.function, type)
        colour = plan if runs_here else each.plan
        _check_served(each.plan, providers, is_async=colour.is_async)
    if plan.is_async:
        return
    for other in (*(each.plan for each in plan.provided), *plan.guards):
        if other.is_async:
            raise PlanError(
                "SG-PLAN-023",
                f"{plan.name}() is not async, but {other.name}(), which it needs, is.",
                why="A plain function runs where nothing can be awaited.",
                fix=f"Write `async def {plan.name}`, or make {other.name}() plain.",
                where=(plan.place, other.place),
            )


def _check_served(
    plan: Plan, providers: Mapping[Any, Provider], *, is_async: bool
) -> None:
    own = "async def" if is_async else "def"
    for argument in plan.arguments:
        provider = providers.get(argument.key) if _is_provided(argument) else None
        if provider is None or provider.serves in ("any", own):
            continue
        name, instead = type_name(provider.key), type_name(provider.instead)
        raise PlanError(
            "SG-PLAN-029",
            f"{plan.name}() works for `{own}`, and {name} for `{provider.serves}`.",
            why="It waits, and with it the event loop and every other request."
            if is_async
            else "It has to be awaited.",
            fix=f"Write `{argument.name}: {instead}`, which has the same methods.",
            where=(plan.place,),
        )


def _is_provided(argument: Argument) -> bool:
    return argument.source is Source.PROVIDER


def nothing_provides(
    parameter: Parameter, signature: Signature, around: Surroundings
) -> PlanError:
    """Tell that a type is asked for which nothing gives."""
    hint = "no type" if parameter.hint is UNSET else type_name(parameter.hint)
    if is_body(parameter.hint) and around.input:
        fix = (
            f"Serve it with POST, PUT or PATCH, where {hint} is the body, or ask "
            "for its fields one by one, which come from the query."
        )
    elif Response in classes_of(parameter.hint):
        fix = (
            "Make one and return it: return JSON(data, headers={...}). In a function "
            "of @app.after it is there, and the yield of a provider gives it."
        )
    else:
        offers = sorted(_offers(around))
        fix = f"Add a provider: @app.provide def make() -> {hint}: ..."
        fix += f" There is {', '.join(offers)}." if offers else ""
        fix += did_you_mean(hint, offers)
    return PlanError(
        "SG-PLAN-007",
        f"{signature.name}() asks for `{parameter.name}: {hint}`, but nothing "
        "provides it here.",
        why="It could never be called.",
        fix=fix,
        where=(signature.place,),
    )


def _offers(around: Surroundings) -> Iterable[str]:
    known = (*around.carried, *around.app, *([Request] * around.request))
    return {type_name(each) for each in (*known, *around.providers)}


def no_such_place(argument: Argument, signature: Signature, why: str) -> PlanError:
    """Tell that a mark names a place that cannot have the value."""
    mark = f" with {type(argument.mark).__name__}" if argument.mark else ""
    return PlanError(
        "SG-PLAN-024",
        f"{signature.name}() asks for {_asked(argument)}{mark}, but {why}.",
        why="The value could never be found.",
        fix="Name the part of the request that has the value, or serve it with POST, "
        "PUT or PATCH.",
        where=(signature.place,),
    )


def short_lived(
    argument: Argument, provider: Provider, signature: Signature, places: list[str]
) -> PlanError:
    """Tell that something long-lived asks for what a request has for itself."""
    return PlanError(
        "SG-PLAN-022",
        f"{signature.name}() lives as long as the app and asks for "
        f"{_asked(argument)}, which lives as long as a request.",
        why="It would keep the value of one visitor and show it to the next.",
        fix="Ask for it in the handler, or provide it for the app: "
        'app.provide(..., scope="app").',
        where=(signature.place, *places, provider.place),
    )


def streams_prepared(plan: Plan) -> PlanError:
    """Tell that a stream has left before its answer could be prepared."""
    return PlanError(
        "SG-PLAN-030",
        f"{plan.name}() is a stream, and {type_name(plan.returns)} says what is to be "
        "done with its answer before it leaves.",
        why="A stream leaves bit by bit, so it would never be done.",
        fix="Do it with each item, before it is yielded; or return a list.",
        where=(plan.place,),
    )


def needs_view(argument: Argument, signature: Signature, name: str) -> PlanError:
    """Tell that a type is filled from input which nobody said may be."""
    hint = type_name(argument.hint)
    return PlanError(
        "SG-PLAN-031",
        f"{signature.name}() asks for {_asked(argument)}, which would be filled from "
        "what a client sends.",
        why=f"{name} is more than input: its key and its hidden fields are nobody's to "
        "set by accident.",
        fix=f"Write {hint.replace(name, f'Create[{name}]')} for a new one, "
        f"Patch[{name}] for a change; for one that is there put {{{argument.name}}} "
        "into the path.",
        where=(signature.place,),
    )


def circle(
    argument: Argument, provider: Provider, signature: Signature, places: list[str]
) -> PlanError:
    """Tell that a provider needs itself."""
    return PlanError(
        "SG-PLAN-021",
        f"{signature.name}() asks for {_asked(argument)}, which needs "
        f"{signature.name}() itself.",
        why="None of them could ever be made first.",
        fix="Take one of these parameters away.",
        where=tuple(dict.fromkeys((*places, signature.place, provider.place))),
    )


def guard_clash(argument: Argument, plan: Plan) -> PlanError:
    """Tell that a guard would take a value of the path for the one who asks."""
    return PlanError(
        "SG-PLAN-026",
        f"The guard {plan.name}() asks for {_asked(argument)}, and {{{argument.name}}} "
        "stands in the path.",
        why="The guard would be told of the one in the path, not of the one who asks.",
        fix="Give the two different names.",
        where=(plan.place,),
    )


def two_types(first: Argument, second: Argument, plan: Plan) -> PlanError:
    """Tell that one value of the path is wanted in two types."""
    return PlanError(
        "SG-PLAN-028",
        f"{{{first.key}}} in the path of {plan.name}() is asked for as "
        f"{_asked(first)} and as {_asked(second)}.",
        why="It is read once, into one type.",
        fix="Ask for it with the same type everywhere.",
        where=(plan.place, *(one.plan.place for one in plan.provided)),
    )


def _asked(argument: Argument) -> str:
    return f"`{argument.name}: {type_name(argument.hint)}`"
