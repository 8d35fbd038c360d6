"""Write the lines that call guards and providers, each in its order, each once."""

import functools
from collections.abc import Iterable

from segue.core.errors import Forbidden, Unauthorized, WalkError
from segue.core.handlers.draft import Draft
from segue.core.handlers.plan import INPUTS, Argument, Plan, Provided, Source
from segue.core.handlers.reading import write_input
from segue.core.types import UNSET

__all__ = ["write_call", "write_guards", "write_objects", "write_preparing"]


def write_guards(draft: Draft) -> None:
    """Write the guards of a plan, and the providers that they ask."""
    for plan in draft.plan.guards:
        function = draft.put(plan.name, plan.function)
        call = _away(plan, function, _arguments(plan, draft), draft)
        if plan.returns is None or plan.returns is type(None):
            draft.add(call)  # it says no by raising
            continue
        draft.namespace["refuse_"] = _refuse
        place = draft.put("place", f"{plan.name}() at {plan.place}")
        draft.add(f"verdict_ = {call}")
        draft.add("if verdict_ is not True:")
        draft.add(f"    refuse_(verdict_, {place})")


def _refuse(verdict: object, guard: str) -> None:
    """Refuse a request that a guard did not let pass.

    Raises:
        Forbidden: It said no.
        WalkError: It said nothing, which must not let anybody in.
    """
    if verdict is None:
        raise WalkError(
            "SG-WALK-061",
            f"The guard {guard} returned None.",
            why="A guard that forgets to answer must not let everybody in.",
            fix="Return True or False; or write `-> None` and raise Forbidden(...).",
        )
    if not verdict:
        raise Forbidden


def write_objects(draft: Draft) -> None:
    """Write what makes the objects of the path that no guard asked for."""
    for one in draft.plan.provided:
        if one.early and one.wanted not in draft.made:
            draft.made[one.wanted] = _make(one, draft)


def write_preparing(draft: Draft) -> None:
    """Write what is done with `answer_` before it leaves."""
    for argument in draft.plan.preparers:
        prepare = _provided(argument, draft)
        draft.add(f"answer_ = {draft.wait}{prepare}(answer_)")


def write_call(draft: Draft) -> str:
    """Write what the handler needs; give the expression that calls it."""
    plan = draft.plan
    call = f"handler_({_joined(_arguments(plan, draft))})"
    return call if plan.is_generator else draft.wait + call


def _arguments(plan: Plan, draft: Draft) -> list[tuple[str, str]]:
    """Write what one function needs: what the client sent first, then the rest.

    Returns:
        For each argument its name, where it must be named, and its expression.
    """
    values = {
        argument.name: write_input(argument, draft)
        for argument in plan.arguments
        if argument.source in INPUTS
    }
    for argument in plan.arguments:
        if argument.source not in INPUTS:
            values[argument.name] = _other(argument, draft)
    return [(a.name if a.keyword_only else "", values[a.name]) for a in plan.arguments]


def _joined(arguments: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name}={value}" if name else value for name, value in arguments)


def _other(argument: Argument, draft: Draft) -> str:
    if argument.source is Source.REQUEST:
        return "request_"
    if argument.source is Source.PROVIDER:
        return _provided(argument, draft)
    if argument.source is Source.DEFAULT:
        return draft.put("default", argument.default)
    key = draft.put("type", argument.key)
    held = "carried_" if argument.source is Source.CARRIED else "app_"
    return f"{held}[{key}]"


def _provided(argument: Argument, draft: Draft) -> str:
    """Write what makes the value of a provider, where nobody asked for it before."""
    wanted = argument.key, argument.optional
    if wanted not in draft.made and wanted in draft.scoped:
        draft.made[wanted] = _scoped(argument, draft)
    elif wanted not in draft.made:
        one = next(each for each in draft.plan.provided if each.wanted == wanted)
        draft.made[wanted] = _make(one, draft)
    return draft.made[wanted]


def _make(one: Provided, draft: Draft) -> str:
    plan, add = one.plan, draft.add
    for argument in plan.arguments:
        # What others ask for as well is made in any case, before the question below.
        if argument.source is Source.PROVIDER and _askers(argument, draft) > 1:
            _provided(argument, draft)
    key = draft.put("key", one.provider.key)
    name = draft.name(plan.name)
    function = draft.put(plan.name, plan.function)
    draft.namespace["UNSET_"] = UNSET
    # A test may have put another value in its place.
    add(f"{name} = app_.get({key}, UNSET_)")
    add(f"if {name} is UNSET_:")
    draft.writer.depth += 1
    if one.optional:
        draft.namespace["Unauthorized_"] = Unauthorized
        add("try:")
        draft.writer.depth += 1
    add(f"{name} = {_making(one, function, draft)}")
    if one.provider.is_unit:
        add(f"opened_.enter({name})")
    if one.optional:
        draft.writer.depth -= 1
        add("except Unauthorized_:")
        add(f"    {name} = None")
    draft.writer.depth -= 1
    return name


def _scoped(argument: Argument, draft: Draft) -> str:
    """Write what takes a value from the scope, which makes it once for all."""
    key, name = draft.put("key", argument.key), draft.name(argument.name)
    wait, colour = ("await ", "a") if draft.plan.is_async else ("", "")
    get = f"{wait}scope_.{colour}get({key}, optional={argument.optional})"
    draft.add(f"{name} = {get}")
    return name


def _askers(argument: Argument, draft: Draft) -> int:
    wanted = argument.key, argument.optional
    return sum((a.key, a.optional) == wanted for a in draft.plan.everything)


def _making(one: Provided, function: str, draft: Draft) -> str:
    plan = one.plan
    arguments = _arguments(plan, draft)
    if not plan.is_generator:
        return _away(plan, function, arguments, draft, inline=one.provider.inline)
    generator = f"{function}({_joined(arguments)})"
    if plan.is_async:
        return f"await opened_.open({generator})"
    if not draft.plan.is_async:
        return f"opened_.open({generator})"
    if one.provider.inline:
        return f"opened_.open_inline({generator})"
    return f"await opened_.open_blocking({generator})"


def _away(
    plan: Plan,
    function: str,
    arguments: list[tuple[str, str]],
    draft: Draft,
    *,
    inline: bool = False,
) -> str:
    """Give the call of a function: awaited, here, or in a worker thread."""
    if plan.is_async:
        return f"await {function}({_joined(arguments)})"
    if not draft.plan.is_async or inline or isinstance(plan.function, type):
        return f"{function}({_joined(arguments)})"
    named = [each for each in arguments if each[0]]
    if named:
        draft.namespace["partial_"] = functools.partial
        function = f"partial_({_joined([('', function), *named])})"
    plain = [("", function), *(each for each in arguments if not each[0])]
    return f"await run_({_joined(plain)})"
