"""What a handler returned -> what leaves.

The common answers never become a `Response`: a handler's text or data is turned
into `(kind, body)` and the protocols send that pair as it is. Everything else,
and everything that a middleware wants to see, becomes a `Response`.
"""

import inspect
import typing
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

import msgspec

from segue.core.errors import WalkError
from segue.core.handlers.inputs import has_fields
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
    "status_of",
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

_WITH_STATUS: Final = 2
_WITH_HEADERS: Final = 3


def pair_kind(hint: Any) -> tuple[type, int] | None:
    """Find the exact type whose answers take the short way, if a hint names one.

    Returns:
        The type to compare `type(answer)` with and the kind of its pair, or None
        when only the answer itself can tell.
    """
    origin: Any = getattr(hint, "__origin__", hint)
    if origin is str:
        return str, TEXT_KIND
    if origin is bytes:
        return bytes, OCTETS_KIND
    if origin in (dict, list):
        return origin, JSON_KIND
    if has_fields(origin) and not typing.is_typeddict(origin):
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
    kind = type(answer)  # pyright: ignore[reportUnknownVariableType] - of Any
    if kind is str:
        return TEXT_KIND, answer.encode()
    if kind is dict or kind is list or isinstance(answer, msgspec.Struct):
        return JSON_KIND, encode_json(answer)
    if isinstance(answer, Response):
        return answer
    if answer is None:
        return Response(status=status or 204)
    if kind is tuple:
        return _finish_tuple(answer)
    return _finish_rare(answer, status)


def _finish_tuple(answer: tuple[Any, ...]) -> Pair | Response:
    if len(answer) == _WITH_STATUS and _is_status(answer[1]):
        return _with_status(answer[0], int(answer[1]))
    if (
        len(answer) == _WITH_HEADERS
        and _is_status(answer[1])
        and isinstance(answer[2], Mapping)
    ):
        raise WalkError(
            "SG-WALK-003",
            f"A handler returned {_shown(answer)}: an answer, a status and headers.",
            why="It would leave as a JSON array of three; headers are part of a "
            "Response.",
            fix="Return Response(body, status, headers=...), HTML(...) or JSON(...) "
            "with headers=, or (answer, status).",
        )
    return JSON_KIND, _encode_other(answer)


def _with_status(answer: Any, status: int) -> Response:
    made = finish(answer, status)
    if type(made) is tuple:
        kind, body = made
        return Response(body, status, media_type=MEDIA_TYPES[kind])
    response = cast("Response", made)
    response.status = status
    return response


def _finish_rare(answer: Any, status: int | None) -> Pair | Response:
    if isinstance(answer, (bytes, bytearray, memoryview)):
        return OCTETS_KIND, bytes(cast("bytes", answer))
    if isinstance(answer, str):
        return TEXT_KIND, str(answer).encode()
    if isinstance(answer, (Iterator, AsyncIterator)):
        return Stream(cast("Iterator[bytes]", answer), status or 200)
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
    response = cast("Response", made)
    if status is not None and response.status == 200:  # noqa: PLR2004 - the default
        response.status = status
    return response


def status_of(answer: Any, status: int | None) -> tuple[Any, int | None]:
    """Take `(answer, status)` apart; the status is the route's where there is none."""
    if not isinstance(answer, tuple):
        return answer, status
    parts: tuple[Any, ...] = answer  # pyright: ignore[reportUnknownVariableType] - of Any
    if type(answer) is tuple and len(parts) == _WITH_STATUS and _is_status(parts[1]):  # pyright: ignore[reportUnknownArgumentType] - of Any
        return parts[0], int(parts[1])
    return parts, status


def _is_status(value: Any) -> bool:
    return (
        isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599  # noqa: PLR2004 - the statuses there are
    )


def _encode_other(answer: Any) -> bytes:
    if inspect.isawaitable(answer):
        raise _not_awaited(answer)
    try:
        return encode_json(answer)
    except WalkError as error:
        if not _is_refused(answer):
            raise
        raise WalkError(
            "SG-WALK-001",
            f"A handler returned {_shown(answer)}, which is no answer.",
            why="Only text, bytes, data, a stream or a Response can be sent.",
            fix="Write `raise`, not `return`."
            if isinstance(answer, BaseException)
            else "Return a str, a dict, a list, a Struct or dataclass, or build a "
            "Response from it.",
        ) from error


def _is_refused(answer: Any) -> bool:
    """Tell whether it is the answer itself that JSON lacks, not a value inside."""
    refused: list[Any] = []

    def note(value: Any) -> None:
        refused.append(value)

    try:
        msgspec.json.encode(answer, enc_hook=note)
    except (TypeError, ValueError, RecursionError):
        return False
    return bool(refused) and refused[0] is answer


def _not_awaited(answer: Any) -> WalkError:
    if inspect.iscoroutine(answer):
        # It will never run; closed, Python does not warn of that as well.
        answer.close()
    return WalkError(
        "SG-WALK-002",
        f"A handler that is not async returned {_shown(answer)}.",
        why="Whether an answer is awaited is decided by the function's own `async "
        "def`, before it is called; a decorator has hidden it.",
        fix="Write the wrapper as `async def` with `return await function(...)`.",
    )


def _shown(answer: Any) -> str:
    text = repr(answer)
    return f"{type(answer).__name__} {text if len(text) < 80 else text[:77] + '...'}"  # noqa: PLR2004 - one line
