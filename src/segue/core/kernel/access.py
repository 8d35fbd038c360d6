"""The access log: one line an answer, written by the app itself.

The servers have access logs of their own; none of them knows the request's id.
"""

from typing import Any

from segue.core.http.request import Request
from segue.core.http.response import Response

__all__ = ["AccessLog"]


class AccessLog:
    """Writes to the logger `segue.access`, with every part as a field of its own."""

    def __init__(self) -> None:
        import logging  # noqa: PLC0415 - `import segue` does not pay for logging

        self._log: Any = logging.getLogger("segue.access")

    def write(self, request: Request, response: Response, seconds: float) -> None:
        """Write one line. What the client sent is escaped: it cannot forge a line."""
        target = ascii(request.path)[1:-1]
        if request.query_string:
            target += "?" + ascii(request.query_string)[1:-1]
        self._log.info(
            "%s %s %d %.1fms",
            ascii(request.method)[1:-1],
            target,
            response.status,
            seconds * 1000,
            extra={
                "request_id": request.id,
                "method": request.method,
                "path": request.path,
                "status": response.status,
                "milliseconds": round(seconds * 1000, 3),
                "client": request.client,
            },
        )
