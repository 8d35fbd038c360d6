"""Only type-checked: models, their constructors, paths and queries."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, assert_type

from annotated_types import MaxLen

from segue.db import (
    Key,
    Many,
    Model,
    One,
    Query,
    Unique,
    avg,
    col,
    count,
    desc,
    has,
    many,
    not_,
    now,
    one,
)
from segue.db.async_session import AsyncDb
from segue.db.session import Db


class Writer(Model):
    """One who writes."""

    name: Annotated[str, MaxLen(80)]
    country: str = "DE"
    died: dt.date | None = None
    posts: Many["Post"] = many()
    profile: One["Profile"] = one()


class Profile(Model):
    """The other side of a one-to-one relation."""

    writer: Annotated[Writer, Unique()]
    text: str


class Post(Model):
    """What was written."""

    title: Annotated[str, MaxLen(120)]
    year: int
    price: Decimal = Decimal(0)
    created: dt.datetime = now()
    writer: Writer
    editor: Writer | None = None
    tags: Many["Tag"] = many()


class Tag(Model):
    """A word for posts."""

    name: Key[str]


def instances(post: Post, writer: Writer) -> None:
    """Instances have plain values."""
    assert_type(post.id, int)
    assert_type(post.title, str)
    assert_type(post.writer, Writer)
    assert_type(post.writer.country, str)
    assert_type(post.tags, list[Tag])
    assert_type(writer.posts, list[Post])
    assert_type(writer.profile, Profile | None)
    assert_type(post.editor, Writer | None)
    post.title = "x"
    post.tags = []


def constructors(writer: Writer) -> None:
    """The constructor takes the fields, by keyword, and no relation to many."""
    Post(title="x", year=1, writer=writer)
    Post(title="x", year=1, writer=writer, price=Decimal(3), editor=None, id=3)
    Post(title=3, year=1, writer=writer)  # type: ignore[arg-type]
    Post(title="x", year=1)  # type: ignore[call-arg]
    Post("x", year=1, writer=writer)  # type: ignore[call-arg,arg-type]
    Post(title="x", year=1, writer=writer, tags=[])  # type: ignore[call-arg]
    Post(title="x", year=1, writer=3)  # type: ignore[arg-type]


def queries() -> Query[Post]:
    """Fields, paths and comparisons on the class."""
    assert_type(Post.where(Post.year >= 1985), Query[Post])
    Post.where(Post.writer.country == "DE", Post.title.startswith("x"))
    Post.where((Post.year > 3) | (Post.title == "x"))
    Post.where(not_(Post.year > 3), Post.price * 2 > 3)
    Post.where(col(Post.year).in_([1, 2]), col(Post.title).like("%x"))
    Post.where(col(Writer.died) >= dt.date(2000, 1, 1))
    Post.where(Post.tags.name == "new", has(Writer.posts, Post.year > 3))
    Post.where("title")  # type: ignore[arg-type]
    Writer.load(Writer.posts.where(Post.year > 3).order_by(desc(Post.year)).limit(3))
    return Post.where(Post.year > "x").order_by(-Post.year, desc(Post.title)).limit(5)  # type: ignore[operator]


def sync(db: Db) -> None:
    """What a database gives."""
    assert_type(db.get(Post, 1), Post | None)
    assert_type(db.get_or_404(Post, 1), Post)
    assert_type(db.all(Post.where(Post.year > 3)), list[Post])
    assert_type(db.all(Post), list[Post])
    assert_type(db.one(Post.where(Post.year > 3)), Post)
    assert_type(db.first(Post), Post | None)
    assert_type(db.count(Post), int)
    assert_type(db.insert(Tag(name="x")), Tag)
    assert_type(db.load([Tag(name="x")]), list[Tag])
    assert_type(db.page(Post).items, list[Post])
    assert_type(db.rows(Post, into=Tag), list[Tag])
    assert_type(db.update(Post.where(Post.year > 3), year=4), int)
    db.agg(Post, n=count(), mean=avg(Post.price))
    db.delete(Post.where(Post.year > 3))


async def later(db: AsyncDb) -> None:
    """The same, awaited."""
    assert_type(await db.get(Post, 1), Post | None)
    assert_type(await db.all(Post.where(Post.year > 3)), list[Post])
    assert_type(await db.insert(Tag(name="x")), Tag)
    async for post in db.stream(Post):
        assert_type(post, Post)
