"""Serves an app by the standard library, for development without a server.

One thread per connection, HTTP/1.0, no WebSockets: enough to begin with.
"""

import socket
import socketserver
import threading
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from segue.cli.drain import drain_of
from segue.cli.inspection import Interface
from segue.cli.options import Options
from segue.cli.signals import on_stop
from segue.cli.target import Target, load_target

__all__ = ["serve_wsgiref"]


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    """A WSGI server with a thread for each connection."""

    daemon_threads = True
    allow_reuse_address = True

    def server_bind(self) -> None:
        # The library asks the name service for this machine's name; it may be slow.
        socketserver.TCPServer.server_bind(self)
        self.server_name = str(self.server_address[0])
        self.server_port = int(self.server_address[1])
        self.setup_environ()


class _IPv6Server(_Server):
    """The same for an address with colons."""

    address_family = socket.AF_INET6


class _Handler(WSGIRequestHandler):
    """A request; the app logs it, not the server."""

    def address_string(self) -> str:
        return str(self.client_address[0])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the app's own access log has the request id too."""


def serve_wsgiref(target: Target, options: Options, _interface: Interface) -> None:
    """Serve in this process until a signal stops it."""
    app = load_target(target)
    kind = _IPv6Server if ":" in options.host else _Server
    with kind((options.host, options.port), _Handler) as server:
        server.set_app(app)

        def stop() -> None:
            drain = drain_of(app)
            if drain is not None:
                drain()
            # `shutdown` waits for the loop, which runs in this very thread.
            threading.Thread(target=server.shutdown).start()

        with on_stop(stop):
            server.serve_forever(poll_interval=0.1)
