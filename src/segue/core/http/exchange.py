"""Exchange: what every protocol adapter gives of a request, and nothing more."""

from typing import Any, Protocol

from segue.core.http.bodies import BodySource

__all__ = ["Exchange"]


class Exchange(Protocol):
    """One request as a protocol adapter gives it, before anything is read into it."""

    @property
    def protocol(self) -> str:
        """`wsgi`, `asgi` or `rsgi`."""
        ...  # protocol

    @property
    def method(self) -> str:
        """As it was sent."""
        ...  # protocol

    @property
    def path(self) -> str:
        """Decoded, without the root path."""
        ...  # protocol

    @property
    def root_path(self) -> str:
        """Decoded; where the app is mounted, empty or without a slash at the end."""
        ...  # protocol

    @property
    def query_string(self) -> str:
        """As it was sent, each byte one latin-1 character."""
        ...  # protocol

    @property
    def scheme(self) -> str:
        """Of the connection, whatever a proxy says."""
        ...  # protocol

    @property
    def http_version(self) -> str:
        """`1.1` for example."""
        ...  # protocol

    @property
    def client(self) -> tuple[str, int] | None:
        """Address and port at the other end of the connection, if it has any."""
        ...  # protocol

    @property
    def server(self) -> tuple[str, int | None] | None:
        """Address and port that the server listens on, if it has any."""
        ...  # protocol

    @property
    def body(self) -> BodySource:
        """Where the bytes of the body come from."""
        ...  # protocol

    @property
    def raw(self) -> Any:
        """The environ or scope of the server."""
        ...  # protocol

    def header_pairs(self) -> list[tuple[str, str]]:
        """List the headers, names in lower case, those with underscores dropped."""
        ...  # protocol
