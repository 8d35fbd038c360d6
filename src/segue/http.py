"""HTTP beyond the first names: values, limits, proxies, compression.

    from segue.http import Compression, Limits, ProxyTrust

The names that a first app needs are in `segue` itself.
"""

from segue.core.http.caching import CacheControl
from segue.core.http.compression import Compression
from segue.core.http.conditional import ETag
from segue.core.http.cookies import Cookie
from segue.core.http.forms import FormData, Upload
from segue.core.http.headers import Headers
from segue.core.http.limits import Limits
from segue.core.http.media import MediaType
from segue.core.http.proxies import ProxyTrust
from segue.core.http.response import Text
from segue.core.http.urls import URL, Query, is_safe_redirect

__all__ = [
    "URL",
    "CacheControl",
    "Compression",
    "Cookie",
    "ETag",
    "FormData",
    "Headers",
    "Limits",
    "MediaType",
    "ProxyTrust",
    "Query",
    "Text",
    "Upload",
    "is_safe_redirect",
]
