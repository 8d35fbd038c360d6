"""A Plan -> one function that calls the handler and finishes its answer.

Theory of operation. For every Plan a few lines of straight Python are written and
compiled: read what the arguments need out of the raw inputs, call the function,
turn the common answer into `(kind, body)`. Nothing of the plan is looked at again
when a request comes. The raw inputs are positional, each present only when
the plan needs it, then the values of the path:

    user(query, id)              GET /users/{id}?q=...
    order(body, content_type)    POST /orders

That function is what the walk calls, knowing no protocol. For a route that nothing
surrounds a second one is written per protocol (`compile_short`), with the same lines
in the middle and the protocol's own (`wire.py`) around them, so that nothing stands
between the server's call and the handler. What to change together: the order of the
inputs here, in `kernel/walk.py`, `kernel/handshake.py` and `core/protocols`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from segue.core.handlers.answers import (
    JSON_KIND,
    TEXT_KIND,
    finish,
    pair_kind,
    stream_type,
    to_response,
)
from segue.core.handlers.convert import (
    UNFIT,
    body_reader,
    missing,
    query_pairs,
    record_reader,
    text_converter,
)
from segue.core.handlers.inputs import bare
from segue.core.handlers.outputs import Exact, answer_holder, exactly
from segue.core.handlers.plan import Argument, Plan, Source
from segue.core.handlers.source import Writer, compile_source, identifier
from segue.core.handlers.wire import Wire
from segue.core.http.encoding import encode_json, quick_encode
from segue.core.http.response import Stream
from segue.core.http.urls import query_dict
from segue.core.types import UNSET

__all__ = ["Call", "compile_plan", "compile_short"]

_EMPTY: Mapping[str, str] = MappingProxyType({})
_CHANGEABLE = (list, dict, set)
_BODILESS = (204, 205, 304)


class Call(msgspec.Struct, frozen=True):
    """A compiled plan.

    Attributes:
        function: Takes the inputs that are needed, then the values of the path.
        query: It needs the query string, as text.
        body: It needs the body's bytes and its content type.
        request: It needs the `Request`.
        carried: It needs the values of the moment, as a mapping by type.
    """

    plan: Plan
    function: Callable[..., Any]
    source: str
    query: bool
    body: bool
    request: bool
    carried: bool

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing but the values of the path is needed."""
        return not (self.query or self.body or self.request or self.carried)


def compile_plan(
    plan: Plan,
    app: Mapping[type, Any],
    *,
    answers: bool = True,
    field_limit: int = 1000,
) -> Call:
    """Write and compile the function of a plan.

    Args:
        plan: What to call and with what.
        app: The values of the app by type. Looked up when called, so that a test
            may replace one.
        answers: Finish the answer into a pair or a `Response`; else return it raw.
        field_limit: How many fields a query may have.
    """
    draft = _draft(plan, app, field_limit)
    name = _own_name(plan)
    has_query, has_body = plan.uses(Source.QUERY), plan.uses(Source.BODY)
    has_request, has_carried = plan.uses(Source.REQUEST), plan.uses(Source.CARRIED)
    head = ["query_"] * has_query + ["body_", "content_type_"] * has_body
    head += ["request_"] * has_request + ["carried_"] * has_carried
    head += draft.path
    colour = "async " if plan.is_async and not plan.is_generator else ""
    writer = draft.writer
    writer.add(f"{colour}def {name}({', '.join(head)}):", 0)
    answer = _answer(draft)
    if answers:
        writer.add(f"answer_ = {answer}")
        answer = _pair(draft)
    writer.add(f"return {answer}")
    source = str(writer)
    function = compile_source(source, name, plan.name, draft.namespace)
    return Call(plan, function, source, has_query, has_body, has_request, has_carried)


