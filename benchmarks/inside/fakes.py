"""Servers that only call: WSGI, ASGI and RSGI without a socket.

What an application touches is made anew for each request, as a server does, and costs
the same whoever touches it. Where a server's object is a compiled class whose
attributes are built when read (RSGI's scope), the stand-in's attributes are
properties: on Granian 2.8.7 reading one costs about twice as much as here, so a
framework that reads too many of them is flattered a little, never slandered.

A coroutine is driven by `send(None)`; one that really waits for something cannot be
timed in this way and is an error, not a wrong figure.
"""

import io
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

__all__ = ["Call", "Heard", "NotImmediate", "asgi_calls", "rsgi_calls", "wsgi_calls"]

HOST = "127.0.0.1:8000"


class NotImmediate(Exception):
    """A coroutine waited, so its time is not the framework's alone."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, in the words all three protocols are made from."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""

    def header_pairs(self) -> list[tuple[str, str]]:
        """List the headers of the request: what wrk sends, no more."""
        pairs = [("host", HOST)]
        if self.body:
            pairs.append(("content-type", "application/json"))
            pairs.append(("content-length", str(len(self.body))))
        return pairs


@dataclass(slots=True)
class Heard:
    """What came back, for the check before timing."""

    status: int = 0
    headers: Any = ()
    body: bytes = b""


Runner = Callable[[int], Heard]


def wsgi_calls(app: Any, call: Call) -> Runner:
    """Build the loop that calls a WSGI application n times."""
    template: dict[str, Any] = {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_METHOD": call.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": call.path,
        "QUERY_STRING": call.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "fake",
        "HTTP_HOST": HOST,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    if call.body:
        template["CONTENT_TYPE"] = "application/json"
        template["CONTENT_LENGTH"] = str(len(call.body))
    body = call.body
    heard = Heard()

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        heard.status = int(status[:3])
        heard.headers = headers
        return heard

    def run(times: int) -> Heard:
        for _ in range(times):
            environ = template.copy()
            environ["wsgi.input"] = io.BytesIO(body)
            parts = app(environ, start_response)
            for part in parts:
                heard.body = part
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        return heard

    return run


def drive(coroutine: Coroutine[Any, Any, Any]) -> None:
    """Run a coroutine that never waits to its end."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise NotImmediate


class Cycle:
    """One ASGI request: `receive` and `send` are methods of it, as in uvicorn."""

    __slots__ = ("body", "heard")

    def __init__(self, body: bytes, heard: Heard) -> None:
        self.body = body
        self.heard = heard

    async def receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.heard.status = message["status"]
            self.heard.headers = message.get("headers", ())
        else:
            self.heard.body = message.get("body", b"")


def asgi_calls(app: Any, call: Call) -> Runner:
    """Build the loop that calls an ASGI application n times."""
    template: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "scheme": "http",
        "root_path": "",
        "method": call.method,
        "path": call.path,
        "raw_path": call.path.encode(),
        "query_string": call.query.encode(),
    }
    headers = [(name.encode(), value.encode()) for name, value in call.header_pairs()]
    body = call.body
    heard = Heard()

    def run(times: int) -> Heard:
        for _ in range(times):
            scope = template.copy()
            scope["headers"] = headers.copy()
            scope["state"] = {}
            cycle = Cycle(body, heard)
            drive(app(scope, cycle.receive, cycle.send))
        return heard

    return run


class RSGIHeaders:
    """The mapping of an RSGI scope, made each time `scope.headers` is read."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: dict[str, str]) -> None:
        self._pairs = pairs

    def __contains__(self, key: str) -> bool:
        return key in self._pairs

    def __iter__(self) -> Any:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __getitem__(self, key: str) -> str:
        return self._pairs[key]

    def keys(self) -> list[str]:
        return list(self._pairs)

    def values(self) -> list[str]:
        return list(self._pairs.values())

    def items(self) -> list[tuple[str, str]]:
        return list(self._pairs.items())

    def get(self, key: str, default: Any = None) -> Any:
        return self._pairs.get(key, default)

    def get_all(self, key: str) -> list[str]:
        return [self._pairs[key]] if key in self._pairs else []


def attribute(name: str) -> property:
    """Build an attribute that costs a call, as a compiled getter does."""

    def read(self: Any) -> Any:
        return self.call_values[name]

    return property(read)


class RSGIScope:
    """One RSGI request's scope."""

    __slots__ = ("_headers", "call_values")

    def __init__(self, values: dict[str, Any], headers: dict[str, str]) -> None:
        self.call_values = values
        self._headers = headers

    proto = attribute("proto")
    http_version = attribute("http_version")
    rsgi_version = attribute("rsgi_version")
    server = attribute("server")
    client = attribute("client")
    scheme = attribute("scheme")
    method = attribute("method")
    path = attribute("path")
    query_string = attribute("query_string")
    authority = attribute("authority")

    @property
    def headers(self) -> RSGIHeaders:
        return RSGIHeaders(self._headers)


class RSGIProtocol:
    """One RSGI request's other end: the body in, the answer out."""

    __slots__ = ("body", "heard")

    def __init__(self, body: bytes, heard: Heard) -> None:
        self.body = body
        self.heard = heard

    async def __call__(self) -> bytes:
        return self.body

    async def __aiter__(self) -> Any:
        yield self.body

    async def client_disconnect(self) -> None:
        raise NotImmediate

    def response_empty(self, status: int, headers: Any) -> None:
        self.response_bytes(status, headers, b"")

    def response_str(self, status: int, headers: Any, body: str) -> None:
        self.response_bytes(status, headers, body.encode())

    def response_bytes(self, status: int, headers: Any, body: bytes) -> None:
        self.heard.status = status
        self.heard.headers = headers
        self.heard.body = body


def rsgi_calls(app: Any, call: Call) -> Runner:
    """Build the loop that calls an RSGI application n times."""
    values = {
        "proto": "http",
        "http_version": "1.1",
        "rsgi_version": "1.6",
        "server": HOST,
        "client": "127.0.0.1:50000",
        "scheme": "http",
        "method": call.method,
        "path": call.path,
        "query_string": call.query,
        "authority": None,
    }
    headers = dict(call.header_pairs())
    body = call.body
    heard = Heard()
    entry = app.__rsgi__

    def run(times: int) -> Heard:
        for _ in range(times):
            scope = RSGIScope(values, headers)
            drive(entry(scope, RSGIProtocol(body, heard)))
        return heard

    return run
