"""What the short way of every protocol names of its route."""

from typing import Any

from segue.core.http.request import Exchange, Request
from segue.core.kernel.entry import Entry
from segue.core.kernel.kernel import Kernel

__all__ = ["is_kept", "short_names"]


def short_names(kernel: Kernel, entry: Entry) -> dict[str, Any]:
    """Gather what the written function of a route needs in any protocol."""

    def again(exchange: Exchange, entry: Entry, values: tuple[Any, ...]) -> Request:
        """Give the request that the body was read through."""
        request = kernel.request_again(exchange.raw, entry, values)
        return request or kernel.request(exchange, entry, values)

    return {
        "entry_": entry,
        "status_": entry.status,
        "limit_": entry.limits.body,
        # A length of fewer digits is within the limit.
        "digits_": len(str(entry.limits.body)),
        "request_of_": again if is_kept(entry) else kernel.request,
    }


def is_kept(entry: Entry) -> bool:
    """Tell whether a handler takes its body decoded and in a `Request` as well.

    It is then read through the request, which keeps it: a body comes only once.
    """
    return entry.call.keeps_body
