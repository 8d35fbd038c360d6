"""Resources: list, read, create, update and delete, with pages, filters and ETags.

    from segue.resources import Resource

    app.include(Resource(Tag, "/tags"))

A handler of one's own gets pages and cursors by type:

    @app.get("/orders")
    def orders(filter: OrderFilter, page: Page) -> Paged[Order]:
        return page.cut(find(filter), sort="-placed,number")
"""

from segue.resources.match import Match, PreconditionRequired
from segue.resources.memory import AsyncMemoryStore, MemoryStore
from segue.resources.page import Page, PageSize
from segue.resources.paged import Paged
from segue.resources.query import Condition, Found, Operator, Order, Query
from segue.resources.resource import Resource
from segue.resources.setup import Part, ResourceOptions
from segue.resources.store import (
    AsyncBulkStore,
    AsyncStore,
    BulkStore,
    Duplicate,
    ItemError,
    Stale,
    Store,
)

__all__ = [
    "AsyncBulkStore",
    "AsyncMemoryStore",
    "AsyncStore",
    "BulkStore",
    "Condition",
    "Duplicate",
    "Found",
    "ItemError",
    "Match",
    "MemoryStore",
    "Operator",
    "Order",
    "Page",
    "PageSize",
    "Paged",
    "Part",
    "PreconditionRequired",
    "Query",
    "Resource",
    "ResourceOptions",
    "Stale",
    "Store",
]
