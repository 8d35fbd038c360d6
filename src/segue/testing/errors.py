"""Errors: what a test asked wrongly, and what an app told its server wrongly.

SegueError
├── ClientError        the test used the client in a way that cannot work
├── ProtocolError      the app broke a rule of WSGI, ASGI or RSGI
└── LiveServerError    a real server did not start

WebSocketRejected      the app refused the handshake
WebSocketClosed        the app closed the WebSocket that is being read

RSGIProtocolError      what Granian raises inside an RSGI app, by the names
RSGIProtocolClosed     that it has there
"""

from collections.abc import Iterable

from segue.core.errors import SegueError
from segue.core.http.headers import Headers

__all__ = [
    "ClientError",
    "LiveServerError",
    "ProtocolError",
    "RSGIProtocolClosed",
    "RSGIProtocolError",
    "WebSocketClosed",
    "WebSocketRejected",
    "broken",
]

_PAGES = {"WSGI": "SG-TEST-002", "ASGI": "SG-TEST-003", "RSGI": "SG-TEST-004"}
_RULES = {
    "WSGI": "PEP 3333",
    "ASGI": "the ASGI 3 specification",
    "RSGI": "the RSGI 1.6 specification",
}


class ClientError(SegueError):
    """A test asked the client for something that cannot work."""


class LiveServerError(SegueError):
    """A real server did not come up for a test."""


class ProtocolError(SegueError, RuntimeError):
    """An app broke a rule of the protocol that it is driven through.

    It is raised inside the app, where the mistake is, and again in the test, so
    that an app which swallows it does not hide it.
    """


class RSGIProtocolError(RuntimeError):
    """The app used a protocol object against its order."""


class RSGIProtocolClosed(RuntimeError):
    """The client is gone."""


class WebSocketRejected(Exception):
    """The app answered the handshake with a refusal.

    Attributes:
        status: The HTTP status that a browser would see; 403 unless told.
        headers: The headers of the refusal.
        body: The body of the refusal.
    """

    def __init__(
        self, status: int, headers: Iterable[tuple[str, str]] = (), body: bytes = b""
    ) -> None:
        self.status = status
        self.headers = Headers(headers)
        self.body = body
        super().__init__(f"The handshake was refused with {status}.")


class WebSocketClosed(Exception):
    """The app closed the WebSocket, so there is nothing more to receive.

    Attributes:
        code: The close code; 1005 says that none was sent.
        reason: The reason that came with it.
    """

    def __init__(self, code: int, reason: str = "") -> None:
        self.code = code
        self.reason = reason
        super().__init__(f"The app closed the WebSocket with {code} {reason!r}.")


def broken(protocol: str, what: str, fix: str) -> ProtocolError:
    """Build the error for one broken rule of a protocol.

    Args:
        protocol: `WSGI`, `ASGI` or `RSGI`.
        what: The rule's violation, with the values that were seen.
        fix: What the app should do instead.
    """
    return ProtocolError(
        _PAGES[protocol],
        what,
        why=f"{_RULES[protocol]} forbids it; servers answer 500, or break.",
        fix=fix,
    )
