"""OpenAPI 3.1: the document of an app, a page to read it, a command to keep it.

    from segue.openapi import OpenAPI

    app.use(OpenAPI())            # /openapi.json and /docs

Everything in it is read from the handlers: what they take, what they return, the
errors they raise, who may call them.
"""

from segue.openapi.document import build_document
from segue.openapi.extension import OpenAPI
from segue.openapi.information import Information
from segue.openapi.links import Link
from segue.openapi.page import Page, SwaggerUI
from segue.openapi.security import (
    ApiKey,
    Basic,
    Bearer,
    Flow,
    OAuth2,
    OpenIdConnect,
    Scheme,
)

__all__ = [
    "ApiKey",
    "Basic",
    "Bearer",
    "Flow",
    "Information",
    "Link",
    "OAuth2",
    "OpenAPI",
    "OpenIdConnect",
    "Page",
    "Scheme",
    "SwaggerUI",
    "build_document",
]
