"""An app of streams and sockets, for what only a real server can show."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from segue import App, Request, Response, Stream, WebSocket

PIECE = b"x" * 65_536
PIECES = 300 * 16

app = App()
sync_app = App()
socket_app = App()


@app.get("/")
@sync_app.get("/")
@socket_app.get("/")
def home() -> str:
    return "home"


@sync_app.get("/big")
def big() -> Iterator[bytes]:
    """Give 300 MB."""
    for _ in range(PIECES):
        yield PIECE


@app.get("/big")
async def abig() -> AsyncIterator[bytes]:
    """Give 300 MB, awaited."""
    for _ in range(PIECES):
        yield PIECE


async def endless() -> AsyncIterator[str]:
    """Give one event, and then wait for another that never comes."""
    yield "data: hello\n\n"
    await asyncio.Event().wait()


@app.get("/events")
def events() -> Response:
    return Stream(endless(), media_type="text/event-stream")


@app.post("/echo")
async def echo(request: Request) -> AsyncIterator[bytes]:
    async for chunk in request.astream():
        yield b"<" + chunk + b">"


@app.websocket("/ws")
@socket_app.websocket("/ws")
async def ws(socket: WebSocket) -> None:
    async for message in socket:
        await socket.send(message)
