"""A Wire: how the code that is written for a route speaks one protocol.

The short way to a handler is one function per route and protocol, without a layer
between the server's call and the user's. What differs between the protocols stands
in these few expressions; `core/protocols` has one Wire each, `compile.py` uses them.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["Wire"]


class Wire(msgspec.Struct, frozen=True):
    """The expressions of one protocol. All may use the names of `parameters`.

    Attributes:
        parameters: What the endpoint gets, `values_` (of the path) as the last.
        is_async: The endpoint is a coroutine function.
        query: The query string as text, or anything false.
        body: The body and its content type, within `limit_`.
        quick_body: Statements that set `body_` and `content_type_` without a call
            more than needed, where nothing else reads the body.
        request: The `Request`.
        send: Statements that send `kind_` and `out_`, and end the function.
        reply: A statement that sends the Response `pair_`, and ends the function.
        fail: A statement that answers for `error_`, and ends the function.
        names: What the expressions name.
    """

    parameters: str
    is_async: bool
    query: str
    body: str
    quick_body: tuple[str, ...]
    request: str
    send: tuple[str, ...]
    reply: str
    fail: str
    names: Mapping[str, Any]
