"""HTTP as values: requests, answers and what they are made of.

Nothing here knows an app, a server or a wire format. `Compression` is an extension:
whoever uses it imports it from `segue.core.http.compression`, nobody else loads it.
"""

from segue.core.http.bodies import Body, BodySource
from segue.core.http.caching import CacheControl
from segue.core.http.conditional import ETag, evaluate, parse_ranges
from segue.core.http.cookies import Cookie, expired, parse_cookies
from segue.core.http.dates import format_http_date, parse_http_date
from segue.core.http.encoding import encode_json
from segue.core.http.exchange import Exchange
from segue.core.http.files import File, FileTruncatedError, content_disposition
from segue.core.http.forms import FormData, Upload
from segue.core.http.headers import Headers, HTTPValueError, MutableHeaders
from segue.core.http.hosts import HostRule, valid_host
from segue.core.http.limits import Limits
from segue.core.http.media import (
    MediaType,
    is_json,
    negotiate,
    negotiate_encoding,
    negotiate_language,
)
from segue.core.http.proxies import Forwarded, ProxyTrust
from segue.core.http.request import Request
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
    "Body",
    "BodySource",
    "CacheControl",
    "Cookie",
    "ETag",
    "Exchange",
    "File",
    "FileTruncatedError",
    "FormData",
    "Forwarded",
    "HTTPValueError",
    "Headers",
    "HostRule",
    "Limits",
    "MediaType",
    "MutableHeaders",
    "ProxyTrust",
    "Query",
    "Redirect",
    "Request",
    "Response",
    "Stream",
    "Text",
    "Upload",
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
    "valid_host",
]
