"""What the app says about itself while it runs; listen with `@app.on(AppStarted)`.

Any class can be an event: `app.emit(OrderPlaced(order))` calls, in the order of
their adding, the functions registered with `@app.on(OrderPlaced)`.
"""

from typing import Any

import msgspec

from segue.core.http.request import Request
from segue.core.http.response import Response

__all__ = ["AppStarted", "AppStopped", "RequestFinished"]


class AppStarted(msgspec.Struct, frozen=True):
    """The app is ready: its lifespans have started."""

    app: Any


class AppStopped(msgspec.Struct, frozen=True):
    """The app takes no more requests; its lifespans have ended."""

    app: Any


class RequestFinished(msgspec.Struct, frozen=True):
    """An answer was sent, or its client is gone.

    Attributes:
        seconds: From the first look at the request to the end of its answer.
    """

    request: Request
    response: Response
    seconds: float
