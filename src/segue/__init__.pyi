# What type checkers read; `__init__.py` loads the names of batteries when used.
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
from segue.resources.page import Page
from segue.resources.paged import Paged

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
