"""Who broke: remembers, for each call, what its handler raised.

A Segue app answers an exception with a page and logs it, so nothing comes out of
the callable. The app tells its watchers, though, and this one keeps what belongs to
a call of its client, for the test to see.
"""

import weakref
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from typing import Any, cast

__all__ = ["Call", "Witness"]

_CALL: ContextVar["Call | None"] = ContextVar("segue.testing.call", default=None)


class Call:
    """One call of an app: the context it runs in and what went wrong in it.

    Attributes:
        context: Run every step of the call in it.
        faults: Exceptions that the app answered with a 500, in their order.
        over: The call has ended; nothing can go wrong in it any more.
    """

    def __init__(self) -> None:
        self.faults: list[BaseException] = []
        self.over = False
        self.context: Context = copy_context()
        self.context.run(_CALL.set, self)


class Witness:
    """Watches the faults of one app on behalf of one client."""

    def __init__(self, app: Any) -> None:
        self._calls: weakref.WeakSet[Call] = weakref.WeakSet()
        watch = cast(
            "Callable[[Callable[[BaseException], None]], Callable[[], None]] | None",
            getattr(app, "watch_faults", None),
        )
        self._stop = None if watch is None else watch(_observer(weakref.ref(self)))

    def call(self) -> Call:
        """Build the record of a new call."""
        call = Call()
        self._calls.add(call)
        return call

    def saw(self, fault: BaseException) -> None:
        """Keep a fault with the call that it belongs to.

        The context says which; where an app lost it, the only call under way is
        the one.
        """
        call = _CALL.get()
        if call is None:
            running = [each for each in self._calls if not each.over]
            call = running[0] if len(running) == 1 else None
        if call is not None and call in self._calls:
            call.faults.append(fault)

    def close(self) -> None:
        """Stop watching."""
        if self._stop is not None:
            self._stop()
            self._stop = None


def _observer(witness: weakref.ref[Witness]) -> Callable[[BaseException], None]:
    """Build the watcher that an app keeps: it must not keep the client alive."""

    def observe(fault: BaseException) -> None:
        if (alive := witness()) is not None:
            alive.saw(fault)

    return observe
