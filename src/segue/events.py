"""The events of an app; listen with `@app.on(AppStarted)`."""

from segue.core.kernel.events import AppStarted, AppStopped, RequestFinished

__all__ = [
    "AppStarted",
    "AppStopped",
    "RequestFinished",
]
