"""OpenAPI: the extension that serves the document of an app, and a page to read it."""

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from segue.app import App
from segue.core.errors import RouteError
from segue.core.handlers.places import calling_place
from segue.group import Group
from segue.openapi.clients import write_client
from segue.openapi.commands import print_document
from segue.openapi.information import Information
from segue.openapi.page import Page, SwaggerUI
from segue.openapi.selection import Include
from segue.openapi.serving import Served

__all__ = ["OpenAPI"]

_PLAIN: Final = frozenset({"", "__init__", "__main__", "app", "asgi", "main", "wsgi"})


class OpenAPI:
    """The OpenAPI document of an app at `/openapi.json`, its page at `/docs`.

    Several with different paths may be used by one app: one for each version of an
    API, say, each with its own `include=`.

    Args:
        title: The name of the API; the module of the app by default.
        version: The version of the API.
        path: Where the document is.
        docs: Where the page is; None for none.
        include: The routes it has: a prefix, a group, a function of a route, or a
            list of them; None for all.
        allow: Who may read document and page: guards, as a route takes them.
        page: Another page than Swagger UI.
        about: What else there is to say, each as `Information` has it: `summary`,
            `description`, `servers`, `tags`, `contact`, `license`, `terms`,
            `external_docs`, `security`, `webhooks`, `msgpack`, and `amend`, a function
            that changes the document when it is made.

    Example:
        >>> app = App()
        >>> app.use(OpenAPI(title="Shop", version="2"))
    """

    repeatable: ClassVar[bool] = True

    def __init__(
        self,
        *,
        title: str | None = None,
        version: str = "0.1.0",
        path: str = "/openapi.json",
        docs: str | None = "/docs",
        include: Include = None,
        allow: Any = (),
        page: Page | None = None,
        **about: Any,
    ) -> None:
        _check(path, docs, about)
        self.path = path
        self.docs = docs
        self.include = include
        self.allow = allow
        self.page = page or SwaggerUI()
        self.information = Information(
            title=title or _title(), version=version, **about
        )

    def setup(self, app: App) -> None:
        """Add the routes and, once for an app, the commands."""
        documents: list[Served] = vars(app.state).setdefault("openapi", [])
        served = Served(app, self.information, self.include, self.path)
        if not documents:
            app.command(name="openapi")(print_document)
            app.command(name="client")(write_client)
        documents.append(served)
        routes = Group(include_in_schema=False, **_guarded(self.allow))
        routes.get(self.path)(served.answer)
        if self.docs is not None:
            self.page.setup(routes, self.docs, self.path, self.information.title)
        app.include(routes)


def _guarded(allow: Any) -> dict[str, Any]:
    return {"allow": allow} if allow else {}


def _check(path: str, docs: str | None, about: Mapping[str, Any]) -> None:
    wrong = [
        f"{name}={value!r}"
        for name, value in (("path", path), ("docs", docs))
        if value is not None and not value.startswith("/")
    ]
    known = Information.__struct_fields__
    wrong += [f"{name}={value!r}" for name, value in about.items() if name not in known]
    if wrong:
        raise RouteError(
            "SG-OAPI-005",
            f"OpenAPI({', '.join(wrong)}) cannot be read.",
            why="Paths begin with a slash, and all else is said of the API as a whole.",
            fix=f"Name one of these: {', '.join(known)}.",
            where=(calling_place(),),
        )


def _title() -> str:
    """Name an API after the module that makes it, where that has a name of its own."""
    frame = inspect.currentframe()
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        name = module.partition(".")[0]
        if name != "segue":
            return "API" if name in _PLAIN else name.replace("_", " ").capitalize()
        frame = frame.f_back
    return "API"
