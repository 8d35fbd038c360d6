"""A Unit: a value with an end of its own, the same one in sync and in async code.

A generator provider has one colour. What both kinds of handlers ask for, and what must
await at its end in one of them only, is a class below `Unit` with two ends.

It ends when the answer is made and before it leaves, also before a stream: what it was
for is done by then, or cannot be done for as long as a client listens.
"""

from typing import Any

__all__ = ["Unit"]


class Unit:
    """A value that is told when its request begins and ends."""

    __slots__ = ()

    def begin(self, loop: Any) -> None:
        """Learn where it is used.

        Args:
            loop: The event loop that answers the request; None in sync code.
        """

    def end(self, response: Any, error: BaseException | None) -> None:
        """End it, from sync code.

        Args:
            response: The `Response`; None for a plain answer, and after an error.
            error: What the handler raised.
        """

    async def aend(self, response: Any, error: BaseException | None) -> None:
        """End it, from async code."""
