"""A document as it is served: made once, named by an ETag, answered with 304."""

import json
import threading
from typing import Any, Final

from segue.app import App
from segue.core.http.request import Request
from segue.core.http.response import Response
from segue.openapi.document import build_document
from segue.openapi.information import Information
from segue.openapi.selection import Include

__all__ = ["Served"]

_PREFIXES: Final = 16
"""For so many prefixes of a proxy the bytes are kept."""


class Served:
    """One document of one app.

    Attributes:
        path: Where it is.
    """

    def __init__(
        self, app: App, information: Information, include: Include, path: str
    ) -> None:
        self.path = path
        self._app = app
        self._information = information
        self._include = include
        self._lock = threading.Lock()
        self._document: dict[str, Any] | None = None
        self._made: dict[str, tuple[bytes, str]] = {}

    def document(self) -> dict[str, Any]:
        """Build the document anew."""
        return build_document(self._app.kernel, self._information, self._include)

    def answer(self, request: Request) -> Response:
        """Answer with the document."""
        body, etag = self._bytes(request.root_path)
        response = Response(body, media_type="application/json")
        response.headers["etag"] = etag
        response.headers["cache-control"] = "no-cache"
        return response

    def _bytes(self, prefix: str) -> tuple[bytes, str]:
        # One thread makes it, the others wait for that one.
        with self._lock:
            if self._document is None:
                self._document = self.document()
            if prefix not in self._made:
                document = _below(prefix, self._document)
                body = json.dumps(document, ensure_ascii=False).encode()
                answer = Response(body)
                answer.add_etag()
                if len(self._made) >= _PREFIXES:
                    self._made.clear()
                self._made[prefix] = body, str(answer.etag)
            return self._made[prefix]


def _below(prefix: str, document: dict[str, Any]) -> dict[str, Any]:
    """Put the prefix of a proxy before the servers that are this one."""
    if "servers" not in document:  # somebody amended it
        return document
    servers: list[dict[str, Any]] = [
        {**server, "url": prefix + server["url"].rstrip("/")}
        if prefix and server["url"].startswith("/")
        else server
        for server in document["servers"]
    ]
    return {**document, "servers": servers}
