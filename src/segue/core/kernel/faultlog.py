"""The log of what nobody took: each fault once, with the id of its request."""

from collections.abc import Callable

from segue.core.errors import ClientDisconnected
from segue.core.http.request import Request

__all__ = ["FaultLog"]


class FaultLog:
    """Logs what nobody took, each once, and tells who watches.

    Attributes:
        watchers: Called with each fault; a test's client is one.
    """

    def __init__(self) -> None:
        self.watchers: list[Callable[[BaseException], None]] = []

    def write(self, error: Exception, request: Request) -> None:
        """Write one fault, with the id of its request."""
        if not isinstance(error, ClientDisconnected):
            _log(error, request)
            for watcher in list(self.watchers):
                watcher(error)


def _log(error: Exception, request: Request) -> None:
    import logging  # noqa: PLC0415 - 10 ms that `import segue` does not pay

    logging.getLogger("segue.errors").error(
        "%s %s failed: %s",
        request.method,
        ascii(request.path)[1:-1],
        type(error).__name__,
        exc_info=error,
        extra={"request_id": request.id},
    )
