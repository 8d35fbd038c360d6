"""What a handler returned -> what leaves.

The common answers never become a `Response`: a handler's text or data is turned
into `(kind, body)` and the protocols send that pair as it is. Everything else,
and everything that a middleware wants to see, becomes a `Response`.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import is_dataclass
from typing import Any, Final, TypeAlias

import msgspec

from segue.core.errors import WalkError
from segue.core.http.encoding import encode_json
from segue.core.http.response import Response, Stream

__all__ = [
    "HTML_KIND",
    "JSON_KIND",
    "MEDIA_TYPES",
    "OCTETS_KIND",
    "TEXT_KIND",
    "Pair",
    "finish",
    "pair_kind",
    "stream_type",
    "to_response",
]

TEXT_KIND: Final = 0
JSON_KIND: Final = 1
OCTETS_KIND: Final = 2
HTML_KIND: Final = 3

MEDIA_TYPES: Final[tuple[str, ...]] = (
    "text/plain; charset=utf-8",
    "application/json",
    "application/octet-stream",
    "text/html; charset=utf-8",
)
"""The content type of each kind of pair."""

Pair: TypeAlias = tuple[int, bytes]


def pair_kind(hint: Any) -> tuple[type, int] | None:
    """Find the exact type whose answers take the short way, if a hint names one.

    Returns:
        The type to compare `type(answer)` with and the kind of its pair, or None
        when only the answer itself can tell.
    """
    origin = getattr(hint, "__origin__", hint)
    if origin is str:
        return str, TEXT_KIND
    if origin is bytes:
        return bytes, OCTETS_KIND
    if origin in (dict, list):
        return origin, JSON_KIND
    if isinstance(origin, type) and (
        issubclass(origin, msgspec.Struct) or is_dataclass(origin)
    ):
        return origin, JSON_KIND
    return None


def finish(answer: Any, status: int | None = None) -> Pair | Response:
    """Turn any answer into a pair or a `Response`.

    Args:
        answer: What the handler returned.
        status: The status declared on the route; a pair never carries one.

    Raises:
        WalkError: Nothing can be made of the answer.
    """
    kind = type(answer)
    if kind is str:
        return TEXT_KIND, answer.encode()
    if kind is dict or kind is list or isinstance(answer, msgspec.Struct):
        return JSON_KIND, encode_json(answer)
    if isinstance(answer, Response):
        return answer
    if answer is None:
        return Response(status=status or 204)
    if kind is tuple and _is_with_status(answer):
        return to_response(answer[0], answer[1])
    return _finish_rare(answer, status)


def _finish_rare(answer: Any, status: int | None) -> Pair | Response:
    if isinstance(answer, (bytes, bytearray, memoryview)):
        return OCTETS_KIND, bytes(answer)
    if isinstance(answer, str):
        return TEXT_KIND, str(answer).encode()
    if isinstance(answer, (Iterator, AsyncIterator)):
        return Stream(answer, status or 200)
    return JSON_KIND, _encode_other(answer)


def stream_type(hint: Any) -> str | None:
    """Tell the media type of a generator from its hint: text for `Iterator[str]`.

    Returns:
        None when the hint does not say; the stream is then one of octets.
    """
    arguments = getattr(hint, "__args__", None)
    return MEDIA_TYPES[TEXT_KIND] if arguments and arguments[0] is str else None


def to_response(answer: Any, status: int | None = None) -> Response:
    """Turn any answer into a `Response`; `status` wins over a `Response`'s own 200."""
    made = finish(answer, status)
    if type(made) is tuple:
        kind, body = made
        return Response(body, status or 200, media_type=MEDIA_TYPES[kind])
    assert isinstance(made, Response)  # noqa: S101 - narrows for the type checkers
    if status is not None and made.status == 200:  # noqa: PLR2004 - the default
        made.status = status
    return made


def _is_with_status(answer: tuple[Any, ...]) -> bool:
    return (
        len(answer) == 2  # noqa: PLR2004 - (answer, status)
        and type(answer[1]) is int
        and 100 <= answer[1] <= 599  # noqa: PLR2004 - the statuses there are
    )


def _encode_other(answer: Any) -> bytes:
    try:
        return encode_json(answer)
    except (TypeError, NotImplementedError) as error:
        raise WalkError(
            "SG-WALK-001",
            f"A handler returned {_shown(answer)}, which is no answer.",
            why="Only text, bytes, data, a stream or a Response can be sent.",
            fix="Return a str, a dict, a list, a Struct or dataclass, or build a "
            "Response from it.",
        ) from error


def _shown(answer: Any) -> str:
    text = repr(answer)
    return f"{type(answer).__name__} {text if len(text) < 80 else text[:77] + '...'}"  # noqa: PLR2004 - one line
