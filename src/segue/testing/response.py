"""What a test gets back: the answer, whole or as a stream."""

import codecs
from typing import Any, Protocol, TypeVar, overload

import msgspec

from segue.core.http.headers import Headers
from segue.testing.errors import ClientError
from segue.testing.outgoing import Outgoing

__all__ = ["Answering", "ClientResponse"]

T = TypeVar("T")


class Answering(Protocol):
    """What the protocols have in common once an answer began."""

    status: int
    headers: list[tuple[str, str]]
    complete: bool


class ClientResponse:
    """One answer.

    Attributes:
        status: The HTTP status; 499 when the client hung up before there was one.
        headers: All headers, by case-insensitive name.
        request: What was sent for it.
        history: The redirects that led here, oldest first.
        complete: The client heard the answer to its end.
        protocol: `wsgi`, `asgi` or `rsgi`.
    """

    def __init__(
        self,
        answer: Answering,
        request: Outgoing,
        *,
        protocol: str,
        history: tuple["ClientResponse", ...] = (),
        body: bytes | None = None,
    ) -> None:
        self.status = answer.status
        self.headers = Headers(answer.headers)
        self.request = request
        self.protocol = protocol
        self.history = history
        self.complete = answer.complete
        self._body: bytes | None = body

    def __repr__(self) -> str:
        return f"<{self.status} {self.request.method} {self.url}>"

    @property
    def url(self) -> str:
        """The URL that answered, after redirects."""
        return self.request.url.geturl()

    @property
    def body(self) -> bytes:
        """The whole body."""
        if self._body is None:
            raise ClientError(
                "SG-TEST-015",
                f"The body of {self!r} was not read yet.",
                why="A streamed answer is read as it comes.",
                fix="Iterate over iter_bytes(), or call read() first.",
            )
        return self._body

    @property
    def charset(self) -> str:
        """The charset of the content-type; UTF-8 when it names none we know."""
        _, _, rest = (self.headers.get("content-type") or "").partition("charset=")
        try:
            return codecs.lookup(rest.partition(";")[0].strip(' "')).name
        except LookupError:
            return "utf-8"

    @property
    def text(self) -> str:
        """The body as text; bytes that are none become U+FFFD."""
        return self.body.decode(self.charset, "replace")

    @property
    def media_type(self) -> str:
        """The content-type without its parameters, in lower case."""
        text = self.headers.get("content-type") or ""
        return text.partition(";")[0].strip().lower()

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that this answer sets, by name."""
        pairs = (
            line.partition(";")[0].partition("=")
            for line in self.headers.get_all("set-cookie")
        )
        return {name.strip(): value.strip() for name, _, value in pairs}

    @overload
    def json(self) -> Any: ...

    @overload
    def json(self, type: type[T]) -> T: ...

    def json(self, type: Any = Any) -> Any:  # noqa: A002 - the word of Request.json
        """Decode the body as JSON, into a type if one is given."""
        return msgspec.json.decode(self.body, type=type)
