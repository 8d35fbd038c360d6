"""Segue: a web framework that grows from one function to a full site.

    from segue import App

    app = App()

    @app.get("/")
    def home():
        return "Hello, World!"

`segue run` in the folder of this file serves it.
"""

# Pyright looks for names that `__getattr__` gives; it finds them in `__init__.pyi`.
# pyright: reportUnsupportedDunderAll=false

import importlib
import typing

from segue.app import App
from segue.core.config.secret import Secret
from segue.core.config.settings import Settings
from segue.core.errors import HTTPError, NotFound
from segue.core.handlers.marks import Controller, delete, get, patch, post, put
from segue.core.handlers.sources import (
    Depends,
    FromBody,
    FromCookie,
    FromForm,
    FromHeader,
    FromPath,
    FromQuery,
)
from segue.core.http.files import File
from segue.core.http.forms import Upload
from segue.core.http.request import Request
from segue.core.http.response import HTML, JSON, Redirect, Response, Stream
from segue.core.kernel.current import url
from segue.core.schema.marks import ReadOnly, WriteOnly
from segue.core.schema.views import Create, Only, Patch, Read, Renamed, Without
from segue.core.types import Wrap
from segue.core.websockets.socket import WebSocket
from segue.group import Group

__all__ = [
    "HTML",
    "JSON",
    "App",
    "Controller",
    "Create",
    "Depends",
    "File",
    "FromBody",
    "FromCookie",
    "FromForm",
    "FromHeader",
    "FromPath",
    "FromQuery",
    "Group",
    "HTTPError",
    "NotFound",
    "Only",
    "Page",
    "Paged",
    "Patch",
    "Read",
    "ReadOnly",
    "Redirect",
    "Renamed",
    "Request",
    "Response",
    "Secret",
    "Settings",
    "Stream",
    "Upload",
    "WebSocket",
    "Without",
    "Wrap",
    "WriteOnly",
    "delete",
    "get",
    "patch",
    "post",
    "put",
    "url",
]

# Of a battery, which is loaded when a name of it is first used.
_HOMES: typing.Final = {
    "Page": "segue.resources.page",
    "Paged": "segue.resources.paged",
}


def __getattr__(name: str) -> typing.Any:
    """Load a public name of a battery."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
