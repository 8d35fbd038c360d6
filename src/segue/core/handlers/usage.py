"""Usage: what a function, and all that is made for it, is used for."""

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["Usage"]


class Usage(msgspec.Struct, frozen=True, eq=False):
    """What a provider learns of the route it works for, by asking for this type.

    It is the same object for each request of a route, so a provider may keep what it
    has worked out of it.

    Attributes:
        methods: Those of the route, empty for any; None where there is no route.
        options: Those of the route and its groups, also a battery's own.
        streams: The handler is a generator.
    """

    methods: frozenset[str] | None = None
    options: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])
    streams: bool = False
