"""What leaves for an answer: its status and media type, by the declared type.

    -> Order                 200 application/json
    -> Order | None          200 application/json, 204
    -> str                   200 text/plain
    -> HTML, Redirect        200 text/html, 303
    -> Iterator[bytes]       200 application/octet-stream
    -> tuple[Order, Literal[201]]    201 application/json

Without a type it is what the code of the function lets see.
"""

import inspect
import typing
from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from typing import Any, Final, Literal

import msgspec

from segue.core.handlers.answers import stream_type
from segue.core.handlers.inputs import bare, members_of
from segue.core.handlers.plan import Plan
from segue.core.http.files import File
from segue.core.http.response import JSON, Redirect, Response, Stream
from segue.core.types import UNSET
from segue.openapi.written import Returned, returned_by

__all__ = ["ANYTHING", "JSON_TYPE", "Content", "contents_of"]

JSON_TYPE: Final = "application/json"
ANYTHING: Final = "*/*"
"""The media type of an answer that nobody knows more about."""

_OCTETS: Final = "application/octet-stream"
_BODILESS: Final = (204, 205, 304)
_TEXT: Final = "text/plain"
_STREAMS: Final = (Iterator, AsyncIterator, Iterable, Generator)


class Content(msgspec.Struct, frozen=True):
    """One form of an answer.

    Attributes:
        status: A number, or `2XX` where only the answer itself has it.
        media_type: None for an answer without a body.
        hint: The type of the data; UNSET where nobody knows.
        items: It is a stream of such data.
    """

    status: int | str
    media_type: str | None = None
    hint: Any = UNSET
    items: bool = False


def contents_of(plan: Plan) -> list[Content]:
    """List the forms that the answer of a handler may have."""
    hint = bare(plan.returns)
    status = plan.status or 200
    if plan.is_generator:
        return [_stream(hint, status)]
    if status in _BODILESS:
        return [Content(status)]
    returned = Returned() if hint is not UNSET else returned_by(plan.function)
    if hint is UNSET or hint is Any:
        return list(_unsaid(plan, returned))
    found: list[Content] = []
    for member in _members(hint):
        found += _member(member, plan)
    return list(dict.fromkeys(found))


def _unsaid(plan: Plan, returned: Returned) -> Iterator[Content]:
    """List what is known of an answer without a type."""
    for kind in returned.kinds:
        yield from _member(kind, plan)
    for status in returned.statuses:
        yield Content(status, None if status in _BODILESS else ANYTHING)
    if returned.nothing and plan.returns is UNSET:
        yield Content(plan.status or 204)


def _members(hint: Any) -> tuple[Any, ...]:
    """List the members of a union, None among them."""
    members = members_of(hint)
    is_optional = hint is None or type(None) in typing.get_args(hint)
    return tuple(each for each in members if each not in (None, type(None))) + (
        (None,) if is_optional or members in ((None,), (type(None),)) else ()
    )


def _member(hint: Any, plan: Plan) -> Iterator[Content]:
    status: int | str = plan.status or 200
    if hint is None:
        yield Content(plan.status or 204)
        return
    if hint is Any or hint is object:
        yield Content(status, JSON_TYPE if plan.renderers else ANYTHING)
        yield from _rendered(plan, status, UNSET)
        return
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and len(arguments) == 2:  # noqa: PLR2004 - (answer, status)
        statuses = _statuses(arguments[1])
        if statuses:
            for each in statuses:
                for member in _members(bare(arguments[0])):
                    yield from _with_status(member, each, plan)
            return
    yield from _plain(hint, status, plan)


def _statuses(hint: Any) -> tuple[int | str, ...]:
    """Read the statuses of `tuple[Order, Literal[201, 202]]`; of an int any may be."""
    if bare(hint) is int:
        return 200, "2XX"
    if typing.get_origin(hint) is Literal:
        values = typing.get_args(hint)
        if all(isinstance(each, int) for each in values):
            return values
    return ()


def _with_status(hint: Any, status: int | str, plan: Plan) -> Iterator[Content]:
    if hint is None or status in _BODILESS:
        yield Content(status)
    else:
        yield from _plain(hint, status, plan)


def _plain(hint: Any, status: int | str, plan: Plan) -> Iterator[Content]:
    """List the forms of an answer that is there."""
    origin: Any = typing.get_origin(hint) or hint
    if inspect.isclass(origin) and issubclass(origin, Response):
        yield from _response(origin, hint, status)
    elif origin in _STREAMS:
        yield _stream(hint, status)
    elif _is_text(hint, origin):
        yield from _rendered(plan, status, hint, Content(status, _TEXT, hint))
    elif origin in (bytes, bytearray, memoryview):
        yield from _rendered(plan, status, hint, Content(status, _OCTETS, bytes))
    else:
        yield Content(status, JSON_TYPE, hint)
        yield from _rendered(plan, status, hint)


def _is_text(hint: Any, origin: Any) -> bool:
    if typing.get_origin(hint) is Literal:
        return all(isinstance(each, str) for each in typing.get_args(hint))
    # An enum of texts is a text that JSON would write in the same way.
    return inspect.isclass(origin) and issubclass(origin, str)


def _rendered(
    plan: Plan, status: int | str, hint: Any, usual: Content | None = None
) -> Iterator[Content]:
    """List the forms that `renderers=` makes of data, JSON in place of the usual."""
    if not plan.renderers:
        if usual is not None:
            yield usual
        return
    if usual is not None:
        yield Content(status, JSON_TYPE, hint)
    for media_type in plan.renderers:
        yield Content(status, media_type)


def _response(cls: type[Response], hint: Any, status: int | str) -> Iterator[Content]:
    """List the forms of a `Response`, as far as its class says."""
    if issubclass(cls, Redirect):
        yield from (Content(303), Content("3XX"))
        return
    if issubclass(cls, File):
        yield Content(status, ANYTHING, bytes)
        yield Content(206, ANYTHING, bytes)
        yield from (Content(each) for each in (304, 412, 416))
        return
    media_type = JSON_TYPE if issubclass(cls, JSON) else cls.default_type
    # Of these two the object says what it is, and not the class.
    if media_type is None or cls is Stream:
        yield Content(status, ANYTHING)
        return
    essence = media_type.partition(";")[0]
    items = typing.get_args(hint)
    if items:
        yield Content(status, essence, items[0], items=True)
    else:
        is_text = essence.startswith("text/")
        yield Content(status, essence, str if is_text else UNSET)


def _stream(hint: Any, status: int | str) -> Content:
    """Tell the form of a generator."""
    origin: Any = typing.get_origin(hint) or hint
    if inspect.isclass(origin) and issubclass(origin, Response):
        return next(_response(origin, hint, status))
    media_type = stream_type(hint)
    if media_type is None:
        return Content(status, _OCTETS, bytes)
    return Content(status, media_type.partition(";")[0], str)
