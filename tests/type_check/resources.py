"""Only type-checked: resources, pages and stores."""

from collections.abc import Sequence
from typing import Annotated, assert_type

from msgspec import Struct

from segue import App, Create, Page, Paged, Patch, Read
from segue.resources import (
    AsyncMemoryStore,
    AsyncStore,
    BulkStore,
    Found,
    Match,
    MemoryStore,
    PageSize,
    Query,
    Resource,
    Store,
)

app = App()


class Tag(Struct):
    """An item."""

    name: str
    id: int = 0


class TagStore:
    """A store of one's own."""

    def get(self, key: int) -> Tag | None:
        """Get one."""

    def find(self, query: Query) -> Found[Tag]:
        """Find some."""
        return Found([], total=query.offset)

    def insert(self, item: Tag) -> Tag:
        """Add one."""
        return item

    def update(self, key: int, item: Tag, expected: Tag) -> Tag:
        """Change one."""
        return item

    def delete(self, key: int, expected: Tag) -> None:
        """Delete one."""


stores: Sequence[Store[Tag]] = [MemoryStore(Tag), TagStore()]
bulk: BulkStore[Tag] = MemoryStore(Tag, key="name", items=[Tag("a")], limit=None)
later: AsyncStore[Tag] = AsyncMemoryStore(Tag)

tags = Resource(
    Tag,
    "/tags",
    store=TagStore,
    filters=("name", "id__ge"),
    sort=("name",),
    only=("list", "update"),
    tags="shop",
)
assert_type(tags, Resource[Tag])
assert_type(tags.etag(Tag("a")), str)
app.include(tags)


@tags.replace("update", timeout=3)
def change(id: int, change: Patch[Tag], match: Match, store: TagStore) -> Read[Tag]:
    """Change one."""
    tag = store.get(id) or Tag("a")
    match.check(tags.etag(tag))
    return store.update(id, change.apply(tag), tag)


@tags.replace("list")
async def some(page: Annotated[Page, PageSize(50, 200)]) -> Paged[Read[Tag]]:
    """List some."""
    found = page.cut([Tag("a")], sort="-name")
    assert_type(found, Paged[Tag])
    assert_type(found.items, list[Tag])
    assert_type(page.of([Tag("a")], total=1), Paged[Tag])
    return found


@app.post("/tags", status=201)
def add(new: Create[Tag]) -> Read[Tag]:
    """Add one."""
    return new


assert_type(change(1, Patch(Tag, name="b"), Match(), TagStore()), Tag)
