"""The API: what a client may ask of the blog."""

from typing import Annotated

from annotated_types import Ge, Le
from segue import Create, Group, NotFound, Patch, Read
from segue.db import AsyncDb, Db, count, desc

from blog.models import Author, Comment, Post, Tag
from blog.views import Filter, Line, Lines, NewPost, Whole

api = Group("/api", tags="blog")

Size = Annotated[int, Ge(1), Le(100)]


@api.get("/authors")
def authors(db: Db) -> list[Read[Author]]:
    """List who writes."""
    return db.all(Author.order_by(Author.name))


@api.post("/authors", status=201)
def add_author(author: Create[Author], db: Db) -> Read[Author]:
    """Add somebody who writes."""
    return db.insert(author)


@api.get("/posts")
def posts(
    filter: Filter, db: Db, *, size: Size = 20, after: str | None = None
) -> Lines:
    """List posts, the newest first, a page at a time."""
    query = Post.where(*filter.conditions()).order_by(desc(Post.written), desc(Post.id))
    page = db.page(query.load(Post.author, Post.comments), size=size, after=after)
    lines = [
        Line(
            post.id,
            post.title,
            post.slug,
            post.published,
            post.author.name,
            len(post.comments),
        )
        for post in page.items
    ]
    return Lines(lines, page.next)


@api.get("/posts/{slug}")
def show(slug: str, db: Db) -> Whole:
    """Show one post with its tags and comments."""
    post = _find(slug, db, Post.author, Post.tags, Post.comments)
    return Whole(post, post.author, post.tags, post.comments)


@api.post("/posts", status=201)
def write(new: NewPost, db: Db) -> Whole:
    """Write a post: it, new tags and what relates them, or nothing of it."""
    post = db.insert(
        Post(
            title=new.title,
            slug=new.slug,
            body=new.body,
            published=new.published,
            author_id=new.author,
        )
    )
    for name in dict.fromkeys(new.tags):
        tag, _made = db.get_or_create(Tag(name=name), on=Tag.name)
        db.add(post, Post.tags, tag)
    return show(post.slug, db)


@api.patch("/posts/{slug}")
def edit(slug: str, change: Patch[Post], db: Db) -> Read[Post]:
    """Change a post; what is absent stays as it is."""
    return db.save(change.apply(_find(slug, db)))


@api.delete("/posts/{slug}")
def delete(slug: str, db: Db) -> None:
    """Delete a post; its comments go with it."""
    db.delete(_find(slug, db))


@api.post("/posts/{slug}/comments", status=201)
async def comment(slug: str, name: str, text: str, db: AsyncDb) -> Read[Comment]:
    """Say something about a post that is published."""
    post = await db.first(Post.where(Post.slug == slug, Post.published != None))  # noqa: E711
    if post is None:
        raise NotFound(f"There is no post {slug!r}.")
    return await db.insert(Comment(post=post, name=name, text=text))


@api.get("/tags")
def tags(db: Db) -> dict[str, int]:
    """Count the posts of each tag."""
    rows = db.rows(Tag.order_by(Tag.name), name=Tag.name, posts=count(Tag.posts))
    return {row.name: row.posts for row in rows}


def _find(slug: str, db: Db, *related: object) -> Post:
    post = db.first(Post.where(Post.slug == slug).load(*related))
    if post is None:
        raise NotFound(f"There is no post {slug!r}.")
    return post
