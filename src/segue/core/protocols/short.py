"""What the short way of every protocol names of its route."""

from typing import Any

from segue.core.kernel.entry import Entry
from segue.core.kernel.kernel import Kernel

__all__ = ["body_limit", "short_names"]


def body_limit(kernel: Kernel, entry: Entry) -> int:
    """Choose the most bytes of a body: the route's own limit, else the app's."""
    own = entry.body_limit
    return kernel.configuration.limits.body if own is None else own


def short_names(kernel: Kernel, entry: Entry) -> dict[str, Any]:
    """Gather what the written function of a route needs in any protocol."""
    return {
        "entry_": entry,
        "status_": entry.status,
        "limit_": body_limit(kernel, entry),
        "field_limit_": kernel.configuration.limits.fields,
        "request_of_": kernel.request,
    }
