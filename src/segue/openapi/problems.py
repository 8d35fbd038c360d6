"""The problem documents of errors, and the errors that a route can answer with.

Three sources say which errors there are: `raises=` of the route, the code of the
handler and of what runs for it, and what the way to the handler refuses by itself.

Source: RFC 9457.
"""

import typing
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from segue.core.errors import (
    BadRequest,
    ContentTooLarge,
    Forbidden,
    HTTPError,
    NotAcceptable,
    NotFound,
    ServiceUnavailable,
    Unauthorized,
    UnprocessableContent,
    UnsupportedMediaType,
)
from segue.core.handlers.inputs import is_optional, members_of
from segue.core.handlers.options import several
from segue.core.handlers.plan import Argument, Plan, Source
from segue.core.kernel.entry import Entry
from segue.core.types import UNSET
from segue.openapi.written import errors_in

__all__ = [
    "InvalidProblem",
    "Problem",
    "Surrounded",
    "UnfitValue",
    "errors_of",
    "problem_type",
]

_FORMED = ("detail", "extra", "headers", "status", "title", "type")


class Problem(msgspec.Struct):
    """What went wrong: a problem document of RFC 9457."""

    title: str
    status: int
    type: str = "about:blank"
    detail: str | msgspec.UnsetType = msgspec.UNSET


class UnfitValue(msgspec.Struct, rename={"place": "in"}):
    """One value of the input that does not fit."""

    place: str
    name: str
    message: str
    code: str


class InvalidProblem(Problem):
    """The input does not fit: every value of it that does not, with the reason."""

    errors: list[UnfitValue] | msgspec.UnsetType = msgspec.UNSET


class Surrounded(msgspec.Struct, frozen=True):
    """A handler with what runs for it.

    Attributes:
        plan: How the handler is called.
        around: The plans of the middleware and the hooks before it.
        secured: Something of it reads credentials, and does not do without.
    """

    plan: Plan
    around: tuple[Plan, ...] = ()
    secured: bool = False

    @classmethod
    def of(cls, entry: Entry) -> "Surrounded":
        """Read what surrounds a handler."""
        around = (*entry.layers, *entry.befores)
        return cls(entry.call.plan, tuple(each.call.plan for each in around))

    @property
    def helpers(self) -> tuple[Plan, ...]:
        """What runs for the handler: middleware, hooks, guards, providers."""
        plan, around = self.plan, self.around
        made = (one.plan for each in (*around, plan) for one in each.provided)
        every = (*around, *plan.guards, *made)
        return tuple({id(each): each for each in every}.values())


def errors_of(
    whole: Surrounded, options: typing.Mapping[str, Any]
) -> dict[int, list[type[HTTPError]]]:
    """Find the errors that a route can answer with, by their status."""
    plan = whole.plan
    classes: list[type[HTTPError]] = [*several(options.get("raises", ()))]
    for each in (plan, *whole.helpers):
        classes += errors_in(each.function)
    classes += _refusals(plan)
    if whole.secured:
        classes.append(Unauthorized)
    if plan.guards:
        classes += (Unauthorized, Forbidden)
    if options.get("timeout"):
        classes.append(ServiceUnavailable)
    found: dict[int, list[type[HTTPError]]] = {}
    for each in dict.fromkeys(classes):
        if each is not HTTPError:
            found.setdefault(each.status, []).append(each)
    return dict(sorted(found.items()))


def problem_type(kind: type[HTTPError]) -> type[msgspec.Struct]:
    """Find the schema of an error's document; its own annotations are members of it.

    class OutOfStock(Conflict):
        left: int           # given to HTTPError as extra={"left": ...}
    """
    if issubclass(kind, UnprocessableContent):
        general: type[msgspec.Struct] = InvalidProblem
    else:
        general = Problem
    hints = typing.get_type_hints(kind, include_extras=True)
    own = {name: hint for name, hint in hints.items() if name not in _FORMED}
    if not own:
        return general
    made = msgspec.defstruct(
        kind.__name__,
        list(own.items()),
        bases=(general,),
        module=kind.__module__,
        kw_only=True,
    )
    made.__doc__ = kind.__doc__
    return made


def _refusals(plan: Plan) -> Iterator[type[HTTPError]]:
    """Find what is refused before the handler is called."""
    inputs = [each for each in plan.everything if each.source in _CHECKED]
    has_body = plan.uses(Source.BODY, Source.FORM)
    if inputs or plan.path_names:
        yield BadRequest
    if plan.path_names:
        yield NotFound
    if plan.renderers:
        yield NotAcceptable
    if has_body:
        yield ContentTooLarge
    if any(_refuses_type(each) for each in inputs):
        yield UnsupportedMediaType
    if has_body or any(map(_may_not_fit, inputs)):
        yield UnprocessableContent


_CHECKED = (Source.QUERY, Source.HEADER, Source.COOKIE, Source.FORM, Source.BODY)


def _refuses_type(argument: Argument) -> bool:
    is_raw = members_of(argument.hint) == (bytes,) and not is_optional(argument.hint)
    is_body = argument.source is Source.BODY and not is_raw
    return is_body or argument.source is Source.FORM


def _may_not_fit(argument: Argument) -> bool:
    is_text = argument.hint is UNSET or argument.hint in (str, str | None)
    return argument.default is UNSET or not is_text


def kinds_of(classes: Iterable[type[HTTPError]]) -> list[type[msgspec.Struct]]:
    """List the documents of several errors of one status, each once."""
    return list(dict.fromkeys(map(problem_type, classes)))