def compile_short(
    plan: Plan, app: Mapping[type, Any], wire: Wire, names: Mapping[str, Any]
) -> Callable[..., Any]:
    """Write and compile the whole way from a protocol to a handler and back.

    Only for a handler of the wire's own colour that nothing surrounds.

    Args:
        plan: What to call and with what.
        app: The values of the app by type.
        wire: How to speak the protocol.
        names: What the wire names of this route: its status, its limits.
    """
    draft = _draft(plan, app, names["field_limit_"])
    draft.namespace.update({**wire.names, **names})
    writer, name = draft.writer, _own_name(plan)
    colour = "async " if wire.is_async else ""
    writer.add(f"{colour}def {name}({wire.parameters}):", 0)
    writer.add("try:")
    writer.depth = 2
    if draft.path:
        writer.add(f"{', '.join(draft.path)}, = values_")
    if plan.uses(Source.QUERY):
        writer.add(f"query_ = {wire.query}")
    if plan.uses(Source.BODY) and plan.uses(Source.REQUEST):
        writer.add(f"body_, content_type_ = {wire.body}")
    elif plan.uses(Source.BODY):
        for line in wire.quick_body:
            writer.add(line)
    if plan.uses(Source.REQUEST):
        writer.add(f"request_ = {wire.request}")
    writer.add(f"answer_ = {_answer(draft)}")
    _finish(draft)
    writer.depth = 1
    writer.add("except Exception as error_:")
    writer.add(f"    {wire.fail}")
    writer.add("if pair_ is None:")
    if plan.uses(Source.REQUEST):
        # Uploaded files; a Response is closed where it is sent.
        writer.add("    request_.close()")
    for line in wire.send:
        writer.add(f"    {line}")
    writer.add(wire.reply)
    title = f"{plan.name} by {wire.names['protocol_']}"
    return compile_source(str(writer), name, title, draft.namespace)


class _Draft(msgspec.Struct, frozen=True):
    """A function that is being written.

    Attributes:
        locals: The name in the text of each argument and each value of the path. It
            ends with a number, as no other name of the text does: those of our own
            end with a low line.
    """

    plan: Plan
    writer: Writer
    namespace: dict[str, Any]
    locals: Mapping[str, str]

    @property
    def path(self) -> list[str]:
        """The values of the path, as they are named in the text."""
        return [self.locals[name] for name in self.plan.path_names]


def _draft(plan: Plan, app: Mapping[type, Any], limit: int) -> _Draft:
    namespace = {
        "handler_": plan.function,
        "app_": app,
        "finish_": finish,
        "encode_": encode_json,
        "query_dict_": query_dict,
        "query_pairs_": query_pairs,
        "EMPTY_": _EMPTY,
        "UNSET_": UNSET,
        "missing_": missing,
        "field_limit_": limit,
    }
    names = dict.fromkeys([*plan.path_names, *(a.name for a in plan.arguments)])
    numbered = {name: f"{identifier(name)}_{n}" for n, name in enumerate(names)}
    return _Draft(plan, Writer(), namespace, numbered)


def _own_name(plan: Plan) -> str:
    name = identifier(plan.name)
    return f"{name}0" if name.endswith("_") else name


def _answer(draft: _Draft) -> str:
    """Write what reads the arguments; give the expression that calls the handler."""
    plan = draft.plan
    _read_query(draft)
    call = ", ".join(_expression(argument, draft) for argument in plan.arguments)
    wait = "await " if plan.is_async and not plan.is_generator else ""
    return f"{wait}handler_({call})"


def _read_query(draft: _Draft) -> None:
    wanted = [a for a in draft.plan.arguments if a.source is Source.QUERY]
    several = [argument.repeated or argument.record for argument in wanted]
    for is_wanted, name, reader in (
        (any(several), "pairs_", "query_pairs_"),
        (not all(several), "query_", "query_dict_"),
    ):
        if is_wanted:
            read = f"{reader}(query_, field_limit_)"
            draft.writer.add(f"{name} = {read} if query_ else EMPTY_")


def _expression(argument: Argument, draft: _Draft) -> str:
    value = _value(argument, draft)
    return f"{argument.name}={value}" if argument.keyword_only else value


def _value(argument: Argument, draft: _Draft) -> str:
    name, namespace = draft.locals[argument.name], draft.namespace
    match argument.source:
        case Source.PATH:
            return name
        case Source.REQUEST:
            return "request_"
        case Source.CARRIED:
            namespace[f"type_{name}"] = argument.key
            return f"carried_[type_{name}]"
        case Source.APP:
            namespace[f"type_{name}"] = argument.key
            return f"app_[type_{name}]"
        case Source.BODY:
            decode, read = body_reader(argument)
            namespace[f"decode_{name}"], namespace[f"read_{name}"] = decode, read
            namespace["UNFIT_"] = UNFIT
            add = draft.writer.add
            add("try:")
            add('    if content_type_ == "application/json":')
            add(f"        {name} = decode_{name}(body_)")
            add("    else:")
            add(f"        {name} = read_{name}(body_, content_type_)")
            add("except UNFIT_:")
            # Once more, by the reader that says what is wrong with it.
            add(f"    {name} = read_{name}(body_, content_type_)")
        case Source.QUERY if argument.record:
            others = [a.key for a in draft.plan.arguments if a.source is Source.QUERY]
            namespace[f"read_{name}"] = record_reader(argument, filter(None, others))
            draft.writer.add(f"{name} = read_{name}(pairs_)")
        case _:  # the query, value by value
            return _query_value(argument, name, draft)
    return name


