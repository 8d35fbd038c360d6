"""What credentials a function reads: a guard or a provider says it about itself.

    key = ApiKey(header="x-api-key")

    @key
    def ask_customer(key: Annotated[str, FromHeader("x-api-key")]) -> Customer: ...

    oauth = OAuth2(password=Flow(token="/token", scopes={"items": "Read items."}))

    @oauth.needs("items")
    def may_read(user: User) -> bool: ...

The words stay on the function, and every route that the function stands before has
them in its operation. Two on one function are a choice; those of several functions are
wanted together. Nothing is checked here: the function itself does that.

Source: OpenAPI 3.1, Security Scheme Object and Security Requirement Object.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from segue.core.errors import SegueError

__all__ = [
    "ApiKey",
    "Basic",
    "Bearer",
    "Flow",
    "OAuth2",
    "OpenIdConnect",
    "Requirement",
    "Scheme",
    "combined",
    "requirements_of",
]

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_ATTRIBUTE: Final = "__segue_security__"


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """A way to tell who asks. As a decorator it marks a function that reads it.

    Attributes:
        name: What it is called in the document.
        description: One sentence for those who need credentials.
    """

    name: str | None = None
    description: str | None = None

    def __call__(self, function: F) -> F:
        """Mark a guard, a provider or a middleware."""
        return self.needs()(function)

    def needs(self, *scopes: str) -> Callable[[F], F]:
        """Mark a function that asks for scopes as well."""

        def mark(function: F) -> F:
            known = requirements_of(function)
            setattr(function, _ATTRIBUTE, (*known, Requirement(self, scopes)))
            return function

        return mark

    @property
    def key(self) -> str:
        """The name in the document."""
        return re.sub(r"[^A-Za-z0-9._-]+", "_", self.name or self.usual_name)

    @property
    def usual_name(self) -> str:
        """The name in the document where none was given."""
        name = type(self).__name__
        return name[:1].lower() + name[1:]

    @property
    def place(self) -> tuple[str, str]:
        """The part of the request that carries it, and its name there."""
        return "header", "authorization"

    def document(self) -> dict[str, Any]:
        """Build the Security Scheme Object."""
        said = {"description": self.description} if self.description else {}
        return {**self.members(), **said}

    def members(self) -> dict[str, Any]:
        """Build what is particular to the kind of scheme."""
        raise NotImplementedError


class Requirement(msgspec.Struct, frozen=True):
    """A scheme, and the scopes that are asked for."""

    scheme: Scheme
    scopes: tuple[str, ...] = ()


class Bearer(Scheme, frozen=True, kw_only=True):
    """A token in `Authorization: Bearer ...`.

    Attributes:
        format: What kind of token, as a hint for readers: `JWT`.
    """

    format: str | None = None

    def members(self) -> dict[str, Any]:
        known = {"bearerFormat": self.format} if self.format else {}
        return {"type": "http", "scheme": "bearer", **known}


class Basic(Scheme, frozen=True, kw_only=True):
    """A name and a password in `Authorization: Basic ...`."""

    def members(self) -> dict[str, Any]:
        return {"type": "http", "scheme": "basic"}


class ApiKey(Scheme, frozen=True, kw_only=True):
    """A key in a header, a query field or a cookie: name exactly one.

    Raises:
        SegueError: None is named, or several.
    """

    header: str | None = None
    query: str | None = None
    cookie: str | None = None

    def __post_init__(self) -> None:
        if len(self._places) != 1:
            raise SegueError(
                "SG-OAPI-001",
                f"ApiKey() names {len(self._places)} places for the key.",
                why="A document has to say where the one key is sent.",
                fix='Name one: ApiKey(header="x-api-key").',
            )

    @property
    def _places(self) -> list[tuple[str, str]]:
        places = ("header", self.header), ("query", self.query), ("cookie", self.cookie)
        return [(place, name) for place, name in places if name]

    @property
    def usual_name(self) -> str:
        return self._places[0][1]

    @property
    def place(self) -> tuple[str, str]:
        ((place, name),) = self._places
        return place, name.lower() if place == "header" else name

    def members(self) -> dict[str, Any]:
        place, name = self._places[0]
        return {"type": "apiKey", "in": place, "name": name}


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One way to get a token of OAuth2.

    Attributes:
        authorize: The URL where a person agrees.
        token: The URL where a program gets the token.
        refresh: The URL for a new token.
        scopes: What each scope allows, by its name.
    """

    authorize: str | None = None
    token: str | None = None
    refresh: str | None = None
    scopes: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])

    def document(self) -> dict[str, Any]:
        """Build the OAuth Flow Object."""
        urls = {
            "authorizationUrl": self.authorize,
            "tokenUrl": self.token,
            "refreshUrl": self.refresh,
        }
        known = {name: url for name, url in urls.items() if url}
        return {**known, "scopes": dict(self.scopes)}


class OAuth2(Scheme, frozen=True, kw_only=True):
    """A token of OAuth2, by one flow or several."""

    password: Flow | None = None
    client_credentials: Flow | None = None
    authorization_code: Flow | None = None
    implicit: Flow | None = None

    @property
    def usual_name(self) -> str:
        return "oauth2"

    def members(self) -> dict[str, Any]:
        flows = {
            "implicit": self.implicit,
            "password": self.password,
            "clientCredentials": self.client_credentials,
            "authorizationCode": self.authorization_code,
        }
        known = {name: flow.document() for name, flow in flows.items() if flow}
        return {"type": "oauth2", "flows": known}


class OpenIdConnect(Scheme, frozen=True, kw_only=True):
    """A token of a provider that describes itself at a URL."""

    url: str

    def members(self) -> dict[str, Any]:
        return {"type": "openIdConnect", "openIdConnectUrl": self.url}


def requirements_of(function: Any) -> tuple[Requirement, ...]:
    """Read what a function says it reads; nothing for most."""
    found: tuple[Requirement, ...] = getattr(function, _ATTRIBUTE, ())
    return found


def combined(
    wanted: Iterable[tuple[tuple[Requirement, ...], bool]],
) -> list[tuple[Requirement, ...]]:
    """Combine what several functions want into the choices that a client has.

    Args:
        wanted: The choices of one function each, and whether it does without.

    Example:
        >>> key, basic = Requirement(ApiKey(header="k")), Requirement(Basic())
        >>> [len(each) for each in combined([((key,), False), ((basic,), True)])]
        [2, 1]
    """
    choices = [
        [*((each,) for each in several), *([()] if optional else [])]
        for several, optional in wanted
        if several
    ]
    if not choices:
        return []
    every = itertools.product(*choices)
    return _once(tuple(_once(itertools.chain(*each))) for each in every)


def _once(values: Iterable[T]) -> list[T]:
    """Leave out what comes again; scopes are a mapping, which has no hash."""
    found: list[T] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
