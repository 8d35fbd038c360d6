"""Sockets over ASGI and RSGI: every way in which one begins and ends."""

import asyncio
import threading
from typing import Any, ClassVar

import pytest

from segue import App, NotFound, Request, WebSocket
from segue.core.errors import WalkError
from segue.core.protocols.channels import ASGIChannel, RSGIChannel
from segue.core.routing.predicates import custom
from segue.core.websockets.socket import WebSocketClosed
from segue.testing import Client, WebSocketClosed as Closed, WebSocketRejected

DENIAL = "websocket.http.response"


@pytest.fixture(params=["asgi", "rsgi"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def denying(app: App) -> Any:
    """Give a client whose server can refuse a handshake with any status."""
    client = Client(
        app, protocol="asgi", extensions=(DENIAL,), raise_server_exceptions=False
    )
    yield client
    client.close()


def closing(client: Client, path: str = "/") -> tuple[int, str]:
    """Open a socket, say something, and tell how the app closes it."""
    with client.websocket(path) as socket:
        socket.send_text("hello")
        closed = socket.receive_close()
    # RSGI has neither code nor reason.
    return (closed.code, closed.reason) if client.protocol == "asgi" else (1005, "")


def told(client: Client, code: int, reason: str) -> tuple[int, str]:
    return (code, reason) if client.protocol == "asgi" else (1005, "")


@pytest.mark.feature("M-205")
def test_a_handler_that_returns_closes_with_1000(app: App, client: Client) -> None:
    @app.websocket("/")
    async def once(socket: WebSocket) -> None:
        await socket.receive()

    assert closing(client) == told(client, 1000, "")


def test_a_handler_that_returns_before_it_accepted_refuses(
    app: App, client: Client
) -> None:
    @app.websocket("/")
    async def shy(socket: WebSocket) -> None: ...

    with pytest.raises(WebSocketRejected), client.websocket("/"):
        pass


def test_a_handler_that_fails_closes_with_1011_and_is_logged_once(
    app: App, client: Client, faults: list[BaseException]
) -> None:
    @app.websocket("/")
    async def boom(socket: WebSocket) -> None:
        await socket.receive()
        raise LookupError("boom")

    assert closing(client) == told(client, 1011, "the handler failed")
    assert [str(fault) for fault in faults] == ["boom"]


def test_a_handler_that_fails_before_it_accepted_refuses_with_500(
    app: App, denying: Client, faults: list[BaseException]
) -> None:
    @app.websocket("/")
    async def boom(socket: WebSocket) -> None:
        raise LookupError("boom")

    with pytest.raises(WebSocketRejected) as caught, denying.websocket("/"):
        pass

    assert caught.value.status == 500
    assert len(faults) == 1


def test_an_http_error_refuses_with_its_status_or_closes_with_1008(
    app: App, client: Client, denying: Client, faults: list[BaseException]
) -> None:
    @app.websocket("/{room}")
    async def rooms(socket: WebSocket, room: str) -> None:
        if room == "open":
            await socket.receive()
        raise NotFound("no such room")

    with pytest.raises(WebSocketRejected) as caught, denying.websocket("/closed"):
        pass

    assert caught.value.status == 404
    assert closing(client, "/open") == told(client, 1008, "no such room")
    assert faults == []


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/nowhere", {}, 404),
        ("/page", {}, 405),
        ("/a%00b", {}, 400),
        ("/socket/x", {}, 404),
        ("/socket/1?page=x", {}, 422),
        ("/socket/1", {"host": "a b"}, 400),
        ("/socket/1", {"host": None}, 400),
        ("/socket/1", {"origin": "https://evil.example"}, 403),
        ("/broken", {}, 500),
    ],
)
def test_a_handshake_that_leads_nowhere_is_refused_with_a_status(
    app: App,
    denying: Client,
    path: str,
    headers: dict[str, str],
    status: int,
) -> None:
    def broken(request: Request) -> bool:
        raise LookupError

    @app.websocket("/socket/{id}")
    async def socket(socket: WebSocket, id: int, page: int = 1) -> None: ...

    app.add("/page", lambda: "x")
    app.websocket("/broken", when=[custom(broken, says="broken")])(socket)

    handshake = denying.websocket(path, headers=headers)

    with pytest.raises(WebSocketRejected) as caught, handshake:
        pass

    assert caught.value.status == status


def test_a_handshake_with_two_hosts_is_refused(app: App, call: Any) -> None:
    @app.websocket("/")
    async def never(socket: WebSocket) -> None:
        raise AssertionError

    request = call(type="websocket")
    request.scope["headers"] *= 2
    request.messages = [{"type": "websocket.connect"}]

    asyncio.run(request.run(app))

    assert [message["type"] for message in request.sent] == ["websocket.close"]


