"""The words of AsyncDb: those of Db, awaited."""

import asyncio

import pytest

from segue.core.errors import NotFound
from segue.db import count
from segue.db.command import Command


@pytest.fixture
def run(opened):
    """Runs a coroutine function with an AsyncDb of the filled shop."""
    database = opened("filled")

    def run(work):
        async def inside():
            return await work(database.adb())

        return asyncio.run(inside())

    return run


@pytest.mark.feature("M-090")
def test_reads_are_awaited(run, shop):
    book, author = shop.Book, shop.Author

    async def work(db):
        assert (await db.get(book, 1)).title == "Alpha"
        assert (await db.get_or_404(book, 1)).id == 1
        with pytest.raises(NotFound):
            await db.get_or_404(book, 99)
        assert [b.id for b in await db.get_many(book, [2, 1])] == [2, 1]
        assert len(await db.all(book)) == 6
        assert (await db.one(book.where(book.id == 3))).title == "Gamma"
        assert (await db.first(book.order_by(-book.id))).id == 6
        assert await db.count(book) == 6
        assert await db.exists(book.where(book.id == 1)) is True
        assert (await db.agg(book, n=count())).n == 6
        assert len(await db.rows(book.query(), title=book.title)) == 6
        page = await db.page(book.order_by(book.id), size=4)
        rest = await db.page(book.order_by(book.id), size=4, after=page.next)
        assert [b.id for b in rest.items] == [5, 6]
        one = await db.load(await db.get(author, 1), author.books)
        assert len(one.books) == 2
        assert [b.id async for b in db.stream(book.order_by(book.id), size=4)] == [
            1, 2, 3, 4, 5, 6]  # fmt: skip
        rows = [some async for some in db.stream(Command("SELECT 1"), 3)]
        assert rows == [[(1,)]]

    run(work)


def test_writes_are_awaited(run, shop):
    book, tag = shop.Book, shop.Tag

    async def work(db):
        new = await db.insert(tag(name="x"))
        assert len(await db.insert_many([tag(name="y"), tag(name="z")])) == 2
        assert len(await db.insert_many([tag(name="w")])) == 1
        new.name = "xx"
        await db.save(new)
        assert (await db.get(tag, new.id)).name == "xx"
        assert await db.update(book.where(book.id == 1), year=7) == 1
        first = await db.get(book, 1)
        assert first.year == 7
        await db.add(first, book.tags, new)
        await db.remove(first, book.tags, 2, 3)
        assert [t.id for t in (await db.load(first, book.tags)).tags] == [new.id]
        same, made = await db.get_or_create(tag(name="xx"), on=tag.name)
        assert (same, made) == (new, False)
        assert (await db.upsert(tag(name="xx"), on="name")).id == new.id
        assert await db.delete(new) == 1
        assert await db.delete(book.where(book.id > 3)) == 3

    run(work)


@pytest.mark.feature("M-091")
def test_many_are_inserted_all_or_none(run, shop):
    async def work(db):
        with pytest.raises(Exception, match="name"):
            await db.insert_many([shop.Tag(name="x"), shop.Tag(name="old")])
        assert await db.count(shop.Tag) == 3

    run(work)


def test_reads_may_be_gathered(run, shop):
    async def work(db):
        found = await asyncio.gather(*(db.get(shop.Book, n) for n in range(1, 7)))
        assert [b.id for b in found] == [1, 2, 3, 4, 5, 6]

    run(work)
