"""Cursors: the position of an item in an order, as text that a client hands back.

A cursor is opaque and checked: the values of the fields that are sorted by, as JSON,
behind a digest of them and of what they are for (the path and the order). One that was
changed, cut, or made for another list or another order is refused as input that does
not fit. The digest is no signature: whoever forges one gets a position that a filter
could have named, and its values are held to the types of the fields all the same.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from segue.core.handlers.invalid import Invalid, invalid
from segue.resources.query import Order

__all__ = ["MAX_CURSOR", "Cursors"]

MAX_CURSOR: Final = 4000
"""How long a cursor may be: what still fits into a URL."""

_DIGEST: Final = 9


class Cursors:
    """Writes and reads the cursors of one list in one order.

    Args:
        place: What tells this list from others: its path.
        order: What it is sorted by.
        hints: The types of the fields of the order.
    """

    def __init__(self, place: str, order: Sequence[Order], hints: Sequence[Any]):
        # As JSON, so that no path can be taken for another one with an order.
        self._scope = msgspec.json.encode([place, *map(str, order)])
        kinds = tuple(hint | None if _may_be_none(hint) else hint for hint in hints)
        self._decode = msgspec.json.Decoder(tuple.__class_getitem__(kinds)).decode

    def write(self, position: Sequence[Any]) -> str:
        """Write the cursor of a position."""
        values = msgspec.json.encode(position)
        token = base64.urlsafe_b64encode(self._digest(values) + values)
        return token.rstrip(b"=").decode()

    def read(self, token: str, name: str) -> tuple[Any, ...]:
        """Read the position of a cursor; an empty one is an end of the list.

        Args:
            token: What a client sent.
            name: The field of the query that it came in.

        Raises:
            Invalid: It is no cursor of this list in this order.
        """
        if not token:
            return ()
        try:
            padded = token.encode("ascii") + b"=" * (-len(token) % 4)
            data = base64.b64decode(padded, altchars=b"-_", validate=True)
            digest, values = data[:_DIGEST], data[_DIGEST:]
            if digest != self._digest(values):
                raise _refused(name)
            found: tuple[Any, ...] = self._decode(values)
        except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
            raise _refused(name) from error
        return found

    def _digest(self, values: bytes) -> bytes:
        whole = hashlib.blake2b(self._scope, digest_size=_DIGEST)
        whole.update(b"\n" + values)
        return whole.digest()


def _may_be_none(hint: Any) -> bool:
    return hint is not Any


def _refused(name: str) -> Invalid:
    return invalid("query", name, "Expected a cursor of this list and order", "cursor")
