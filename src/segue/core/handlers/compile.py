"""A Plan -> one function that calls the handler and finishes its answer.

Theory of operation. For every Plan a few lines of straight Python are written and
compiled: read what the arguments need out of the raw inputs, ask the guards, make what
providers give, call the function, turn the common answer into `(kind, body)`. Nothing
of the plan is looked at again when a request comes. The raw inputs are positional,
each present only when the plan needs it, then the values of the path:

    user(query, id)              GET /users/{id}?q=...
    order(body, content_type)    POST /orders

That function is what the walk calls, knowing no protocol. For a route that nothing
surrounds a second one is written per protocol (`compile_short`), with the same lines
in the middle and the protocol's own (`wire.py`) around them, so that nothing stands
between the server's call and the handler. What to change together: the order of the
inputs here, in `kernel/walk.py`, `kernel/handshake.py` and `core/protocols`; the lines
in the middle are written by `reading.py`, `providing.py` and `leaving.py`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from segue.core.di.opened import AsyncOpened, Opened
from segue.core.handlers.draft import Draft, Tools, begin_draft, own_name
from segue.core.handlers.gathering import Gather
from segue.core.handlers.invalid import Invalid
from segue.core.handlers.leaving import write_out, write_pair
from segue.core.handlers.plan import INPUTS, Plan, Source
from segue.core.handlers.providing import (
    write_call,
    write_guards,
    write_objects,
    write_preparing,
)
from segue.core.handlers.reading import (
    needs_request,
    reads_late,
    write_late,
    write_parts,
)
from segue.core.handlers.wire import Wire
from segue.core.schema.source import compile_source

__all__ = ["Call", "compile_plan", "compile_short"]


class Call(msgspec.Struct, frozen=True):
    """A compiled plan.

    Attributes:
        function: Takes the inputs that are needed, then the values of the path.
        query: It needs the query string, as text.
        body: It needs the body's bytes and its content type.
        request: It needs the `Request`.
        carried: It needs the values of the moment, as a mapping by type.
        is_async: It returns an awaitable.
        scope: It needs the `Scope`, as the last but the values of the path.
    """

    plan: Plan
    function: Callable[..., Any]
    source: str
    query: bool = False
    body: bool = False
    request: bool = False
    carried: bool = False
    is_async: bool = False
    scope: bool = False

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing but the values of the path is needed."""
        needs = self.query or self.body or self.request or self.carried
        return not (needs or self.scope)

    @property
    def keeps_body(self) -> bool:
        """Tell whether the body is read through the `Request`, since both are asked."""
        return self.request and self.plan.uses(Source.BODY)

    @property
    def is_light(self) -> bool:
        """Tell whether it never waits, so that it runs on the event loop."""
        return not self.is_async and (self.plan.inline or _only_makes(self.plan))

    @property
    def reads_ahead(self) -> bool:
        """Tell whether the body must be there before it is called on a loop."""
        plan = self.plan
        return self.is_light and (plan.uses(Source.FORM) or reads_late(plan))


def _only_makes(plan: Plan) -> bool:
    """Tell whether calling it only makes a generator, which is read elsewhere."""
    waits = plan.guards or plan.provided or plan.uses(Source.FORM)
    return plan.is_generator and not waits


def compile_plan(
    plan: Plan,
    tools: Tools,
    *,
    answers: bool = True,
    scoped: frozenset[Any] = frozenset(),
) -> Call:
    """Write and compile the function of a plan.

    Args:
        plan: What to call and with what.
        tools: What the function uses of its app.
        answers: Finish the answer into a pair or a `Response`; else return it raw.
        scoped: What the providers of the plan make comes from a scope, as far as it
            is named here.
    """
    whole, kept = plan, [one for one in plan.provided if one.wanted not in scoped]
    plan = msgspec.structs.replace(plan, provided=tuple(kept))
    draft = begin_draft(plan, tools, scoped)
    name, add = own_name(plan), draft.add
    has_query, has_body = plan.uses(Source.QUERY), plan.uses(Source.BODY)
    has_body = has_body and not reads_late(plan)
    has_request, has_carried = needs_request(plan), plan.uses(Source.CARRIED)
    head = ["query_"] * has_query + ["body_", "content_type_"] * has_body
    head += ["request_"] * has_request + ["carried_"] * has_carried
    head += ["scope_"] * bool(scoped)
    is_async = plan.is_async and not _only_makes(whole)
    given = ", ".join([*head, *draft.path.values()])
    draft.writer.add(f"{'async ' * is_async}def {name}({given}):", 0)
    gathers = _begin_gathering(draft)
    write_parts(draft)
    _begin_opened(draft)
    write_guards(draft)
    write_objects(draft)
    write_late(draft, is_async=is_async)
    if answers:
        add(f"answer_ = {write_call(draft)}")
        write_preparing(draft)
        _return(draft, write_pair(draft))
    else:
        _return(draft, write_call(draft))
    if gathers:
        draft.writer.depth = 1
        add("except Invalid_ as first_:")
        add(f"    raise {_gathered(draft)} from first_")
    source = str(draft.writer)
    function = compile_source(source, name, plan.name, draft.namespace)
    return Call(
        plan=whole,
        function=function,
        source=source,
        query=has_query,
        body=has_body,
        request=has_request,
        carried=has_carried,
        is_async=is_async,
        scope=bool(scoped),
    )


