"""Predicates of routes, and what custom converters need.

    from segue.routing import accepts, header

A predicate goes into `when=` of a route or a group.
"""

from segue.core.routing.converters import Converter
from segue.core.routing.predicates import (
    Predicate,
    accepts,
    content_type,
    custom,
    header,
    host,
    method,
    query,
)
from segue.core.routing.versions import version

__all__ = [
    "Converter",
    "Predicate",
    "accepts",
    "content_type",
    "custom",
    "header",
    "host",
    "method",
    "query",
    "version",
]
