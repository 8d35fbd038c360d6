"""The client shows an app what a real server shows it."""

import http.client
import json

import pytest

from segue.testing import Client, LiveServer

pytestmark = [pytest.mark.feature("M-203"), pytest.mark.service("granian")]

# Each app tells everything that a request says, but for addresses and ports.
SITE = """
import json
import sys

def document(**seen):
    return json.dumps(seen, default=repr).encode()

def wsgi(environ, start_response):
    seen = {
        key: value
        for key, value in environ.items()
        if key.startswith("HTTP_") and key != "HTTP_HOST"
    }
    names = "REQUEST_METHOD SCRIPT_NAME PATH_INFO QUERY_STRING CONTENT_TYPE"
    for key in [*names.split(), "CONTENT_LENGTH", "SERVER_PROTOCOL"]:
        seen[key] = environ.get(key)
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("content-type", "application/json")])
    return [document(body=body, **seen)]

async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError
    messages = [await receive()]
    while messages[-1]["more_body"]:
        messages.append(await receive())
    keys = "type http_version scheme method path raw_path query_string root_path state"
    seen = {key: scope[key] for key in keys.split()}
    headers = [pair for pair in scope["headers"] if pair[0] != b"host"]
    start = {"type": "http.response.start", "status": 200, "headers": []}
    await send(start)
    body = document(headers=headers, messages=messages, **seen)
    await send({"type": "http.response.body", "body": body})

class Rsgi:
    async def __rsgi__(self, scope, protocol):
        keys = "proto http_version rsgi_version scheme method path query_string"
        keys += " authority"
        seen = {key: getattr(scope, key) for key in keys.split()}
        headers = scope.headers
        names = ["x-a", "X-A", "x-b", "none"]
        protocol.response_bytes(200, [], document(
            items=[pair for pair in headers.items() if pair[0] != "host"],
            keys=headers.keys(),
            count=len(headers.values()),
            size=len(headers),
            first=[headers.get(name) for name in names],
            all=[headers.get_all(name) for name in names],
            known=[name in headers for name in names],
            pieces=[piece async for piece in protocol],
            **seen,
        ))

rsgi = Rsgi()
"""

REQUESTS = [
    ("GET", "/", [], None),
    ("GET", "/a%20b%C3%A9%2Fc//d;x?q=%C3%A9&b=+", [], None),
    ("GET", "/%ff%zz", [], None),
    ("GET", "/", [("x-a", "1"), ("X-A", "2"), ("cookie", "a=1")], None),
    (
        "POST",
        "/p?x",
        [("content-type", "text/plain"), ("content-length", "5")],
        b"hello",
    ),
    ("DELETE", "/p", [], None),
]


@pytest.fixture(scope="module", params=["wsgi", "asgi", "rsgi"])
def pair(request, tmp_path_factory):
    """The same app in the client and behind Granian."""
    pytest.importorskip("granian")
    folder = tmp_path_factory.mktemp("site")
    (folder / "faithful_site.py").write_text(SITE)
    namespace = {}
    exec(SITE, namespace)
    interface = request.param
    with LiveServer(
        f"faithful_site:{interface}", interface=interface, folder=folder
    ) as server:
        client = Client(namespace[interface], protocol=interface)
        yield client, server
        client.close()


@pytest.mark.parametrize("number", range(len(REQUESTS)))
def test_an_app_cannot_tell_the_client_from_granian(pair, number):
    client, server = pair
    method, target, headers, body = REQUESTS[number]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.putrequest(method, target, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders(body)
    real = json.loads(connection.getresponse().read())
    connection.close()

    content = {} if body is None else {"content": body}
    simulated = client.request(method, target, headers=headers, **content)

    assert simulated.json() == real
