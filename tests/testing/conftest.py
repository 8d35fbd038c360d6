"""One way to write a tiny app, for the three protocols."""

import json
from dataclasses import dataclass, field

import pytest


@dataclass
class Seen:
    """What an app saw of a request."""

    method: str
    path: str
    query: str
    scheme: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    client: str = ""
    raw: object = None

    def header(self, name):
        return ", ".join(value for key, value in self.headers if key == name)


@dataclass
class Told:
    """What it answers."""

    chunks: list[bytes] = field(default_factory=list)
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)


def wsgi_of(handler):
    def app(environ, start_response):
        headers = [
            (key.removeprefix("HTTP_").lower().replace("_", "-"), value)
            for key, value in environ.items()
            if key.startswith("HTTP_") or key in {"CONTENT_TYPE", "CONTENT_LENGTH"}
        ]
        told = handler(
            Seen(
                environ["REQUEST_METHOD"],
                environ["PATH_INFO"].encode("latin-1").decode(),
                environ["QUERY_STRING"],
                environ["wsgi.url_scheme"],
                headers,
                environ["wsgi.input"].read(),
                environ.get("REMOTE_ADDR", ""),
                environ,
            )
        )
        start_response(f"{told.status} Fine", told.headers)
        return told.chunks

    return app


def asgi_of(handler):
    async def app(scope, receive, send):
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        told = handler(
            Seen(
                scope["method"],
                scope["path"],
                scope["query_string"].decode(),
                scope["scheme"],
                [(k.decode(), v.decode("latin-1")) for k, v in scope["headers"]],
                body,
                scope["client"][0] if scope["client"] else "",
                scope,
            )
        )
        headers = [(k.encode(), v.encode("latin-1")) for k, v in told.headers]
        await send(
            {
                "type": "http.response.start",
                "status": told.status,
                "headers": headers,
            }
        )
        for chunk in told.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body"})

    return app


def rsgi_of(handler):
    async def app(scope, protocol):
        body = await protocol()
        told = handler(
            Seen(
                scope.method,
                scope.path,
                scope.query_string,
                scope.scheme,
                scope.headers.items(),
                body,
                scope.client.partition(":")[0],
                scope,
            )
        )
        transport = protocol.response_stream(told.status, told.headers)
        for chunk in told.chunks:
            await transport.send_bytes(chunk)

    return app


MAKERS = {"wsgi": wsgi_of, "asgi": asgi_of, "rsgi": rsgi_of}


def echo(seen):
    """Answer with what was seen, as JSON."""
    document = {
        "method": seen.method,
        "path": seen.path,
        "query": seen.query,
        "scheme": seen.scheme,
        "headers": seen.headers,
        "body": seen.body.decode("latin-1"),
        "client": seen.client,
    }
    return Told(
        [json.dumps(document).encode()], headers=[("content-type", "application/json")]
    )


@pytest.fixture(params=["wsgi", "asgi", "rsgi"])
def protocol(request):
    return request.param


@pytest.fixture
def speak(protocol):
    """Make an app of the protocol out of a function from `Seen` to `Told`."""
    return MAKERS[protocol]


@pytest.fixture
def told():
    return Told


@pytest.fixture
def echo_app(speak):
    return speak(echo)