def compile_short(
    plan: Plan, tools: Tools, wire: Wire, names: Mapping[str, Any]
) -> Callable[..., Any]:
    """Write and compile the whole way from a protocol to a handler and back.

    Only for a handler of the wire's own colour that nothing surrounds.

    Args:
        plan: What to call and with what.
        tools: What the function uses of its app.
        wire: How to speak the protocol.
        names: What the wire names of this route: its status, its limits.
    """
    draft = begin_draft(plan, tools)
    draft.namespace.update({**wire.names, **names})
    writer, add, name = draft.writer, draft.add, own_name(plan)
    writer.add(f"{'async ' * wire.is_async}def {name}({wire.parameters}):", 0)
    gathers = _begin_gathering(draft, always=True)
    if draft.path:
        add(f"{', '.join(draft.path.values())}, = values_")
    if plan.uses(Source.QUERY):
        add(f"query_ = {wire.query}")
    if plan.uses(Source.BODY) and not needs_request(plan):
        for line in wire.quick_body:
            add(line)
    elif plan.uses(Source.BODY) and not reads_late(plan):
        # Read through a request, which is the one that the next line finds.
        add(f"body_, content_type_ = {wire.body}")
    if needs_request(plan):
        add(f"request_ = {wire.request}")
    write_parts(draft)
    _begin_opened(draft)
    write_guards(draft)
    write_objects(draft)
    write_late(draft, is_async=wire.is_async)
    add(f"answer_ = {write_call(draft)}")
    write_preparing(draft)
    write_out(draft)
    _end_opened(draft, "pair_")
    writer.depth = 1
    add("except Exception as error_:")
    if gathers:
        add("    if type(error_) is Invalid_:")
        add("        first_ = error_")
        add(f"        error_ = {_gathered(draft)}")
    add(f"    {wire.fail}")
    add("if pair_ is None:")
    if needs_request(plan):
        # Uploaded files; a Response is closed where it is sent.
        add("    request_.close()")
    for line in wire.send:
        add(f"    {line}")
    add(wire.reply)
    title = f"{plan.name} by {wire.names['protocol_']}"
    return compile_source(str(writer), name, title, draft.namespace)


# -- all that is wrong with the input, told at once


def _begin_gathering(draft: Draft, *, always: bool = False) -> bool:
    """Write the `try` behind which everything that does not fit is gathered.

    Args:
        draft: The function.
        always: It is needed for something else as well.

    Returns:
        Whether there is more than one value that may not fit.
    """
    plan = draft.plan
    inputs = [a for a in plan.everything if a.source in INPUTS]
    gathers = len([a for a in inputs if a.source is not Source.PATH]) > 1
    if gathers:
        draft.namespace["Invalid_"] = Invalid
        limit = draft.namespace["field_limit_"]
        draft.namespace["gather_"] = Gather(plan, limit)
        if plan.uses(Source.FORM):
            draft.add("form_ = None")
        if plan.uses(Source.BODY) and (always or reads_late(plan)):
            draft.add("body_ = None")
    if gathers or always:
        draft.add("try:")
        draft.writer.depth += 1
    return gathers


def _gathered(draft: Draft) -> str:
    plan = draft.plan
    query = "query_" if plan.uses(Source.QUERY) else "None"
    request = "request_" if needs_request(plan) else "None"
    form = "form_" if plan.uses(Source.FORM) else "None"
    body = "None"
    if plan.uses(Source.BODY):
        body = "None if body_ is None else (body_, content_type_)"
    return f"gather_(first_, {query}, {request}, {form}, {body})"


# -- what generator providers open, and its end


def _begin_opened(draft: Draft) -> None:
    if draft.opens:
        draft.namespace["Opened_"] = AsyncOpened if draft.plan.is_async else Opened
        draft.add(f"opened_ = Opened_({'run_' if draft.plan.is_async else ''})")
        draft.add("try:")
        draft.writer.depth += 1


def _end_opened(draft: Draft, response: str) -> None:
    if draft.opens:
        draft.writer.depth -= 1
        draft.add("except BaseException as cause_:")
        draft.add(f"    {draft.wait}opened_.fail(cause_)")
        draft.add(f"{draft.wait}opened_.finish({response})")


def _return(draft: Draft, value: str) -> None:
    if draft.opens:
        draft.add(f"made_ = {value}")
        _end_opened(draft, "made_ if type(made_) is not tuple else None")
        value = "made_"
    draft.add(f"return {value}")
