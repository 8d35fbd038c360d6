"""What an ASGI scope and its messages say of a request."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, MutableMapping
from typing import Any

from segue.core.errors import BadRequest, ClientDisconnected, ContentTooLarge
from segue.core.protocols.bodies import blocking
from segue.core.types import Receive, Scope

__all__ = ["ASGIExchange", "below_root", "check_length", "read_body", "read_rest"]


def below_root(scope: Scope) -> str:
    """Take the root path off, where the server left it on."""
    path, root = str(scope["path"]), str(scope["root_path"]).rstrip("/")
    if path == root or path.startswith(f"{root}/"):
        path = path[len(root) :]
    return path or "/"


def _read_length(value: bytes) -> int:
    if not value.isdigit() or len(value) > 19:  # noqa: PLR2004 - 64 bits
        raise BadRequest("The Content-Length is malformed.")
    return int(value)


def _described(scope: Scope, limit: int) -> str:
    """Find the type of the body; refuse one that says it is too long."""
    content_type = ""
    for name, value in scope["headers"]:
        if name == b"content-type":
            json = value == b"application/json"
            content_type = "application/json" if json else value.decode("latin-1")
        elif name == b"content-length":
            check_length(value, limit)
    return content_type


def check_length(value: bytes, limit: int) -> None:
    """Refuse a body whose header says that it is too long."""
    if _read_length(value) > limit:
        raise ContentTooLarge(f"The body is over the limit of {limit} bytes.")


async def read_body(scope: Scope, receive: Receive, limit: int) -> tuple[bytes, str]:
    """Read the whole body; give it with its content type."""
    content_type = _described(scope, limit)
    return await read_rest(await receive(), receive, limit), content_type


async def read_rest(
    message: MutableMapping[str, Any], receive: Receive, limit: int
) -> bytes:
    """Read a body from its first message on."""
    parts: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise ClientDisconnected("the body ended early")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise ContentTooLarge(f"The body is over the limit of {limit} bytes.")
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()


class ASGIExchange:
    """One request, or the handshake of one socket, as ASGI gives it."""

    __slots__ = ("_receive", "body", "raw")

    protocol = "asgi"

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.raw = scope
        self.body = _Body(scope, receive)

    @property
    def method(self) -> str:
        return str(self.raw.get("method") or "GET")

    @property
    def path(self) -> str:
        if self.raw.get("root_path"):
            return below_root(self.raw)
        return str(self.raw["path"])

    @property
    def root_path(self) -> str:
        return str(self.raw.get("root_path") or "").rstrip("/")

    @property
    def query_string(self) -> str:
        query: bytes = self.raw["query_string"]
        return query.decode("latin-1")

    @property
    def scheme(self) -> str:
        scheme = str(self.raw.get("scheme") or "http")
        return {"ws": "http", "wss": "https"}.get(scheme, scheme)

    @property
    def http_version(self) -> str:
        return str(self.raw.get("http_version") or "1.1")

    @property
    def client(self) -> tuple[str, int] | None:
        client = self.raw.get("client")
        return (str(client[0]), int(client[1] or 0)) if client and client[0] else None

    @property
    def server(self) -> tuple[str, int | None] | None:
        server = self.raw.get("server")
        return (str(server[0]), server[1]) if server else None

    def header_pairs(self) -> list[tuple[str, str]]:
        """Give the headers; a name with an underscore is dropped as a forgery."""
        return [
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in self.raw["headers"]
            if b"_" not in name
        ]


class _Body:
    """The body of one request, and the word that its client is gone.

    Both come out of one `receive`, and a handler may still read while its answer is
    on the way. So one of the two waits for the next message, and what the watcher
    finds is kept for the reader.
    """

    __slots__ = ("_kept", "_loop", "_receive", "_scope", "_taken", "_turn")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._loop = asyncio.get_running_loop()
        self._scope = scope
        self._receive = receive
        self._kept: Any = None
        self._turn: asyncio.Lock | None = None

    @property
    def content_length(self) -> int | None:
        for name, value in self._scope["headers"]:
            if name == b"content-length":
                return _read_length(value)
        return None

    def chunks(self) -> Iterator[bytes]:
        return blocking(self.achunks(), self._loop)

    async def achunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._next_message()
            if message["type"] == "http.disconnect":
                raise ClientDisconnected("the body ended early")
            more = message.get("more_body", False)
            if chunk := message.get("body", b""):
                yield chunk

    def watch(self) -> Coroutine[Any, Any, None]:
        """Begin to watch; what is returned ends when the client is gone."""
        self._turn = asyncio.Lock()
        self._taken = asyncio.Event()
        return self._watched(self._turn)

    async def _next_message(self) -> Any:
        if self._turn is None:
            return await self._receive()
        if self._kept is None:
            # The lock is fair: the watcher, if it waits, keeps one message for us.
            async with self._turn:
                if self._kept is None:
                    return await self._receive()
        message, self._kept = self._kept, None
        self._taken.set()
        return message

    async def _watched(self, turn: asyncio.Lock) -> None:
        more = True
        while True:
            async with turn:
                message = await self._receive()
                gone = message["type"] == "http.disconnect"
                # What comes after the body and is no end is dropped.
                self._kept = message if more or gone else self._kept
            if gone:
                return
            more = message.get("more_body", False)
            if more:
                # A body that is read in pieces is read no faster for the watcher.
                await self._taken.wait()
                self._taken.clear()