def test_a_handshake_that_its_client_gave_up_is_left_alone(app: App, call: Any) -> None:
    @app.websocket("/")
    async def never(socket: WebSocket) -> None:
        raise AssertionError

    request = call(type="websocket")
    request.messages = [{"type": "websocket.disconnect"}]

    asyncio.run(request.run(app))

    assert request.sent == []


def test_a_refusal_that_nobody_takes_harms_nobody(
    app: App, call: Any, faults: list[BaseException]
) -> None:
    request = call("/nowhere", type="websocket")
    request.messages = [{"type": "websocket.connect"}]

    async def send(message: dict[str, Any]) -> None:
        raise OSError("gone")

    request.send = send
    app.add("/", lambda: "x")

    asyncio.run(request.run(app))

    assert faults == []


def test_a_socket_below_a_root_path_is_found(app: App, call: Any) -> None:
    seen: list[str] = []

    @app.websocket("/ws")
    async def socket(socket: WebSocket) -> None:
        seen.append(socket.request.path)

    request = call("/api/ws", type="websocket", root_path="/api", scheme="wss")
    request.messages = [{"type": "websocket.connect"}]

    asyncio.run(request.run(app))

    assert seen == ["/ws"]


@pytest.mark.parametrize("leave", ["close", "drop"])
def test_a_client_that_goes_away_ends_the_handler_and_is_no_fault(
    app: App, client: Client, leave: str, faults: list[BaseException]
) -> None:
    seen: list[str] = []

    @app.websocket("/")
    async def echo(socket: WebSocket) -> None:
        try:
            while True:
                await socket.send(await socket.receive())
        finally:
            seen.append("ended")

    with client.websocket("/") as socket:
        socket.send_text("x")
        socket.receive()
        getattr(socket, leave)()

    assert seen == ["ended"]
    assert faults == []


@pytest.mark.parametrize("kind", [LookupError, NotFound])
def test_a_handler_that_fails_for_a_client_that_is_gone_is_still_ended_well(
    app: App, client: Client, kind: type[Exception]
) -> None:
    seen: list[str] = []

    @app.websocket("/")
    async def late(socket: WebSocket) -> None:
        try:
            await socket.receive()
        except WebSocketClosed:
            seen.append("gone")
        with pytest.raises(WebSocketClosed):
            await socket.receive()
        with pytest.raises(WebSocketClosed):
            await socket.send("x")
        raise kind

    with client.websocket("/") as socket:
        socket.close()

    assert seen == ["gone"]


def test_a_socket_that_another_one_closed_is_closed_too(
    app: App, client: Client
) -> None:
    @app.websocket("/")
    async def relay(socket: WebSocket) -> None:
        await socket.receive()
        raise WebSocketClosed(1001, "of the other one")

    assert closing(client) == told(client, 1000, "")


@pytest.mark.feature("M-215")
def test_the_stop_of_the_app_closes_every_socket_with_1012(
    app: App, protocol: str
) -> None:
    ended: list[str] = []

    @app.websocket("/")
    async def echo(socket: WebSocket) -> None:
        async for message in socket:
            await socket.send(message)
        ended.append("ended")

    with Client(app, protocol=protocol) as client:  # type: ignore[arg-type]
        with client.websocket("/") as first, client.websocket("/") as second:
            for socket in (first, second):
                socket.send_text("x")
                socket.receive()
            client._loop.run(app.kernel.sockets.close())  # type: ignore[union-attr]
            codes = [socket.receive_close().code for socket in (first, second)]
        with pytest.raises(WebSocketRejected), client.websocket("/"):
            pass

    assert codes == [told(client, 1012, "")[0]] * 2
    assert ended == ["ended"] * 2
    assert len(app.kernel.sockets) == 0


def test_a_subprotocol_is_chosen_over_asgi_and_an_error_over_rsgi(
    app: App, client: Client, faults: list[BaseException]
) -> None:
    @app.websocket("/")
    async def chat(socket: WebSocket) -> None:
        await socket.accept("v2", {"X-Room": "hall"})
        await socket.receive()

    if client.protocol == "asgi":
        with client.websocket("/", subprotocols=["v1", "v2"]) as socket:
            chosen = socket.subprotocol, socket.headers["x-room"]
        assert chosen == ("v2", "hall")
    else:
        handshake = client.websocket("/", subprotocols=["v1", "v2"])
        with pytest.raises(WebSocketRejected), handshake:
            pass
        assert [fault.problem.code for fault in faults] == ["SG-WALK-042"]  # type: ignore[attr-defined]


