"""Only type-checked: an app is what the servers expect."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from wsgiref.types import WSGIApplication

from segue import App

app = App()

asgi: Callable[[Any, Any, Any], Awaitable[None]] = app
wsgi: WSGIApplication = app
pages: Callable[[dict[str, Any], Any], Iterable[bytes]] = app
