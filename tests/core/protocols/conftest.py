"""What the tests of the protocols share: an app, a client for each, hand-made calls."""

from collections.abc import Iterator
from typing import Any

import pytest

from segue import App
from segue.testing import Client


@pytest.fixture(params=["wsgi", "asgi", "rsgi"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["def", "async def"])
def colour(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def app() -> Iterator[App]:
    app = App()
    yield app
    app.stop()


@pytest.fixture
def client(app: App, protocol: str) -> Iterator[Client]:
    client = Client(app, protocol=protocol, raise_server_exceptions=False, timeout=20)
    yield client
    client.close()


@pytest.fixture
def faults(app: App) -> list[BaseException]:
    """Collect what was logged as a fault."""
    seen: list[BaseException] = []
    app.watch_faults(seen.append)
    return seen


class Call:
    """One ASGI call by hand: what it sends, and what it gets to receive."""

    def __init__(self, path: str = "/", method: str = "GET", **scope: Any) -> None:
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"testserver")],
            **scope,
        }
        self.sent: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        import asyncio

        if not self.messages:
            await asyncio.Event().wait()
        return self.messages.pop(0)

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(m.get("body", b"") for m in self.sent)

    async def run(self, app: App) -> None:
        await app(self.scope, self.receive, self.send)


@pytest.fixture
def call() -> type[Call]:
    return Call
