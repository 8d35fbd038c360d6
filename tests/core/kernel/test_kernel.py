"""What is demanded of every request, and what is told of a miss."""

import asyncio

import pytest

from segue import App, Request
from segue.http import ProxyTrust
from segue.testing import Client


@pytest.mark.feature("M-040")
@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("example.org", 200),
        ("www.example.org:8080", 200),
        ("evil.org", 400),
        ("a b", 400),
        ("example.org/x", 400),
        ("user@example.org", 400),
    ],
)
def test_only_valid_and_allowed_hosts_are_served(
    protocol: str, host: str, status: int
) -> None:
    app = App(hosts=["example.org", ".example.org"])
    app.add("/", lambda: "x")
    client = Client(app, protocol=protocol)

    assert client.get("/", headers={"host": host}).status == status
    assert client.get("/", headers={"host": host}).status == status
    client.close()
    app.stop()


@pytest.mark.parametrize("path", ["/a%00b", "/a%ffb", "/%c0%af"])
def test_a_path_with_a_nul_or_bad_utf8_is_a_400(
    app: App, client: Client, path: str
) -> None:
    app.add("/{name}", lambda name: name)

    assert client.get(path).status == 400


@pytest.mark.feature("M-019", "M-020")
def test_head_options_405_and_501_are_answered_for_every_route(
    app: App, client: Client
) -> None:
    app.add("/users/{id}", lambda id: {"id": id}, methods=["GET", "DELETE"])
    app.add("/plain", lambda: "plain")

    head = client.head("/users/7")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "10")
    assert client.head("/plain").headers["content-length"] == "5"
    options = client.options("/users/7")
    assert (options.status, options.headers["allow"]) == (
        204,
        "DELETE, GET, HEAD, OPTIONS",
    )
    wrong = client.post("/users/7")
    assert (wrong.status, wrong.headers["allow"]) == (405, "DELETE, GET, HEAD, OPTIONS")
    assert client.request("BREW", "/plain").status == 501


@pytest.mark.feature("M-021")
def test_a_path_that_only_lacks_its_slash_is_redirected_with_its_query(
    app: App, client: Client
) -> None:
    app.add("/a b/{x}/", lambda x: x)

    answer = client.get("/a%20b/ü?q=1", follow_redirects=False)

    assert answer.status == 308
    assert answer.headers["location"] == "/a%20b/%C3%BC/?q=1"


def test_routes_of_hosts_get_the_values_of_path_and_host(
    app: App, client: Client
) -> None:
    def home(tenant: str, id: int, request: Request) -> dict[str, object]:
        return {"tenant": tenant, "id": id, "values": request.values}

    app.add("/{id}", home, host="{tenant}.example.org")

    answer = client.get("/7", headers={"host": "acme.example.org"})

    assert answer.json() == {
        "tenant": "acme",
        "id": 7,
        "values": {"id": 7, "tenant": "acme"},
    }
    assert client.get("/7", headers={"host": "other.org"}).status == 404
    assert client.head("/7", headers={"host": "acme.example.org"}).status == 200


def test_hosts_that_were_seen_are_remembered_within_a_bound(app: App) -> None:
    app.add("/", lambda: "x")
    client = Client(app, protocol="wsgi")
    for number in range(1_100):
        client.get("/", headers={"host": f"h{number}.example.org"})

    assert len(app.kernel.known_hosts) == 1_000
    assert client.get("/", headers={"host": "h1099.example.org"}).status == 200


@pytest.mark.feature("M-172")
def test_an_inline_handler_runs_on_the_loop(app: App) -> None:
    seen: list[bool] = []

    def inline() -> str:
        try:
            asyncio.get_running_loop()
            seen.append(True)
        except RuntimeError:
            seen.append(False)
        return "x"

    app.add("/inline", inline, inline=True)
    app.add("/thread", inline)
    with Client(app, protocol="asgi") as client:
        client.get("/inline")
        client.get("/thread")

    assert seen == [True, False]


@pytest.mark.feature("M-037")
def test_a_route_may_have_a_body_limit_of_its_own(app: App, client: Client) -> None:
    def size(request: Request) -> str:
        return str(len(request.body()))

    app.add("/small", size, methods=["POST"], body_limit=10)
    app.add("/usual", size, methods=["POST"])

    assert client.post("/small", content=b"x" * 11).status == 413
    assert client.post("/small", content=b"x" * 10).text == "10"
    assert client.post("/usual", content=b"x" * 11).text == "11"


def test_the_app_says_what_it_needs() -> None:
    plain, waiting, socket, streaming = App(), App(), App(), App()
    plain.add("/", lambda: "x")

    @waiting.get("/")
    async def home() -> str:
        return "x"

    @socket.websocket("/ws")
    async def chat() -> None: ...

    @streaming.get("/")
    def rows():
        yield "x"

    assert plain.needs_asgi() is None
    behind = App(proxies=["10.0.0.0/8"])
    behind.add("/", lambda: "x")
    assert "proxies" in (behind.needs_asgi() or "")
    assert "test_kernel.py" in (waiting.needs_asgi() or "")
    assert "is async" in (waiting.needs_asgi() or "")
    assert "is a WebSocket" in (socket.needs_asgi() or "")
    assert (plain.streams, streaming.streams) == (False, True)


def test_the_server_as_a_whole_can_be_asked_for_its_options(app: App) -> None:
    app.add("/", lambda: "x")
    sent: list[dict[str, object]] = []
    scope = {
        "type": "http",
        "method": "OPTIONS",
        "path": "*",
        "query_string": b"",
        "headers": [(b"host", b"example.org")],
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))

    assert sent[0]["status"] == 204
    assert b"GET" in dict(sent[0]["headers"])[b"allow"]  # type: ignore[call-overload]


@pytest.mark.feature("M-041")
@pytest.mark.parametrize(
    ("forwarded", "status"), [("example.org", 200), ("evil.org", 400), ("a b", 200)]
)
def test_a_host_that_a_proxy_tells_of_must_be_served_here_too(
    protocol: str, forwarded: str, status: int
) -> None:
    app = App(hosts=["example.org"], proxies=ProxyTrust(("127.0.0.1",), host=True))
    app.add("/", lambda request: request.host)
    client = Client(app, protocol=protocol)

    answer = client.get(
        "/", headers={"host": "example.org", "x-forwarded-host": forwarded}
    )

    assert answer.status == status
    client.close()
    app.stop()
