"""The environ of WSGI: a request as CGI variables, and the body as a file.

Repeated headers become one, joined by commas, and the variable of `X_Under` is that
of `X-Under`: servers do the same, and an app has to live with it.

Source: PEP 3333; CGI/1.1 (RFC 3875), section 4.1.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from segue.testing.exchange import PIECE
from segue.testing.outgoing import Outgoing, Sent

__all__ = ["FileWrapper", "RequestInput", "build_environ"]


class RequestInput:
    """`wsgi.input`: the body and not a byte more.

    A client that hangs up leaves a body short of its content-length, which reads as
    an early end; in a chunked body it breaks the chunks, which is an `OSError`.
    """

    def __init__(self, content: Iterable[bytes], cut: Sent | None, *, chunked: bool):
        self._pieces = iter(content)
        self._left = cut.count if cut else None
        self._chunked = chunked
        self._buffer = b""
        self._ended = False

    def read(self, size: int | None = -1) -> bytes:
        """Read up to `size` bytes, or all that is left."""
        wanted = None if size is None or size < 0 else size
        while not self._ended and (wanted is None or len(self._buffer) < wanted):
            self._fill()
        return self._cut(len(self._buffer) if wanted is None else wanted)

    def readline(self, size: int | None = -1) -> bytes:
        """Read a line with its end, or `size` bytes of it."""
        while not self._ended and b"\n" not in self._buffer:
            self._fill()
        end = self._buffer.find(b"\n") + 1 or len(self._buffer)
        return self._cut(end if size is None or size < 0 else min(end, size))

    def readlines(self, hint: int | None = -1) -> list[bytes]:
        """Read the lines that are left; the hint may be ignored, and is."""
        del hint
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _cut(self, size: int) -> bytes:
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _fill(self) -> None:
        piece = next(self._pieces, None)
        if piece is None:
            self._ended = True
            return
        if self._left is not None:
            if len(piece) > self._left:
                self._ended = True
                if self._chunked:
                    raise OSError("The client hung up within a chunked body.")
            piece = piece[: self._left]
            self._left -= len(piece)
        self._buffer += piece


class FileWrapper:
    """`wsgi.file_wrapper`: reads a file in blocks, as servers without sendfile do."""

    def __init__(self, file: IO[bytes], block_size: int = PIECE) -> None:
        self.file = file
        self.block_size = block_size
        self.close: Callable[[], None] = getattr(file, "close", lambda: None)

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self.block_size), b"")


def build_environ(request: Outgoing, content: Iterable[bytes]) -> dict[str, Any]:
    """Build the environ of a request; header names lose their dashes as in CGI."""
    path = request.path_bytes.decode("latin-1")
    host, port = request.server
    cut = request.cut if isinstance(request.cut, Sent) else None
    chunked = request.header(b"content-length") is None
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": request.root_path,
        "PATH_INFO": path.removeprefix(request.root_path),
        "QUERY_STRING": request.url.query,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{request.http_version}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.url.scheme,
        "wsgi.input": RequestInput(content, cut, chunked=chunked),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    if request.peer is not None:
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = (
            request.peer[0],
            str(request.peer[1]),
        )
    for name, value in request.headers:
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        text = value.decode("latin-1")
        if key in environ:
            text = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + text
        environ[key] = text
    return environ
