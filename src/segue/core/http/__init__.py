"""HTTP as values: requests, answers and what they are made of.

Nothing here knows an app, a server or a wire format.
"""

from segue.core.http.caching import CacheControl
from segue.core.http.compression import Compression
from segue.core.http.conditional import (
    ETag,
    evaluate,
    format_http_date,
    parse_http_date,
    parse_ranges,
)
from segue.core.http.cookies import Cookie, expired, parse_cookies
from segue.core.http.encoding import encode_json
from segue.core.http.files import File, FileTruncatedError, content_disposition
from segue.core.http.headers import Headers, HTTPValueError, MutableHeaders
from segue.core.http.media import (
    MediaType,
    is_json,
    negotiate,
    negotiate_encoding,
    negotiate_language,
)
from segue.core.http.response import HTML, JSON, Redirect, Response, Stream, Text
from segue.core.http.urls import (
    URL,
    Query,
    build_query,
    is_safe_redirect,
    parse_query,
    query_dict,
    quote_path,
)

__all__ = [
    "HTML",
    "JSON",
    "URL",
    "CacheControl",
    "Compression",
    "Cookie",
    "ETag",
    "File",
    "FileTruncatedError",
    "HTTPValueError",
    "Headers",
    "MediaType",
    "MutableHeaders",
    "Query",
    "Redirect",
    "Response",
    "Stream",
    "Text",
    "build_query",
    "content_disposition",
    "encode_json",
    "evaluate",
    "expired",
    "format_http_date",
    "is_json",
    "is_safe_redirect",
    "negotiate",
    "negotiate_encoding",
    "negotiate_language",
    "parse_cookies",
    "parse_http_date",
    "parse_query",
    "parse_ranges",
    "query_dict",
    "quote_path",
]
