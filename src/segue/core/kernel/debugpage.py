"""What a developer sees when a request failed: source, locals, request, and why.

Only imported in development, and only shown to a client on this machine. It shows
and never runs: there is no console in it. Values whose names sound like secrets are
masked, as are `Secret`s, credentials and cookies.
"""

import html
import ipaddress
import itertools
import linecache
import re
import traceback
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import Any

from segue.core.config.kinds import is_table
from segue.core.errors import HTTPError, SegueError
from segue.core.http.request import Request
from segue.core.http.response import HTML, Response
from segue.core.kernel.faults import http_answer, unexpected, wants_page

__all__ = ["debug_miss", "debug_page", "masked"]

_SECRET = re.compile(
    r"pass(word|wd|phrase)?$|secret|token|api_?key|private|credential|authori[sz]ation"
    r"|cookie|session|signature|dsn$|database_url",
    re.IGNORECASE,
)
_LONGEST = 400
_MOST_LOCALS = 40
_AROUND = 5
_STYLE = """
:root{color-scheme:light dark;--line:#8884;--mark:#e5534b;--soft:#8881}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.3rem;margin:0 0 .3rem}h2{font-size:1rem;margin:2rem 0 .5rem}
.what{white-space:pre-wrap;font:14px/1.5 ui-monospace,monospace;
border-left:3px solid var(--mark);padding:.5rem .8rem;background:var(--soft)}
details{border:1px solid var(--line);border-radius:4px;margin:.4rem 0}
summary{padding:.4rem .7rem;cursor:pointer;font-family:ui-monospace,monospace}
pre{margin:0;padding:.6rem .8rem;overflow-x:auto;font:13px/1.5 ui-monospace,monospace}
.at{display:block;background:color-mix(in srgb,var(--mark) 22%,transparent)}
table{border-collapse:collapse;width:100%;font:13px/1.5 ui-monospace,monospace}
td,th{text-align:left;vertical-align:top;padding:.2rem .7rem;
border-top:1px solid var(--line);overflow-wrap:anywhere}th{width:14rem;font-weight:500}
.far>summary{opacity:.6}small{opacity:.7}
"""
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{style}</style></head><body>{body}
<p><small>Shown in development only, to this machine only.</small></p></body></html>
"""


def debug_page(error: Exception, request: Request) -> Response:
    """Build the page of an unexpected error; text for a client that is no browser."""
    if not _is_here(request):
        return unexpected(error, request)
    if not wants_page(request):
        text = "".join(traceback.format_exception(error))
        response: Response = Response(text, 500)
    else:
        body = "".join(_sections(error, request))
        title = html.escape(f"{type(error).__name__} at {request.path}")
        response = HTML(_PAGE.format(title=title, style=_STYLE, body=body), 500)
    response.headers["x-request-id"] = request.id
    response.headers["cache-control"] = "no-store"
    return response


def debug_miss(error: HTTPError, request: Request) -> Response:
    """Build the page of a 404 or 405: which routes came near, and why they lost."""
    if not _is_here(request) or not wants_page(request):
        return http_answer(error, request)
    table = request.app.kernel.table
    nearest = table.explain(request.method, request.path, request.host, request)
    rows = "".join(
        _row(str(each.route), f"{each.reason}  ({each.route.place})")
        for each in nearest
    )
    known = f"<h2>Nearest routes</h2><table>{rows}</table>" if rows else ""
    asked = html.escape(f"{request.method} {request.path}")
    body = (
        f"<h1>{error.status} {html.escape(error.title)}</h1>"
        f'<p class="what">{asked}\n\nsegue explain {asked}</p>'
        f"{known or '<p>The app has no routes yet.</p>'}{_request_table(request)}"
    )
    page = _PAGE.format(title=html.escape(error.title), style=_STYLE, body=body)
    response = HTML(page, error.status)
    for name, value in error.headers.items():
        response.headers[name] = value
    return response


def masked(name: str, value: Any) -> str:
    """Write a value for the page: short, and hidden when its name tells a secret."""
    if _SECRET.search(name):
        return "***"
    try:
        text = repr(_without_secrets(value))
    except Exception as error:
        return f"<{type(value).__name__} whose repr failed: {type(error).__name__}>"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)})"


def _without_secrets(value: Any) -> Any:
    # A secret among the items of a dict is as much of a secret.
    if not is_table(value):
        return value
    return {
        key: "***" if isinstance(key, str) and _SECRET.search(key) else item
        for key, item in itertools.islice(value.items(), _MOST_LOCALS)
    }


def _is_here(request: Request) -> bool:
    client = request.client
    if client is None:
        return True  # a socket file, or no network at all
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return client == "localhost"


def _sections(error: Exception, request: Request) -> Iterator[str]:
    name = html.escape(type(error).__name__)
    message = html.escape(str(error)) or "<i>without a message</i>"
    method, path = html.escape(request.method), html.escape(request.path)
    yield f"<h1>{name}</h1><p>{method} {path}</p>"
    yield f'<p class="what">{message}</p>'
    if isinstance(error, SegueError):
        yield f"<p>More: <code>segue help {html.escape(error.problem.code)}</code></p>"
    for title, link in _chain(error):
        yield f"<h2>{html.escape(title)}</h2>"
        frames = list(traceback.walk_tb(link.__traceback__))
        nearest = _nearest(frames)
        for index, (frame, line) in reversed(list(enumerate(frames))):
            yield _frame(frame, line, is_open=index == nearest)
    if request.route is not None:
        yield f"<h2>Route</h2><table>{_row(str(request.route), request.route.place)}"
        yield "".join(_row(k, masked(k, v)) for k, v in request.values.items())
        yield "</table>"
    yield _request_table(request)
    plain = html.escape("".join(traceback.format_exception(error)))
    yield f"<h2>As text</h2><details><summary>Traceback</summary><pre>{plain}</pre>"
    yield "</details>"


def _chain(error: BaseException) -> Iterable[tuple[str, BaseException]]:
    """Give the error and what led to it, each once."""
    title, seen = "Traceback, the failing line first", {id(error)}
    link: BaseException | None = error
    while link is not None:
        yield title, link
        if link.__cause__ is not None:
            title, link = f"Caused by {type(link.__cause__).__name__}", link.__cause__
        elif link.__context__ is not None and not link.__suppress_context__:
            title = f"While handling {type(link.__context__).__name__}"
            link = link.__context__
        else:
            link = None
        if link is not None:
            if id(link) in seen:
                return
            seen.add(id(link))
            title += f": {link}"


def _nearest(frames: list[tuple[FrameType, int]]) -> int:
    """Find the last frame that is neither ours nor a library's: the user's line."""
    for index in range(len(frames) - 1, -1, -1):
        name = frames[index][0].f_code.co_filename
        if not _is_far(name):
            return index
    return len(frames) - 1


def _is_far(filename: str) -> bool:
    path = filename.replace("\\", "/")
    return (
        "/segue/" in path
        or "/site-packages/" in path
        or "/lib/python" in path
        or path.startswith("<")
    )


def _frame(frame: FrameType, line: int, *, is_open: bool) -> str:
    code = frame.f_code
    where = html.escape(f"{code.co_filename}:{line} {code.co_qualname}")
    first = max(1, line - _AROUND)
    lines: list[str] = []
    for number in range(first, line + _AROUND + 1):
        text = linecache.getline(code.co_filename, number, frame.f_globals)
        if text:
            written = html.escape(f"{number:5}  {text.rstrip()}")
            lines.append(
                f'<span class="at">{written}</span>'
                if number == line
                else f"{written}\n"
            )
    rows = "".join(
        _row(name, masked(name, value))
        for name, value in itertools.islice(frame.f_locals.items(), _MOST_LOCALS)
    )
    far = ' class="far"' if _is_far(code.co_filename) else ""
    return (
        f"<details{far}{' open' if is_open else ''}><summary>{where}</summary>"
        f"<pre>{''.join(lines)}</pre><table>{rows}</table></details>"
    )


def _request_table(request: Request) -> str:
    rows = [
        _row("client", str(request.client)),
        _row("query", request.query_string),
        *(_row(k, masked(k, v)) for k, v in request.headers.items()),
    ]
    return f"<h2>Request {html.escape(request.id)}</h2><table>{''.join(rows)}</table>"


def _row(name: str, value: str) -> str:
    return f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>"
