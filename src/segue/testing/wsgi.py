"""WSGI: one call of an app by the letter of the interface, checked on the way.

The app runs in the thread of whoever reads the answer, and no further than is read:
that is what a WSGI server's back-pressure is.

Source: PEP 3333.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, TypeAlias, cast

from segue.testing.environ import build_environ
from segue.testing.errors import broken
from segue.testing.framing import Framing, is_text_pair
from segue.testing.outgoing import Outgoing, Received, Sent
from segue.testing.witness import Call

__all__ = ["WsgiExchange"]

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]

_STATUS = re.compile(r"[1-9][0-9]{2} .+")
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
    }
)


class WsgiExchange:
    """The answer to one request, while a WSGI app makes it.

    Attributes:
        status: The answer's status; 0 until it is known.
        headers: The answer's headers.
        complete: The app ended its answer and the client heard all of it.
        problem: The first broken rule, whatever the app made of it.
        error: What came out of the callable.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        request: Outgoing,
        content: Iterable[bytes],
        call: Call,
    ) -> None:
        self.request = request
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.complete = False
        self.problem: BaseException | None = None
        self.error: BaseException | None = None
        self._app = app
        self._environ = build_environ(request, content)
        self._call = call
        self._framing: Framing | None = None
        self._left = request.cut.count if isinstance(request.cut, Received) else None
        self._gone = isinstance(request.cut, Sent)
        self._written: list[bytes] = []
        self._result: Any = None
        self._steps: Iterator[Any] | None = None
        self._sent = False
        self._closed = False

    def open(self) -> None:
        """Call the app, up to its first piece of body."""
        try:
            self._result = self._call.context.run(
                self._app, self._environ, self._start_response
            )
            self._steps = self._iterator(self._result)
            if not self._written and (chunk := self._step()) is not None:
                self._written.append(chunk)
        except Exception as error:
            self.error = error

    def next_chunk(self) -> bytes | None:
        """Take the next piece of the answer, or None at its end."""
        try:
            chunk = self._written.pop(0) if self._written else self._step()
        except Exception as error:
            self.error = error
            return None
        if chunk is None or self._left is None:
            return chunk
        chunk = chunk[: self._left]
        self._left -= len(chunk)
        self._gone = self._gone or self._left == 0
        return chunk or None

    def drain(self) -> bytes:
        """Take all that is left of the answer."""
        return b"".join(iter(self.next_chunk, None))

    def close(self) -> None:
        """Close the app's iterable, once, as every server must."""
        if self._closed:
            return
        self._closed = True
        close: Callable[[], None] | None = getattr(self._result, "close", None)
        if close is not None:
            try:
                self._call.context.run(close)
            except Exception as error:
                self.error = self.error or error

    def _step(self) -> bytes | None:
        """Ask the app for the next piece that is not empty."""
        if self._steps is None or self.error is not None or (self._gone and self._sent):
            return None
        while (chunk := self._call.context.run(next, self._steps, None)) is not None:
            if type(chunk) is not bytes:
                raise self._refuse(
                    f"The app yielded {chunk!r:.60}.", "Yield bytes, nothing else."
                )
            if data := self._framed(chunk):
                return data
        self._framed(b"")
        self._end()
        return None

    def _end(self) -> None:
        self._steps = None
        self.complete = not self._gone
        if self._framing is not None:
            self._checked(self._framing.end)

    def _framed(self, chunk: bytes) -> bytes:
        if self._framing is None:
            raise self._refuse(
                "The app made a body before it called start_response.",
                "Call start_response(status, headers) before the first piece.",
            )
        framing = self._framing
        data: bytes = self._checked(lambda: framing.add(chunk))
        self._sent = self._sent or bool(data)
        return data

    def _iterator(self, result: Any) -> Iterator[Any]:
        if isinstance(result, (str, bytes)) or not hasattr(result, "__iter__"):
            raise self._refuse(
                f"The app returned {result!r:.60}.",
                "Return an iterable of bytes, such as [body].",
            )
        return iter(cast("Iterable[Any]", result))

    def _start_response(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: ExcInfo | None = None,
    ) -> Callable[[bytes], None]:
        if exc_info is not None and self._sent:
            raise exc_info[1].with_traceback(exc_info[2])
        if self._framing is not None and exc_info is None:
            raise self._refuse(
                f"The app called start_response again, with {status!r}.",
                "Call it once; a second time only with exc_info.",
            )
        self._check_start(status, headers)
        code = int(status[:3])
        self._framing = self._checked(
            lambda: Framing("WSGI", self.request.method, code, headers)
        )
        self.status, self.headers = code, list(headers)
        self._gone = self._gone or self._left == 0
        return self._write

    def _write(self, data: bytes) -> None:
        if self._gone:
            raise OSError("The client has hung up.")
        self._written.append(self._framed(data))

    def _check_start(self, status: Any, headers: Any) -> None:
        if type(status) is not str or not _STATUS.fullmatch(status):
            raise self._refuse(
                f"The app sent the status {status!r}.",
                'Send three digits, a space and a phrase, as in "200 OK".',
            )
        if type(headers) is not list:
            raise self._refuse(
                f"The app sent headers of type {type(headers).__name__}.",
                "Send a list: the server may change it.",
            )
        for pair in cast("list[object]", headers):
            if not is_text_pair(pair):
                raise self._refuse(
                    f"The app sent the header {pair!r}.",
                    "Send each header as a tuple of two str.",
                )
            if pair[0].lower() in _HOP_BY_HOP:
                raise self._refuse(
                    f"The app sent the hop-by-hop header {pair[0]!r}.",
                    "Leave it to the server.",
                )
            try:
                pair[1].encode("latin-1")
            except UnicodeEncodeError as error:
                raise self._refuse(
                    f"The header {pair[0]!r} has the value {pair[1]!r}.",
                    "Send text whose characters are in latin-1.",
                ) from error

    def _refuse(self, what: str, fix: str) -> Exception:
        error = broken("WSGI", what, fix)
        self.problem = self.problem or error
        return error

    def _checked(self, check: Callable[[], Any]) -> Any:
        """Run a check; what it finds reaches the test whatever the app does."""
        try:
            return check()
        except Exception as error:
            self.problem = self.problem or error
            raise
