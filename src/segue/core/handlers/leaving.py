"""Write the lines that turn what a handler returned into what leaves."""

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
from segue.core.handlers.draft import Draft
from segue.core.handlers.heading import Heading
from segue.core.handlers.inputs import bare
from segue.core.handlers.outputs import Exact, exactly
from segue.core.handlers.plan import Plan
from segue.core.handlers.rendering import Renderers
from segue.core.handlers.showing import answer_shower, show_undeclared, shower
from segue.core.http.encoding import encode_json, quick_encode
from segue.core.http.response import Stream
from segue.core.schema.describe import describe
from segue.core.schema.shape import Kind
from segue.core.types import UNSET

__all__ = ["write_out", "write_pair"]

_BODILESS = (204, 205, 304)


def write_pair(draft: Draft) -> str:
    """Write the test of the usual answer; give the expression of any, as a pair."""
    way = _way_out(draft)
    if len(way.usual) != 1:
        return way.finished
    _write_exact(way, draft)
    ((test, kind),) = way.usual
    body = {TEXT_KIND: "answer_.encode()", JSON_KIND: f"encode_({way.shown})"}
    made = f"({kind}, {body.get(kind, 'answer_')})"
    return f"{made} if {test} else {way.finished}"


def write_out(draft: Draft) -> None:
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
            if way.shown != "answer_":
                add(f"    answer_ = {way.shown}")
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


def _write_exact(way: "_WayOut", draft: Draft) -> None:
    for line in way.exact.lines() if way.exact else ():
        draft.writer.add(line)


class _WayOut(msgspec.Struct, frozen=True):
    """What becomes of `answer_`.

    Attributes:
        finished: The expression that makes a pair or a `Response` of any answer.
        usual: The tests of the usual answers, each with the kind of its pair.
        exact: What must be written before `exact_` can be such a test.
        shown: The expression of what leaves of a usual answer that is data.
    """

    finished: str
    usual: tuple[tuple[str, int], ...] = ()
    exact: Exact | None = None
    shown: str = "answer_"


def _response_of(plan: Plan, namespace: dict[str, Any]) -> str | None:
    """Give the expression of an answer that is never a pair, if it is none."""
    if plan.is_generator:
        namespace["stream_"] = Stream
        media_type, status = stream_type(plan.returns), plan.status or 200
        return f"stream_(answer_, {status}, media_type={media_type!r})"
    if plan.headers is not None:
        namespace["headed_"] = Heading(plan)
        return "headed_(answer_, request_)"
    if plan.status in _BODILESS:
        # A pair always has a body; a Response takes it off.
        namespace["to_response_"] = to_response
        return f"to_response_(answer_, {plan.status})"
    if plan.renderers:
        namespace["render_"] = Renderers(plan)
        return "render_(answer_, request_)"
    return None


def _way_out(draft: Draft) -> _WayOut:
    plan, namespace = draft.plan, draft.namespace
    namespace["finish_"], namespace["encode_"] = finish, encode_json
    if (made := _response_of(plan, namespace)) is not None:
        return _WayOut(made)
    declared = f", {plan.status}" if plan.status else ""
    if plan.returns is UNSET or describe(plan.returns).kind is Kind.ANY:
        return _undeclared(draft, declared)
    if (show := shower(plan.returns)) is not None:
        namespace["show_"], namespace["hold_"] = show, answer_shower(plan.returns)
        return _viewed(draft, declared)
    return _declared(draft, declared)


def _undeclared(draft: Draft, declared: str) -> _WayOut:
    draft.namespace["show_"] = show_undeclared
    finished = f"finish_(show_(answer_){declared})"
    if draft.plan.returns is not UNSET:
        return _WayOut(finished)
    draft.namespace["str_"], draft.namespace["dict_"] = str, dict
    usual = ("type(answer_) is str_", TEXT_KIND), ("type(answer_) is dict_", JSON_KIND)
    return _WayOut(finished, usual)


def _viewed(draft: Draft, declared: str) -> _WayOut:
    """Write an answer with views: `show_` makes of it what is encoded."""
    finished = f"finish_(hold_(answer_){declared})"
    known = pair_kind(bare(draft.plan.returns))
    if known is None:
        return _WayOut(finished)
    draft.namespace["returned_"] = known[0]
    test = "type(answer_) is returned_"
    return _WayOut(finished, ((test, known[1]),), shown="show_(answer_)")


def _declared(draft: Draft, declared: str) -> _WayOut:
    """Write an answer that is held to its type."""
    plan, namespace = draft.plan, draft.namespace
    finished = f"finish_(answer_{declared})"
    known, exact = pair_kind(bare(plan.returns)), None
    if known is not None:
        namespace["returned_"] = known[0]
        exact = Exact("type(answer_) is returned_")
    if (hold := answer_shower(plan.returns)) is not None:
        namespace["hold_"] = hold
        finished = f"finish_(hold_(answer_){declared})"
        exact = exactly(plan.returns, "answer_", namespace)
    if known is None or exact is None:
        return _WayOut(finished)
    test = "exact_" if exact.loops else exact.test
    return _WayOut(finished, ((test, known[1]),), exact if exact.loops else None)
