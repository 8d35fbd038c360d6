"""What a document says of an API as a whole."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from segue.openapi.security import Scheme

__all__ = ["Amend", "Information", "Server", "docs_object"]

Amend: TypeAlias = Callable[[dict[str, Any]], None]
"""Changes a document when it is made; the last word."""

Server: TypeAlias = str | Mapping[str, Any]
"""A URL, or a Server Object."""


class Information(msgspec.Struct, frozen=True, kw_only=True):
    """What a document says of an API as a whole.

    Attributes:
        tags: What a tag is about, by its name; others are found with the routes.
        security: What every operation asks for, where a gateway sees to it.
        webhooks: Functions whose signature is what this API sends to others.
        msgpack: Tell that bodies of data may be msgpack as well, which they always
            may; many tools that read documents do not know it.
    """

    title: str
    version: str = "0.1.0"
    summary: str | None = None
    description: str | None = None
    terms: str | None = None
    contact: Mapping[str, Any] | None = None
    license: Mapping[str, Any] | str | None = None
    servers: Sequence[Server] = ()
    tags: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    external_docs: Mapping[str, Any] | str | None = None
    security: Sequence[Scheme] = ()
    webhooks: Mapping[str, Callable[..., Any]] = msgspec.field(
        default_factory=dict[str, Callable[..., Any]]
    )
    amend: Amend | None = None
    msgpack: bool = False

    def info(self) -> dict[str, Any]:
        """Build the Info Object."""
        named = {"name": self.license}
        members = {
            "title": self.title,
            "summary": self.summary,
            "description": self.description,
            "termsOfService": self.terms,
            "contact": self.contact,
            "license": named if isinstance(self.license, str) else self.license,
            "version": self.version,
        }
        return {name: value for name, value in members.items() if value is not None}

    def listed_servers(self) -> list[dict[str, Any]]:
        """Build the Server Objects; this very server where none is named."""
        servers = self.servers or ("/",)
        return [
            {"url": each} if isinstance(each, str) else dict(each) for each in servers
        ]

    def docs(self) -> dict[str, Any] | None:
        """Build the External Documentation Object."""
        return docs_object(self.external_docs)


def docs_object(docs: Mapping[str, Any] | str | None) -> dict[str, Any] | None:
    """Build the External Documentation Object of a URL, or take one as it is."""
    if docs is None:
        return None
    return {"url": docs} if isinstance(docs, str) else dict(docs)
