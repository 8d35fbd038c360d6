"""Files that belong to an order: a bill, a photo of what was broken."""

from typing import Annotated

from annotated_types import MaxLen
from orders.models import Document, Order
from orders.store import Store

from segue import Group, NotFound, Response, Upload

__all__ = ["documents"]

documents = Group("/{number}/documents", name="documents")

KINDS = {b"%PDF": "application/pdf", b"\x89PNG": "image/png"}
OTHER = "application/octet-stream"


@documents.post(status=201, body_limit=2_000_000, raises=NotFound)
def attach(
    order: Order,
    store: Store,
    file: Upload,
    caption: Annotated[str, MaxLen(200)] = "",
) -> Document:
    """Attach a file; its own first bytes tell its kind."""
    content = file.read()
    kind = KINDS.get(content[:4], OTHER)
    document = Document(file.filename, kind, file.size, caption)
    store.attach(order, document, content)
    return document


@documents.get()
def index(order: Order) -> list[Document]:
    """List the files of an order."""
    return order.documents


@documents.get("/{name}", raises=NotFound)
def download(order: Order, store: Store, name: str) -> Response:
    """Read a file."""
    content = store.content(order, name)
    return Response(content, media_type=KINDS.get(content[:4], OTHER))
