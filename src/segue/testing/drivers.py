"""Which protocol an app is driven through, and how its life begins and ends."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any, Literal, TypeAlias, cast

from segue.core.errors import did_you_mean
from segue.testing.asgi import asgi_http
from segue.testing.errors import ClientError
from segue.testing.exchange import PIECE, Exchange
from segue.testing.lifespan import Lifespan
from segue.testing.link import Link
from segue.testing.outgoing import Outgoing
from segue.testing.rsgi import rsgi_http
from segue.testing.sockets import asgi_websocket, rsgi_websocket
from segue.testing.witness import Call

__all__ = ["AsyncDriver", "ProtocolName", "choose_protocol", "rsgi_hooks"]

ProtocolName: TypeAlias = Literal["auto", "wsgi", "asgi", "rsgi"]


def choose_protocol(app: Any, wanted: str) -> Literal["wsgi", "asgi", "rsgi"]:
    """Choose the protocol for an app.

    A Segue app says itself what it needs. Any other callable is known by its
    parameters: three are ASGI; two are RSGI when it is async, else WSGI.

    Raises:
        ClientError: The name is unknown, or the app does not tell.
    """
    if wanted in {"wsgi", "asgi", "rsgi"}:
        return cast("Literal['wsgi', 'asgi', 'rsgi']", wanted)
    if wanted != "auto":
        names = ["auto", "wsgi", "asgi", "rsgi"]
        raise _unclear(f"There is no protocol {wanted!r}.{did_you_mean(wanted, names)}")
    if hasattr(app, "needs_asgi"):
        return "wsgi" if app.needs_asgi() is None else "asgi"
    if hasattr(app, "__rsgi__"):
        return "rsgi"
    if not callable(app):
        raise _unclear(f"{app!r:.80} is no application.")
    count = _required(app)
    if count == 3:  # noqa: PLR2004 - scope, receive, send
        return "asgi"
    if count == 2:  # noqa: PLR2004 - environ, start_response; or scope, protocol
        return "rsgi" if _is_async(app) else "wsgi"
    raise _unclear(
        f"{app!r:.80} takes {count} arguments: neither WSGI nor ASGI nor RSGI."
    )


class AsyncDriver:
    """Drives one app through ASGI or RSGI, on one event loop.

    Attributes:
        state: The lifespan state, of which each request gets a copy.
    """

    def __init__(
        self,
        app: Any,
        protocol: Literal["asgi", "rsgi"],
        *,
        extensions: tuple[str, ...] = (),
        timeout: float | None = None,
    ) -> None:
        self.app = app
        self.protocol = protocol
        self.extensions = extensions
        self.timeout = timeout
        self.state: dict[str, Any] = {}
        self._lifespan: Lifespan | None = None

    @property
    def target(self) -> Callable[..., Any]:
        """The callable to drive."""
        if self.protocol == "rsgi":
            return cast("Callable[..., Any]", getattr(self.app, "__rsgi__", self.app))
        return cast("Callable[..., Any]", self.app)

    async def launch(self, request: Outgoing, call: Call) -> Exchange:
        """Start the app on a request and wait for the start of its answer."""
        asgi = self.protocol == "asgi"
        exchange = Exchange(
            self.protocol.upper(),
            request,
            call,
            window=PIECE if asgi else None,
            timeout=self.timeout,
        )
        if asgi:
            work = asgi_http(self.target, exchange, self.state, self.extensions)
        else:
            work = rsgi_http(self.target, exchange)
        exchange.launch(work)
        await exchange.open()
        return exchange

    async def connect(
        self, request: Outgoing, call: Call, offered: tuple[str, ...], *, raising: bool
    ) -> Link:
        """Start the app on a WebSocket and wait for its word on the handshake."""
        link = Link(
            self.protocol.upper(),
            request,
            call,
            offered=offered,
            timeout=self.timeout,
            raising=raising,
        )
        if self.protocol == "asgi":
            work = asgi_websocket(self.target, link, self.state, self.extensions)
        else:
            work = rsgi_websocket(self.target, link)
        await link.connect(work)
        return link

    async def start(self) -> None:
        """Start the app on the running loop."""
        if self.protocol == "asgi" or hasattr(self.app, "needs_asgi"):
            # RSGI starts an app before its loop runs. Ours runs already, and a
            # Segue app starts on it in the way that ASGI has.
            self._lifespan = Lifespan(self.app, self.timeout)
            await self._lifespan.start()
            self.state = self._lifespan.state
        else:
            rsgi_hooks(self.app)[0](asyncio.get_running_loop())

    async def stop(self) -> None:
        """Stop the app."""
        if self._lifespan is not None:
            await self._lifespan.stop()
        else:
            rsgi_hooks(self.app)[1](asyncio.get_running_loop())


def rsgi_hooks(app: Any) -> tuple[Callable[..., object], Callable[..., object]]:
    """Find what an RSGI app does at its start and at its end."""

    def nothing(loop: asyncio.AbstractEventLoop) -> None:
        """Stand in for a hook that the app does not have."""

    return (
        getattr(app, "__rsgi_init__", nothing),
        getattr(app, "__rsgi_del__", nothing),
    )


def _required(app: Callable[..., Any]) -> int:
    parameters = inspect.signature(app).parameters.values()
    positional = {
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    }
    return sum(p.kind in positional and p.default is p.empty for p in parameters)


def _is_async(app: Callable[..., Any]) -> bool:
    call = getattr(app, "__call__", None)  # noqa: B004 - its colour, not its presence
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(call)


def _unclear(what: str) -> ClientError:
    return ClientError(
        "SG-TEST-001",
        what,
        why="The client would not know how to call the app.",
        fix='Pass protocol="wsgi", "asgi" or "rsgi".',
    )
