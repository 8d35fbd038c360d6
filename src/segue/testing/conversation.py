"""What a client remembers between its requests: who it is, cookies, redirects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypedDict
from urllib.parse import SplitResult, urljoin, urlsplit

from segue.testing.drivers import ProtocolName
from segue.testing.errors import ClientError
from segue.testing.forms import pairs_of
from segue.testing.jar import CookieJar
from segue.testing.outgoing import (
    HeaderPairs,
    Outgoing,
    RequestOptions,
    build_outgoing,
    build_url,
)
from segue.testing.response import ClientResponse

__all__ = ["ClientOptions", "Conversation", "Manner"]

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_ABOUT_BODY: Final = (b"content-", b"transfer-encoding")


class ClientOptions(TypedDict, total=False):
    """How a client drives its app and who it pretends to be.

    Attributes:
        protocol: `auto` takes what a Segue app needs, or what the callable is.
        base_url: Where relative URLs start; `https://` makes it a secure client.
        headers: Sent with every request.
        cookies: In the jar from the start.
        follow_redirects: Whether redirects are followed unless a request says.
        max_redirects: After so many the client gives up.
        raise_server_exceptions: Whether the test gets what a handler raised, or
            the page that a visitor would see.
        timeout: Seconds to wait for an async app; None waits for ever.
        peer: The address that the app sees; None is a unix socket.
        root_path: The part of the path that belongs to the mount point.
        http_version: `1.1` or `2`.
        extensions: ASGI extensions on offer, `http.response.pathsend` for example.
    """

    protocol: ProtocolName
    base_url: str
    headers: HeaderPairs
    cookies: Mapping[str, str]
    follow_redirects: bool
    max_redirects: int
    raise_server_exceptions: bool
    timeout: float | None
    peer: tuple[str, int] | None
    root_path: str
    http_version: str
    extensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """`ClientOptions` with every default filled in."""

    protocol: ProtocolName = "auto"
    base_url: str = "http://testserver"
    headers: HeaderPairs = ()
    cookies: Mapping[str, str] = field(default_factory=dict[str, str])
    follow_redirects: bool = False
    max_redirects: int = 20
    raise_server_exceptions: bool = True
    timeout: float | None = 60.0
    peer: tuple[str, int] | None = ("127.0.0.1", 50000)
    root_path: str = ""
    http_version: str = "1.1"
    extensions: tuple[str, ...] = ()


class Conversation:
    """The requests of one client, one after the other.

    Attributes:
        jar: Its cookies.
    """

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self.jar = CookieJar(urlsplit(manner.base_url).hostname or "")
        for name, value in manner.cookies.items():
            self.jar.set(name, value)

    def prepare(self, method: str, url: str, options: RequestOptions) -> Outgoing:
        """Build a request of this client."""
        target = build_url(self.manner.base_url, url, options.get("params"))
        request = build_outgoing(method, target, self.manner.headers, options)
        request = request.replace(
            peer=self.manner.peer,
            root_path=self.manner.root_path,
            http_version=self.manner.http_version,
        )
        if not request.path_bytes.startswith(request.root_path.encode()):
            raise ClientError(
                "SG-TEST-007",
                f"{request.url.geturl()} is not below the root path "
                f"{request.root_path!r}.",
                why="A server would not pass it on to the app.",
                fix="Begin the path with the root path, or put it into base_url.",
            )
        return self._with_cookies(request)

    def handshake(
        self, url: str, subprotocols: tuple[str, ...], headers: HeaderPairs
    ) -> Outgoing:
        """Build the request that opens a WebSocket, as a browser sends it."""
        upgrade = {
            "connection": "Upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "c2VndWUudGVzdGluZy53cw==",
        }
        if subprotocols:
            upgrade["sec-websocket-protocol"] = ", ".join(subprotocols)
        layered = [*upgrade.items(), *pairs_of(headers)]
        request = self.prepare("GET", url, {"headers": layered})
        scheme = {"http": "ws", "https": "wss"}.get(
            request.url.scheme, request.url.scheme
        )
        return request.replace(url=request.url._replace(scheme=scheme))

    def hear(self, response: ClientResponse) -> None:
        """Take in what an answer says to the client itself."""
        lines = response.headers.get_all("set-cookie")
        self.jar.read(response.request.url, lines)

    def follow(
        self, response: ClientResponse, options: RequestOptions
    ) -> Outgoing | None:
        """Build the request that an answer redirects to, if it does and may.

        Source: RFC 9110, section 15.4; the Fetch Standard, "HTTP-redirect fetch".
        """
        location = response.headers.get("location")
        wanted = options.get("follow_redirects", self.manner.follow_redirects)
        if not wanted or location is None or response.status not in _REDIRECTS:
            return None
        if len(response.history) >= self.manner.max_redirects:
            raise ClientError(
                "SG-TEST-008",
                f"{response!r} is redirect number {len(response.history) + 1}.",
                why="A browser would give up here as well.",
                fix="Find the loop in response.history, or raise max_redirects.",
            )
        url = urlsplit(urljoin(response.url, location))
        return self._with_cookies(_redirected(response, url._replace(fragment="")))

    def _with_cookies(self, request: Outgoing) -> Outgoing:
        """Add the jar's cookies to those that the request names itself."""
        own = [value for name, value in request.headers if name == b"cookie"]
        text = self.jar.header(request.url).encode("latin-1", "replace")
        both = b"; ".join(filter(None, [text, *own]))
        headers = [pair for pair in request.headers if pair[0] != b"cookie"]
        if both:
            headers.append((b"cookie", both))
        return request.replace(headers=tuple(headers))


def _redirected(response: ClientResponse, url: SplitResult) -> Outgoing:
    """Build the next request: its method, its body and which headers travel."""
    before = response.request
    drop: set[bytes] = {b"cookie"}
    changes: dict[str, object] = {}
    is_post = before.method == "POST" and response.status in {301, 302}
    if is_post or (response.status == 303 and before.method not in {"GET", "HEAD"}):  # noqa: PLR2004 - See Other
        changes = {"method": "GET", "content": b""}
        drop |= {name for name, _ in before.headers if name.startswith(_ABOUT_BODY)}
    elif not isinstance(before.content, bytes):
        raise ClientError(
            "SG-TEST-008",
            f"{response!r} wants a streamed body a second time.",
            why="The iterable was used up by the first request.",
            fix="Send the content as bytes.",
        )
    if (url.scheme, url.netloc) != (before.url.scheme, before.url.netloc):
        drop |= {b"authorization", b"host"}
    headers = [pair for pair in before.headers if pair[0] not in drop]
    if b"host" in drop:
        headers.insert(0, (b"host", url.netloc.encode("latin-1", "replace")))
    return before.replace(url=url, headers=tuple(headers), cut=None, **changes)
