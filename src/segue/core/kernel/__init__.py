"""One request's walk, start and stop, middleware, faults, events."""

from segue.core.kernel.current import current_app, find_request, url
from segue.core.kernel.events import AppStarted, AppStopped, RequestFinished

__all__ = [
    "AppStarted",
    "AppStopped",
    "RequestFinished",
    "current_app",
    "find_request",
    "url",
]