def _query_value(argument: Argument, name: str, draft: _Draft) -> str:
    namespace, default = draft.namespace, argument.default
    namespace[f"default_{name}"] = default
    found = "pairs_" if argument.repeated else "query_"
    convert = text_converter(argument)
    otherwise = f"default_{name}"
    if default is UNSET:
        otherwise = f"missing_({argument.key!r})"
    elif type(default) in _CHANGEABLE:
        # What one request adds to a list must not be there for the next.
        otherwise = f"default_{name}.copy()"
    elif convert is None:
        return f"{found}.get({argument.key!r}, {otherwise})"
    converted = name
    if convert is not None:
        namespace[f"convert_{name}"] = convert
        converted = f"convert_{name}({name})"
    draft.writer.add(f"{name} = {found}.get({argument.key!r}, UNSET_)")
    draft.writer.add(f"{name} = {otherwise} if {name} is UNSET_ else {converted}")
    return name


def _pair(draft: _Draft) -> str:
    """Write the test of the usual answer; give the expression of any, as a pair."""
    way = _way_out(draft)
    if len(way.usual) != 1:
        return way.finished
    _write_exact(way, draft)
    ((test, kind),) = way.usual
    body = {TEXT_KIND: "answer_.encode()", JSON_KIND: "encode_(answer_)"}
    made = f"({kind}, {body.get(kind, 'answer_')})"
    return f"{made} if {test} else {way.finished}"


def _finish(draft: _Draft) -> None:
    """Write what sets `kind_` and `out_` of the usual answer, or else `pair_`.

    The encoder is called as it is; what it refuses is encoded once more by the one
    that names the place.
    """
    add, way = draft.writer.add, _way_out(draft)
    draft.namespace["quick_encode_"] = quick_encode
    _write_exact(way, draft)
    word = "if"
    for test, kind in way.usual:
        add(f"{word} {test}:")
        word = "elif"
        add(f"    kind_ = {kind}")
        if kind == JSON_KIND:
            add("    try:")
            add("        out_ = quick_encode_(answer_)")
            add("    except Exception:")
            add("        out_ = encode_(answer_)")
        else:
            add(f"    out_ = answer_{'.encode()' if kind == TEXT_KIND else ''}")
        add("    pair_ = None")
    indent = "    " if way.usual else ""
    if way.usual:
        add("else:")
    add(f"{indent}pair_ = {way.finished}")
    add(f"{indent}if type(pair_) is tuple:")
    add(f"{indent}    kind_, out_ = pair_")
    add(f"{indent}    pair_ = None")


def _write_exact(way: "_WayOut", draft: _Draft) -> None:
    for line in way.exact.lines() if way.exact else ():
        draft.writer.add(line)


class _WayOut(msgspec.Struct, frozen=True):
    """What becomes of `answer_`.

    Attributes:
        finished: The expression that makes a pair or a `Response` of any answer.
        usual: The tests of the usual answers, each with the kind of its pair.
        exact: What must be written before `exact_` can be such a test.
    """

    finished: str
    usual: tuple[tuple[str, int], ...] = ()
    exact: Exact | None = None


def _way_out(draft: _Draft) -> _WayOut:
    plan, namespace = draft.plan, draft.namespace
    if plan.is_generator:
        namespace["stream_"] = Stream
        media_type, status = stream_type(plan.returns), plan.status or 200
        return _WayOut(f"stream_(answer_, {status}, media_type={media_type!r})")
    if plan.status in _BODILESS:
        # A pair always has a body; a Response takes it off.
        namespace["to_response_"] = to_response
        return _WayOut(f"to_response_(answer_, {plan.status})")
    status = f", {plan.status}" if plan.status else ""
    finished = f"finish_(answer_{status})"
    if plan.returns is UNSET:
        namespace["str_"], namespace["dict_"] = str, dict
        usual = ("type(answer_) is str_", TEXT_KIND), ("type(answer_) is dict_", 1)
        return _WayOut(finished, usual)
    known, exact = pair_kind(bare(plan.returns)), None
    if known is not None:
        namespace["returned_"] = known[0]
        exact = Exact("type(answer_) is returned_")
    if (hold := answer_holder(plan.returns)) is not None:
        namespace["hold_"] = hold
        finished = f"finish_(hold_(answer_){status})"
        exact = exactly(plan.returns, "answer_", namespace)
    if known is None or exact is None:
        return _WayOut(finished)
    test = "exact_" if exact.loops else exact.test
    return _WayOut(finished, ((test, known[1]),), exact if exact.loops else None)
