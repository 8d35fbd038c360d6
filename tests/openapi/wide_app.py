"""An API that uses everything a document can tell of."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
from annotated_types import Ge, Len, MaxLen

from segue import (
    HTML,
    App,
    Controller,
    Depends,
    File,
    FromBody,
    FromCookie,
    FromForm,
    FromHeader,
    FromPath,
    FromQuery,
    Group,
    NotFound,
    Redirect,
    Request,
    Response,
    Stream,
    Upload,
    WebSocket,
    get,
    post,
    put,
)
from segue.core.schema.marks import Describe, ReadOnly, WriteOnly
from segue.errors import Conflict, Unauthorized
from segue.openapi import (
    ApiKey,
    Basic,
    Bearer,
    Flow,
    Link,
    OAuth2,
    OpenAPI,
    OpenIdConnect,
)
from segue.routing import accepts

T = TypeVar("T")
oauth = OAuth2(
    password=Flow(token="/token", scopes={"items": "Read items.", "admin": "All."}),
    authorization_code=Flow(
        authorize="/authorize", token="/token", refresh="/refresh", scopes={}
    ),
    description="As the staff does it.",
)


class User(msgspec.Struct):
    name: str


class Item(msgspec.Struct):
    """Something that is sold."""

    id: Annotated[int, ReadOnly(), Ge(1)]
    sku: Annotated[str, Describe(title="SKU", examples=["dune"]), MaxLen(20)]
    secret: Annotated[str, WriteOnly()] = ""
    old: Annotated[str | None, Describe(deprecated=True)] = None


class Filter(msgspec.Struct):
    words: list[str] = []
    limit: Annotated[int, Ge(1)] = 20


class Client(msgspec.Struct):
    x_client: str
    x_trace: int = 0


class Shipped(msgspec.Struct):
    """An order is on its way."""

    order: int


class Watch(msgspec.Struct):
    url: str


class News(msgspec.Struct):
    title: str


class Events(Stream, Generic[T]):
    """A stream of events, as a battery has it."""

    default_type = "text/event-stream"


class OutOfStock(Conflict):
    """409: so many are not there."""

    left: int
    sku: str = ""

    def __init__(self, left: int) -> None:
        super().__init__("There are not so many.", extra={"left": left})


class Gone(NotFound):
    """It was here once."""


class Say(msgspec.Struct):
    text: str


class Said(msgspec.Struct):
    name: str
    text: str


def shipped(event: Shipped) -> None:
    """An order was shipped.

    Sent once for each order.
    """


@put(summary="Told of a change", responses={202: "Taken."})
def changed(event: list[Shipped], signature: Annotated[str, FromHeader]) -> None: ...


def amend(document: dict[str, Any]) -> None:
    document["x-made-by"] = "hand"


app = App(tags="wide")
app.use(
    OpenAPI(
        title="Wide",
        version="3",
        summary="Everything at once.",
        description="A *long* text.",
        terms="https://example.org/terms",
        contact={"name": "Ann", "email": "ann@example.org"},
        license="BSD-3-Clause",
        servers=["https://api.example.org", {"url": "/", "description": "Here."}],
        tags={"wide": "All of it.", "items": "Things."},
        external_docs="https://example.org/docs",
        webhooks={"shipped": shipped, "changed": changed},
        msgpack=True,
        amend=amend,
    ),
    OpenAPI(title="Items", path="/items.json", docs=None, include="/items"),
)


@Bearer(format="JWT")
@ApiKey(query="token", name="token")
def find_user(
    token: str = "", authorization: Annotated[str | None, FromHeader] = None
) -> User:
    """Find who asks.

    Args:
        token: Instead of the header.
        authorization: The usual way.
    """
    if not token:
        raise Unauthorized
    return User(token)


@oauth.needs("admin")
def is_admin(user: User) -> bool:
    return user.name == "admin"


@Basic()
def by_password() -> None: ...


@OpenIdConnect(url="https://id.example.org/.well-known/openid-configuration")
def by_identity() -> bool:
    return True


@ApiKey(cookie="session")
def session(session: Annotated[str, FromCookie] = "") -> str:
    return session


app.provide(User, find_user)


@app.middleware
def stamp(request: Request) -> Iterator[Any]:
    yield


items = Group("/items", name="items", tags="items", raises=Gone)


@items.get(external_docs="https://example.org/items")
def index(
    wanted: Filter,
    client: Annotated[Client | None, FromHeader] = None,
    lang: Annotated[
        Literal["de", "en"],
        FromQuery("l", description="The language.", deprecated=True),
    ] = "en",
) -> list[Item]:
    """List items.

    With **all** they have.

    Args:
        wanted: Which.
        client: Who asks.
        lang: In which language.

    Returns:
        Some.
    """
    return []


@items.get("/{id:int}", when=accepts("text/html"))
def page(id: int) -> HTML:
    return HTML(str(id))


@items.get("/{number}", deprecated=True, description="Said apart.", summary="One")
def show(number: Annotated[int, FromPath(description="Its number.")]) -> Item | None:
    return None


@items.post(
    status=201,
    raises=OutOfStock,
    responses={
        202: "Later.",
        203: Item,
        207: (list[Item], "Several."),
        299: {"description": "Raw.", "headers": {"x-a": {"schema": {}}}},
        409: "Not now.",
        410: Gone,
    },
    links={"show": Link(show, number="$response.body#/id", description="It.")},
    openapi={"x-internal": True, "externalDocs": {"url": "https://example.org"}},
    operation_id="createItem",
)
def add(
    item: Annotated[Item, FromBody(examples=(Item(1, "dune"),), description="New.")],
    user: User,
) -> Item:
    return item


@items.post("/maybe")
def maybe(item: Item | None = None) -> Item | Redirect | str | bytes | None:
    return item


@items.put("/raw")
def raw(body: Annotated[bytes, FromBody]) -> bytes:
    return body


@items.post("/form")
def form(
    name: Annotated[str, FromForm(description="Its name.", deprecated=True)],
    files: Annotated[list[Upload], FromForm] = [],  # noqa: B006 - it is copied
) -> tuple[str, Literal[201]]:
    return name, 201


@items.get("/files/{path:path}")
def file(path: str) -> File:
    return File(".", path)


@items.get("/f/{name}.{ext:re:[a-z]+}/{{x}}/{slug:slug}")
def mixed(name: str, ext: str, slug: str) -> dict[str, str]:
    return {}


@items.get("/report", renderers={"text/csv": str})
def report(user: User | None) -> list[dict[str, int]]:
    return []


@items.get("/bits")
def bits(pair: tuple[int, str] = (1, "a"), ids: Annotated[list[int], Len(1, 3)] = [1]):  # noqa: B006 - it is copied
    return f"{pair} {ids}", 206


@items.get("/news")
async def news() -> Events[News]:
    yield News("x")


@items.get("/numbers")
def numbers() -> Iterator[bytes]:
    yield b"1"


@items.get("/texts")
async def texts() -> AsyncIterator[str]:
    yield "1"


@items.delete("/{number}", allow=[is_admin, by_password, by_identity], timeout=3)
def remove(number: int) -> None: ...


@items.get("/other", host="{tenant}.example.org")
def other(tenant: str) -> Response:
    return Response(tenant)


@items.post(
    "/watch",
    status=202,
    callbacks={"shipped": {"{$request.body#/url}": shipped}},
)
def watch(watch: Watch) -> None: ...


@items.get("/hidden", include_in_schema=False)
def hidden() -> None: ...


@items.on(Gone)
def tell_gone(error: Gone) -> dict[str, str]:
    return {"gone": "yes"}


@items.websocket("/chat/{room}")
async def chat(
    socket: WebSocket[Say, Said], room: str, user: User, color: str = "red"
) -> None:
    """Talk."""


app.include(items)


class Shelf(Controller):
    @get("/")
    def index(self) -> tuple[int, ...]:
        return (1,)

    @post("/")
    def add(self, key: Annotated[str, Depends(session)]) -> str:
        return key


app.include(Shelf, "/shelf")


@app.route("/both", methods=["GET", "POST"])
def both() -> str:
    return "both"


@app.route("/any", methods=None)
def anything() -> str:
    return "any"


def unnamed(x: int = 1) -> str:
    return str(x)


app.add("/u1", unnamed)
app.add("/u2", unnamed)
