"""Write the lines that read the parts of a request into arguments.

What several arguments share is read once into a name of its own: `fields_` and
`pairs_` of the query, `lines_` (the headers), `cookies_`, `form_`.
"""

import types
from collections.abc import Mapping

from segue.core.errors import NotFound
from segue.core.handlers.convert import UNFIT, body_reader
from segue.core.handlers.draft import Draft
from segue.core.handlers.gathering import other_names
from segue.core.handlers.invalid import missing
from segue.core.handlers.plan import Argument, Plan, Source
from segue.core.handlers.texts import (
    form_pairs,
    query_pairs,
    record_reader,
    several,
    text_converter,
    whole_pairs,
)
from segue.core.http.urls import query_dict
from segue.core.schema.checks import check_for
from segue.core.types import UNSET

__all__ = ["needs_request", "reads_late", "write_input", "write_late", "write_parts"]

_EMPTY: Mapping[str, str] = types.MappingProxyType({})
_CHANGEABLE = (list, dict, set)
_SHARED: Mapping[Source, str] = types.MappingProxyType(
    {
        Source.QUERY: "fields_",
        Source.HEADER: "lines_",
        Source.COOKIE: "cookies_",
        Source.FORM: "form_",
    }
)


def needs_request(plan: Plan) -> bool:
    """Tell whether a plan needs the `Request`, for itself or to read its parts."""
    asks = plan.uses(Source.REQUEST, Source.HEADER, Source.COOKIE, Source.FORM)
    finishes = bool(plan.renderers) or plan.headers is not None
    return asks or reads_late(plan) or finishes


def reads_late(plan: Plan) -> bool:
    """Tell whether the body is read only when guards have let the request pass."""
    return bool(plan.guards or plan.has_objects) and plan.uses(Source.BODY)


def write_parts(draft: Draft) -> None:
    """Write what is read before anything is asked: query, headers, cookies."""
    plan, namespace = draft.plan, draft.namespace
    wanted = [a for a in plan.everything if a.source is Source.QUERY]
    many = [argument.repeated or argument.record for argument in wanted]
    for is_wanted, name, reader in (
        (any(many), "pairs_", query_pairs),
        (not all(many), "fields_", query_dict),
    ):
        if is_wanted:
            namespace["EMPTY_"] = _EMPTY
            namespace[f"read_{name}"] = reader
            read = f"read_{name}(query_, field_limit_)"
            draft.add(f"{name} = {read} if query_ else EMPTY_")
    if plan.uses(Source.HEADER):
        draft.add("lines_ = request_.headers")
    if plan.uses(Source.COOKIE):
        draft.add("cookies_ = request_.cookies")


def write_late(draft: Draft, *, is_async: bool) -> None:
    """Write what is read when the guards have let the request pass: body or form."""
    wait, colour = ("await ", "a") if is_async else ("", "")
    if reads_late(draft.plan):
        draft.add(f"body_ = {wait}request_.{colour}body()")
        draft.add("content_type_ = request_.headers.get('content-type') or ''")
    if draft.plan.uses(Source.FORM):
        draft.add(f"form_ = {wait}request_.{colour}form()")


def write_input(argument: Argument, draft: Draft) -> str:
    """Write what reads one argument; give the expression of its value."""
    if argument.source is Source.PATH:
        return _path(argument, draft)
    if argument.source is Source.BODY:
        return _body(argument, draft)
    if argument.record:
        return _record(argument, draft)
    return _text(argument, draft)


def _path(argument: Argument, draft: Draft) -> str:
    """Check a value of the path; one that does not hold its marks is not there."""
    name, hint = draft.path[argument.key], argument.hint
    check = None if hint is UNSET else check_for(hint, meta=True)
    if check is not None:
        draft.namespace["NotFound_"] = NotFound
        draft.add(f"if not {draft.put('holds', check)}({name}):")
        draft.add("    raise NotFound_")
    return name


def _body(argument: Argument, draft: Draft) -> str:
    name = draft.name(argument.name)
    decode, read = body_reader(argument)
    quick, careful = draft.put("decode", decode), draft.put("read", read)
    draft.namespace["UNFIT_"] = UNFIT
    draft.add("try:")
    draft.add('    if content_type_ == "application/json":')
    draft.add(f"        {name} = {quick}(body_)")
    draft.add("    else:")
    draft.add(f"        {name} = {careful}(body_, content_type_)")
    draft.add("except UNFIT_:")
    # Once more, by the reader that says what is wrong with it.
    draft.add(f"    {name} = {careful}(body_, content_type_)")
    return name


def _record(argument: Argument, draft: Draft) -> str:
    name, source = draft.name(argument.name), argument.source
    others = other_names(draft.plan, source)
    read = draft.put("read", record_reader(argument, others))
    pairs = "pairs_"
    if source is Source.FORM:
        draft.namespace["form_pairs_"] = form_pairs
        pairs = "form_pairs_(form_)"
    elif source is not Source.QUERY:
        draft.namespace["whole_pairs_"] = whole_pairs
        hint = draft.put("hint", argument.hint)
        pairs = f"whole_pairs_({_SHARED[source]}, {hint})"
    draft.add(f"{name} = {read}({pairs})")
    return name


def _text(argument: Argument, draft: Draft) -> str:
    name, key = draft.name(argument.name), argument.key
    found, place = _SHARED[argument.source], argument.source.value
    default = argument.default
    otherwise = draft.put("default", default)
    convert = text_converter(argument)
    if default is UNSET:
        draft.namespace["missing_"] = missing
        otherwise = f"missing_({place!r}, {key!r})"
    elif type(default) in _CHANGEABLE:
        # What one request adds to a list must not be there for the next.
        otherwise += ".copy()"
    elif convert is None and not argument.repeated:
        return f"{found}.get({key!r}, {otherwise})"
    draft.namespace["UNSET_"] = UNSET
    draft.add(f"{name} = {_found(argument, found, draft)}")
    value = name if convert is None else f"{draft.put('convert', convert)}({name})"
    draft.add(f"{name} = {otherwise} if {name} is UNSET_ else {value}")
    return name


def _found(argument: Argument, found: str, draft: Draft) -> str:
    if not argument.repeated:
        return f"{found}.get({argument.key!r}, UNSET_)"
    if argument.source is Source.QUERY:
        return f"pairs_.get({argument.key!r}, UNSET_)"
    draft.namespace["several_"] = several
    return f"several_({found}, {argument.key!r})"
