"""The ETag of an item: the name of its present state.

It is made of what leaves, and of nothing else: a digest of a field that never leaves
would let who guesses its value make sure. An item that counts its own versions is
named by that count.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

from segue.core.handlers.showing import answer_shower

__all__ = ["tagger"]

_SIZE: Final = 12
_PLAIN: Final = re.compile(r"[A-Za-z0-9._:+-]{1,64}").fullmatch


def tagger(read: Any, version: str | None = None) -> Callable[[Any], str]:
    """Build what tells the tag of an item, without its quotes.

    Args:
        read: The view of an item that leaves.
        version: The field that changes with every change, if there is one.
    """
    show = answer_shower(read)

    def tag(item: Any) -> str:
        if version is not None:
            text = str(getattr(item, version))
            return text if _PLAIN(text) else _digest(text.encode())
        shown = item if show is None else show(item)
        # A set has another order in every process.
        return _digest(msgspec.json.encode(shown, order="deterministic"))

    return tag


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=_SIZE).hexdigest()
