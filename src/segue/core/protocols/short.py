"""What the short way of every protocol names of its route."""

from typing import Any

from segue.core.kernel.entry import Entry
from segue.core.kernel.kernel import Kernel

__all__ = ["short_names"]


def short_names(kernel: Kernel, entry: Entry) -> dict[str, Any]:
    """Gather what the written function of a route needs in any protocol."""
    return {
        "entry_": entry,
        "status_": entry.status,
        "limit_": entry.limits.body,
        "field_limit_": entry.limits.fields,
        "request_of_": kernel.request,
    }
