"""A Plan -> one function that calls the handler and finishes its answer.

Theory of operation. For every Plan a few lines of straight Python are written and
compiled: read what the arguments need out of the raw inputs, call the function,
turn the common answer into `(kind, body)`. Nothing of the plan is looked at again
when a request comes. The raw inputs are positional, in the order of `Inputs`, each
present only when the plan needs it, then the values of the path:

    user(query, id)              GET /users/{id}?q=...
    order(body, content_type)    POST /orders

The protocols know how to get each input and how to send a pair; the written
function knows neither. What to change together: `Inputs` and the endpoints in
`core/protocols`, `_call_inputs` in `kernel/steps.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from segue.core.handlers.answers import finish, pair_kind
from segue.core.handlers.convert import (
    body_reader,
    missing,
    query_pairs,
    text_converter,
)
from segue.core.handlers.inputs import bare
from segue.core.handlers.plan import Argument, Plan, Source
from segue.core.handlers.source import Writer, compile_source, identifier
from segue.core.http.response import encode_json
from segue.core.http.urls import query_dict
from segue.core.types import UNSET

__all__ = ["Call", "compile_plan"]

_EMPTY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Call:
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
    writer = Writer()
    namespace: dict[str, Any] = {
        "handler_": plan.function,
        "app_": app,
        "finish_": finish,
        "encode_": encode_json,
        "query_dict_": query_dict,
        "query_pairs_": query_pairs,
        "EMPTY_": _EMPTY,
        "UNSET_": UNSET,
        "missing_": missing,
        "limit_": field_limit,
    }
    name = identifier(plan.name)
    has_query, has_body = plan.uses(Source.QUERY), plan.uses(Source.BODY)
    has_request, has_carried = plan.uses(Source.REQUEST), plan.uses(Source.CARRIED)
    head = ["query_"] * has_query + ["body_", "content_type_"] * has_body
    head += ["request_"] * has_request + ["carried_"] * has_carried
    head += [f"{path}_" for path in map(identifier, plan.path_names)]
    colour = "async " if plan.is_async and not plan.is_generator else ""
    writer.add(f"{colour}def {name}({', '.join(head)}):", 0)
    _read_query(writer, plan)
    call = ", ".join(_expression(a, writer, namespace) for a in plan.arguments)
    wait = "await " if colour else ""
    if answers:
        writer.add(f"answer_ = {wait}handler_({call})")
        _finish(writer, plan, namespace)
    else:
        writer.add(f"return {wait}handler_({call})")
    source = str(writer)
    function = compile_source(source, name, plan.name, namespace)
    return Call(plan, function, source, has_query, has_body, has_request, has_carried)


def _read_query(writer: Writer, plan: Plan) -> None:
    wanted = [a for a in plan.arguments if a.source is Source.QUERY]
    if not wanted:
        return
    if any(argument.repeated for argument in wanted):
        writer.add("pairs_ = query_pairs_(query_, limit_) if query_ else EMPTY_")
    if any(not argument.repeated for argument in wanted):
        writer.add("query_ = query_dict_(query_, limit_) if query_ else EMPTY_")


def _expression(argument: Argument, writer: Writer, namespace: dict[str, Any]) -> str:
    value = _value(argument, writer, namespace)
    return f"{argument.name}={value}" if argument.keyword_only else value


def _value(argument: Argument, writer: Writer, namespace: dict[str, Any]) -> str:
    name = identifier(argument.name)
    match argument.source:
        case Source.PATH:
            return f"{name}_"
        case Source.REQUEST:
            return "request_"
        case Source.CARRIED:
            namespace[f"type_{name}"] = argument.key
            return f"carried_[type_{name}]"
        case Source.APP:
            namespace[f"type_{name}"] = argument.key
            return f"app_[type_{name}]"
        case Source.BODY:
            namespace[f"decode_{name}"], namespace[f"read_{name}"] = body_reader(
                argument
            )
            writer.add(
                f"{name}_ = decode_{name}(body_) "
                f'if content_type_ == "application/json" '
                f"else read_{name}(body_, content_type_)"
            )
            return f"{name}_"
        case Source.QUERY:
            return _query_value(argument, name, writer, namespace)


def _query_value(
    argument: Argument, name: str, writer: Writer, namespace: dict[str, Any]
) -> str:
    namespace[f"default_{name}"] = argument.default
    found = "pairs_" if argument.repeated else "query_"
    convert = text_converter(argument)
    if convert is None and argument.default is not UNSET:
        return f"{found}.get({argument.key!r}, default_{name})"
    namespace[f"convert_{name}"] = convert or _same
    otherwise = f"missing_({argument.key!r})"
    if argument.default is not UNSET:
        otherwise = f"default_{name}"
    writer.add(f"{name}_ = {found}.get({argument.key!r}, UNSET_)")
    converted = f"{name}_" if convert is None else f"convert_{name}({name}_)"
    writer.add(f"{name}_ = {otherwise} if {name}_ is UNSET_ else {converted}")
    return f"{name}_"


def _same(text: str) -> str:
    return text


def _finish(writer: Writer, plan: Plan, namespace: dict[str, Any]) -> None:
    status = plan.status
    tail = f"return finish_(answer_, {status})" if status else "return finish_(answer_)"
    known = None if plan.returns is UNSET else pair_kind(bare(plan.returns))
    if known is not None:
        kind, number = known
        namespace["kind_"] = kind
        body = {0: "answer_.encode()", 1: "encode_(answer_)"}.get(number, "answer_")
        writer.add("if type(answer_) is kind_:")
        writer.add(f"return {number}, {body}", 2)
    writer.add(tail)
