"""What goes in and what comes out."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Literal

import msgspec
from annotated_types import Ge, Le, MaxLen, MinLen
from msgspec import Meta

__all__ = [
    "Address",
    "Document",
    "Line",
    "NewOrder",
    "Order",
    "OrderFilter",
    "OrderPage",
    "Status",
    "StatusChange",
]

Text = Annotated[str, MinLen(1), MaxLen(100)]
Sku = Annotated[str, Meta(pattern="^[a-z0-9-]{1,20}$", examples=["dune"])]


class Status(Enum):
    """How far an order has come."""

    PLACED = "placed"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class Address(msgspec.Struct, frozen=True):
    """Where it goes."""

    street: Text
    city: Text
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] = "DE"


class Line(msgspec.Struct, frozen=True):
    """One title, some copies of it."""

    sku: Sku
    copies: Annotated[int, Ge(1), Le(100)] = 1


class NewOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a customer sends."""

    address: Address
    lines: Annotated[list[Line], MinLen(1), MaxLen(50)]
    note: Annotated[str, MaxLen(500)] = ""


class Document(msgspec.Struct, frozen=True):
    """A file that belongs to an order."""

    name: str
    media_type: str
    size: int
    caption: str = ""


class Order(msgspec.Struct):
    """What a customer gets back."""

    number: int
    customer: str
    placed: datetime
    address: Address
    lines: list[Line]
    cents: int
    note: str = ""
    status: Status = Status.PLACED
    documents: list[Document] = []


class StatusChange(msgspec.Struct, frozen=True):
    """What the staff says of an order."""

    status: Status


class OrderFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which orders, and in which order: `?status=placed&sku=dune&limit=5`."""

    status: Status | None = None
    sku: list[Sku] = []
    since: datetime | None = None
    sort: Literal["newest", "oldest"] = "newest"
    offset: Annotated[int, Ge(0), Le(1_000_000)] = 0
    limit: Annotated[int, Ge(1), Le(100)] = 20


class OrderPage(msgspec.Struct, frozen=True):
    """Some of the orders, and how many there are."""

    total: int
    orders: list[Order]