# -- the channels alone


@pytest.mark.parametrize(
    ("message", "code", "reason"),
    [
        ({"type": "websocket.disconnect"}, 1005, ""),
        ({"type": "websocket.disconnect", "code": None, "reason": None}, 1005, ""),
        ({"type": "websocket.disconnect", "code": 4001, "reason": "x"}, 4001, "x"),
    ],
)
def test_the_end_of_an_asgi_socket_has_a_code(
    message: dict[str, Any], code: int, reason: str
) -> None:
    async def receive() -> dict[str, Any]:
        return message

    async def send(message: dict[str, Any]) -> None: ...

    async def main() -> None:
        await ASGIChannel({}, receive, send).receive()

    with pytest.raises(WebSocketClosed) as caught:
        asyncio.run(main())

    assert (caught.value.code, caught.value.reason) == (code, reason)


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ({"text": "a"}, "a"),
        ({"text": "", "bytes": None}, ""),
        ({"bytes": b"b"}, b"b"),
        ({"text": None, "bytes": b""}, b""),
    ],
)
def test_text_and_bytes_are_told_apart(
    message: dict[str, Any], read: str | bytes
) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "websocket.receive", **message}

    async def send(message: dict[str, Any]) -> None: ...

    assert asyncio.run(ASGIChannel({}, receive, send).receive()) == read  # type: ignore[arg-type]


class Gone:
    """A transport of RSGI whose client is gone."""

    async def accept(self) -> "Gone":
        return self

    async def receive(self) -> Any:
        raise RuntimeError("closed")

    send_str = send_bytes = lambda self, data: self.receive()


@pytest.mark.parametrize("message", ["x", b"x", None])
def test_a_transport_that_is_gone_closes_the_socket(
    message: str | bytes | None,
) -> None:
    async def main() -> None:
        channel = RSGIChannel(Gone())
        await channel.accept(None, ())
        await (channel.receive() if message is None else channel.send(message))

    with pytest.raises(WebSocketClosed) as caught:
        asyncio.run(main())

    assert caught.value.code == 1006


def test_headers_of_an_acceptance_have_no_place_in_rsgi() -> None:
    with pytest.raises(WalkError, match="SG-WALK-042"):
        asyncio.run(RSGIChannel(Gone()).accept(None, [("a", "b")]))


def test_a_close_that_nobody_takes_holds_up_no_stop(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.core.kernel.sockets._LONGEST", 0.01)
    opened = threading.Event()

    class Stalled:
        async def accept(self, subprotocol: Any, headers: Any) -> None: ...

        async def close(self, code: int, reason: str) -> None:
            await asyncio.Event().wait()

    class Asked:
        headers: ClassVar[dict[str, str]] = {}

    async def main() -> None:
        socket: WebSocket[Any, Any] = WebSocket(Stalled(), Asked)  # type: ignore[arg-type]
        await socket.accept()
        app.kernel.sockets.add(socket)
        await app.kernel.sockets.close()
        opened.set()

    asyncio.run(main())

    assert opened.is_set()


def test_a_close_frame_tells_its_client(app: App, client: Client) -> None:
    @app.websocket("/")
    async def leave(socket: WebSocket) -> None:
        await socket.receive()
        await socket.close(4001, "enough")

    with client.websocket("/") as socket:
        socket.send_text("x")
        with pytest.raises(Closed) as caught:
            socket.receive()

    assert caught.value.code == told(client, 4001, "")[0]


def test_one_task_may_close_while_another_one_reads(app: App, client: Client) -> None:
    seen: list[int] = []

    @app.websocket("/")
    async def late(socket: WebSocket) -> None:
        await socket.receive()
        reader = asyncio.ensure_future(socket.receive())
        await asyncio.sleep(0)
        await socket.close(4000)
        with pytest.raises(WebSocketClosed) as caught:
            await reader
        seen.append(caught.value.code)

    assert closing(client) == told(client, 4000, "")
    assert seen in ([4000], [1005], [1006])


def test_a_socket_whose_server_cancels_it_is_cancelled(app: App, call: Any) -> None:
    seen: list[str] = []

    @app.websocket("/")
    async def wait(socket: WebSocket) -> None:
        try:
            await socket.receive()
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    request = call(type="websocket")
    request.messages = [{"type": "websocket.connect"}]

    async def main() -> None:
        task = asyncio.ensure_future(request.run(app))
        while not request.sent:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()

    asyncio.run(main())

    assert seen == ["cancelled"]
