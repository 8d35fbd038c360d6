"""The page that shows a document: Swagger UI, from files of this package.

Nothing on it comes from another host, and nothing in it is inline, so it works offline
and under a strict Content-Security-Policy, which it brings along. Its files have their
version in the path and are kept for good; they are packed as they are sent.
"""

import gzip
import html
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final, Protocol

from segue.core.http.media import negotiate_encoding
from segue.core.http.request import Request
from segue.core.http.response import HTML, Response
from segue.group import Group

__all__ = ["Page", "SwaggerUI"]

_VERSION: Final = "5.35.0-1"
"""The version of Swagger UI, and of our own file beside it."""

_ASSETS: Final = {
    "init.js": "text/javascript; charset=utf-8",
    "oauth2-redirect.html": "text/html; charset=utf-8",
    "oauth2-redirect.js": "text/javascript; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
}

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{base}/swagger-ui.css"></head>
<body><div id="swagger-ui" data-document="{document}"
 data-redirect="{base}/oauth2-redirect.html"></div>
<script src="{base}/swagger-ui-bundle.js"></script>
<script src="{base}/init.js"></script></body></html>
"""


class Page(Protocol):
    """What shows a document to people; an extra may bring another one."""

    def setup(self, routes: Group, path: str, document: str, title: str) -> None:
        """Add the routes of the page.

        Args:
            routes: The group to add them to; guards stand on it already.
            path: Where the page is to be.
            document: Where the document is.
            title: The name of the API.
        """
        ...  # protocol


class SwaggerUI:
    """Swagger UI.

    Args:
        connect: Other origins that "Try it out" may ask, where `servers=` names
            them: `https://api.example.org`.
    """

    def __init__(self, *, connect: Sequence[str] = ()) -> None:
        origins = " ".join(("'self'", *connect))
        self._policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; "
            f"img-src 'self' data:; connect-src {origins}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
        )

    def setup(self, routes: Group, path: str, document: str, title: str) -> None:
        """Add the page and its files."""
        base = f"{path.rstrip('/')}/{_VERSION}"
        is_private = bool(routes.declarations.options.get("allow"))
        page = _Shown(title, base, document, self._policy)
        routes.get(path)(page.answer)
        for name, media_type in _ASSETS.items():
            asset = _Asset(name, media_type, is_private=is_private)
            routes.get(f"{base}/{name}")(asset.answer)


class _Shown:
    """The page itself."""

    def __init__(self, title: str, base: str, document: str, policy: str) -> None:
        self._title = title
        self._base = base
        self._document = document
        self._policy = policy

    def answer(self, request: Request) -> HTML:
        """Answer with the page."""
        prefix = request.root_path
        page = _PAGE.format(
            title=html.escape(self._title),
            base=html.escape(prefix + self._base),
            document=html.escape(prefix + self._document),
        )
        headers = {
            "cache-control": "no-cache",
            "content-security-policy": self._policy,
            "x-content-type-options": "nosniff",
        }
        return HTML(page, headers=headers)


class _Asset:
    """One file of the page."""

    def __init__(self, name: str, media_type: str, *, is_private: bool) -> None:
        self._name = name
        self._media_type = media_type
        self._scope = "private" if is_private else "public"
        self._packed: bytes | None = None

    def answer(self, request: Request) -> Response:
        """Answer with the file, packed where the client takes that."""
        packed = self._bytes()
        accepted = request.headers.get("accept-encoding")
        is_packed = negotiate_encoding(accepted, ["gzip"]) == "gzip"
        headers: dict[str, Any] = {
            "cache-control": f"{self._scope}, max-age=31536000, immutable",
            "vary": "accept-encoding",
            "x-content-type-options": "nosniff",
            "etag": f'"{_VERSION}{"-gzip" if is_packed else ""}"',
        }
        if is_packed:
            headers["content-encoding"] = "gzip"
        body = packed if is_packed else gzip.decompress(packed)
        return Response(body, headers=headers, media_type=self._media_type)

    def _bytes(self) -> bytes:
        if self._packed is None:
            folder = files("segue.openapi") / "assets"
            file = folder / f"{self._name}.gz"
            if file.is_file():
                self._packed = file.read_bytes()
            else:  # our own, which people may want to read
                self._packed = gzip.compress((folder / self._name).read_bytes())
        return self._packed
