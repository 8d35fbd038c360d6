"""The problem documents of errors, and the errors that a route can answer with.

Three sources say which errors there are: `raises=` of the route, the code of the
handler and of what runs for it, and what the way to the handler refuses by itself.

Source: RFC 9457.
"""

import inspect
import typing
from collections.abc import Iterator
from typing import Annotated, Any, Final

import msgspec

from segue.core.errors import (
    BadRequest,
    ContentTooLarge,
    Forbidden,
    HTTPError,
    LengthRequired,
    NotAcceptable,
    NotFound,
    ServiceUnavailable,
    Unauthorized,
    UnprocessableContent,
    UnsupportedMediaType,
)
from segue.core.handlers.inputs import bare, is_optional, members_of
from segue.core.handlers.options import several
from segue.core.handlers.plan import Argument, Plan, Source
from segue.core.kernel.chain import Served
from segue.core.schema.checks import check_for
from segue.core.schema.describe import describe
from segue.core.schema.marks import Describe
from segue.core.schema.shape import Shape
from segue.core.types import UNSET
from segue.openapi.written import errors_in

__all__ = [
    "InvalidProblem",
    "Problem",
    "Problems",
    "Surrounded",
    "UnfitValue",
    "errors_of",
    "words_of",
]

_NOBODY: Final = Unauthorized.status
_FORMED: Final = ("detail", "extra", "headers", "status", "title", "type")


class Problem(msgspec.Struct):
    """What went wrong: a problem document of RFC 9457."""

    type: Annotated[str, Describe(examples=("about:blank",))]
    title: str
    status: int
    detail: str | msgspec.UnsetType = msgspec.UNSET


class UnfitValue(msgspec.Struct, rename={"place": "in"}):
    """One value of the input that does not fit."""

    place: Annotated[str, Describe(examples=("body",))]
    name: Annotated[str, Describe(examples=("$.items[0].count",))]
    message: Annotated[str, Describe(examples=("Expected `int` >= 1",))]
    code: Annotated[str, Describe(examples=("too_small",))]


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
    def of(cls, served: Served) -> "Surrounded":
        """Read what surrounds a handler."""
        layers = (*served.chain.layers, *served.layers)
        around = [each.call.plan for each in layers]
        around += [each.call.plan for each in served.chain.befores]
        return cls(served.plan, tuple(around))

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
    lenient = {id(one.plan) for one in plan.provided if one.optional}
    for each in (plan, *whole.helpers):
        named = errors_in(each.function, _owner(each))
        # Where nobody is logged in, `User | None` is None.
        classes += [e for e in named if id(each) not in lenient or e.status != _NOBODY]
    classes += _refusals(plan)
    if whole.secured:
        classes.append(Unauthorized)
    if plan.guards:
        classes += (Unauthorized, Forbidden)
    if options.get("timeout"):
        classes.append(ServiceUnavailable)
    found: dict[int, list[type[HTTPError]]] = {}
    for kind in dict.fromkeys(classes):
        if kind is not HTTPError:
            found.setdefault(kind.status, []).append(kind)
    return dict(sorted(found.items()))


class Problems:
    """The shapes of problem documents, each made once for a document."""

    def __init__(self) -> None:
        self._shapes: dict[type[HTTPError], Shape] = {}

    def shape(self, kind: type[HTTPError]) -> Shape:
        """Find the shape of an error's document."""
        if kind not in self._shapes:
            self._shapes[kind] = describe(_problem_type(kind))
        return self._shapes[kind]


def _problem_type(kind: type[HTTPError]) -> type[msgspec.Struct]:
    """Find the schema of an error's document; its own annotations are members of it.

        class OutOfStock(Conflict):
            left: int

    The value is what `HTTPError` was given in `extra`.
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
        [_member(kind, name, hint) for name, hint in own.items()],
        bases=(general,),
        module=kind.__module__,
        kw_only=True,
    )
    made.__doc__ = words_of(kind)
    return made


def _member(kind: type[HTTPError], name: str, hint: Any) -> tuple[str, Any, Any]:
    """Tell a member of a document; one with a default may be missing."""
    if hasattr(kind, name):
        return name, hint | msgspec.UnsetType, msgspec.UNSET
    return name, hint, msgspec.NODEFAULT


def words_of(kind: type[HTTPError]) -> str | None:
    """Read the words of an error of the app; those of ours are the standard's."""
    if kind.__module__ == HTTPError.__module__ or not kind.__doc__:
        return None
    first = inspect.cleandoc(kind.__doc__).partition("\n")[0].strip()
    return first.removeprefix(f"{kind.status}:").strip() or None


def _owner(plan: Plan) -> type | None:
    """Find the class whose method a handler is."""
    for argument in plan.arguments[:1]:
        if argument.source is Source.APP and argument.hint is UNSET:
            owner: type = argument.key
            return owner
    return None


def _refusals(plan: Plan) -> Iterator[type[HTTPError]]:
    """Find what is refused before the handler is called."""
    inputs = [each for each in plan.everything if each.source in _CHECKED]
    has_body = plan.uses(Source.BODY, Source.FORM)
    yield BadRequest  # the host, the path, a header: something is always sent
    if plan.path_names:
        yield NotFound
    if plan.renderers:
        yield NotAcceptable
    if has_body:
        yield LengthRequired  # some servers do not tell where a chunked body ends
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
    hint = argument.hint
    is_text = hint is UNSET or (
        bare(hint) in (str, str | None) and check_for(hint, meta=True) is None
    )
    return argument.default is UNSET or not is_text
