"""The WebSockets of a document, which has them under `x-websockets`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from segue.clients.document import Document, Node, listed
from segue.clients.operations import Value, values_of

__all__ = ["Socket", "sockets_of"]


@dataclass(frozen=True, slots=True)
class Socket:
    """One function that opens a WebSocket.

    Attributes:
        sends: The schema of what the client sends.
        receives: The schema of what it gets.
    """

    id: str
    path: str
    values: tuple[Value, ...]
    sends: Any
    receives: Any
    said: Node


def sockets_of(document: Document) -> Iterator[Socket]:
    """Read the WebSockets, in the order of the document."""
    every = document.members(document.content, "x-websockets")
    for path in every:
        said = document.members(every, path)
        name = said.get("name")
        yield Socket(
            id=name if isinstance(name, str) and name else f"socket {path}",
            path=path,
            # A browser lets nobody choose the headers of a handshake.
            values=values_of(document, listed(said, "parameters"), ("path", "query")),
            sends=said.get("receive", True),
            receives=said.get("send", True),
            said=said,
        )
