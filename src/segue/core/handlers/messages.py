"""Messages of a WebSocket by type: `socket: WebSocket[Say, Said]`.

What the handler receives is decoded and checked like a body, JSON from a frame of text
and msgpack from a binary one; what it sends is held to the declared type and leaves as
JSON. `str` and `bytes` are the frames themselves.
"""

import typing
from collections.abc import Callable
from typing import Any, TypeAlias

from segue.core.errors import HTTPError
from segue.core.handlers.convert import body_reader
from segue.core.handlers.inputs import bare
from segue.core.handlers.plan import Argument, Plan, Source
from segue.core.handlers.showing import shower_or_holder
from segue.core.http.encoding import encode_json
from segue.core.websockets.socket import Messages, Unreadable, WebSocket

__all__ = ["message_types", "messages_of"]

Frame: TypeAlias = str | bytes
"""What one message is on the wire."""


def message_types(hint: Any) -> tuple[Any, Any]:
    """Read what a socket receives and what it sends; frames where nothing is said.

    Example:
        >>> message_types(WebSocket[int, str])
        (<class 'int'>, <class 'str'>)
    """
    arguments = typing.get_args(bare(hint))
    incoming, outgoing = arguments or (Any, Any)
    return incoming, outgoing


def messages_of(plan: Plan) -> Messages | None:
    """Find how the messages of a handler are read and written; None for frames."""
    for argument in plan.arguments:
        if argument.source is Source.CARRIED and argument.key is WebSocket:
            incoming, outgoing = message_types(argument.hint)
            return Messages(_reader(incoming), _writer(outgoing))
    return None


def _is_frame(hint: Any) -> bool:
    return bare(hint) in (Any, str | bytes, bytes | str)


def _reader(hint: Any) -> Callable[[Frame], Any] | None:
    if _is_frame(hint):
        return None
    if bare(hint) in (str, bytes):
        return _reader_of(bare(hint))
    read_body = body_reader(Argument("message", Source.BODY, hint))[1]

    def read(message: Frame) -> Any:
        try:
            if isinstance(message, str):
                return read_body(message.encode(), "application/json")
            return read_body(message, "application/msgpack")
        except HTTPError as error:
            raise Unreadable(1007, _reason(error)) from error

    return read


def _reader_of(frame: type) -> Callable[[Frame], Any]:
    def read(message: Frame) -> Any:
        if isinstance(message, frame):
            return message
        wanted = "text" if frame is str else "bytes"
        raise Unreadable(1003, f"{wanted} expected")

    return read


def _reason(error: HTTPError) -> str:
    """Say what is wrong with a message, as short as a closing frame wants it."""
    for each in error.extra.get("errors", ()):
        return f"{each['name']}: {each['message']}"
    return error.detail or error.title


def _writer(hint: Any) -> Callable[[Any], Frame] | None:
    if _is_frame(hint) or bare(hint) in (str, bytes):
        return None
    hold = shower_or_holder(hint)

    def write(message: Any) -> Frame:
        return encode_json(message if hold is None else hold(message)).decode()

    return write
