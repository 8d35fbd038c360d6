"""An exception -> the answer that tells of it.

An `HTTPError` is an answer; `@app.on(...)` may make another one of it, or of any
other exception. What nobody takes becomes the 500 page: without a detail in
production, with everything on the debug page in development, logged exactly once
with the request's id in both.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from segue.core.errors import HTTPError, InternalServerError
from segue.core.http.request import Request
from segue.core.http.response import Response
from segue.core.kernel.entry import Hook

__all__ = ["find_handler", "http_answer", "unexpected", "wants_page"]

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{status} {title}</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;
padding:0 1rem}}h1{{font-size:1.5rem}}p{{color:#555}}</style></head>
<body><h1>{status} {title}</h1>{detail}</body></html>
"""


def find_handler(error: Exception, maps: Sequence[Mapping[Any, Hook]]) -> Hook | None:
    """Find who takes an error: the innermost group first, the nearest class first."""
    status = error.status if isinstance(error, HTTPError) else None
    for known in maps:
        if status is not None and status in known:
            return known[status]
        for cls in type(error).__mro__:
            if cls in known:
                return known[cls]
    return None


def wants_page(request: Request) -> bool:
    """Tell whether the client prefers a page to a document: a browser does."""
    accept = request.headers.get("accept") or ""
    if "text/html" not in accept:
        return False
    chosen = request.accepts("application/json", "text/html")
    return chosen == "text/html"


def http_answer(error: HTTPError, request: Request) -> Response:
    """Build the plain answer of an `HTTPError`: a page or a problem document.

    Source: RFC 9457.
    """
    if wants_page(request):
        detail = f"<p>{html.escape(error.detail)}</p>" if error.detail else ""
        body = _PAGE.format(
            status=error.status, title=html.escape(error.title), detail=detail
        ).encode()
        media_type = "text/html; charset=utf-8"
    else:
        body = msgspec.json.encode(error.document(), enc_hook=str)
        media_type = "application/problem+json"
    response = Response(body, error.status, media_type=media_type)
    for name, value in error.headers.items():
        response.headers[name] = value
    response.headers.vary("accept")
    return response


def unexpected(error: Exception, request: Request) -> Response:
    """Build the 500 page of production: it tells the id and nothing else."""
    answer = InternalServerError(
        "Something went wrong on our side.", extra={"request_id": request.id}
    )
    answer.__cause__ = error
    response = http_answer(answer, request)
    response.headers["x-request-id"] = request.id
    return response
