"""A blog with a database.

segue run          starts it, on SQLite unless DATABASE_URL says otherwise
segue db migrate   brings the database to its last migration
segue db seed      fills it
"""

from datetime import UTC, datetime

from segue import App, Redirect
from segue.db import Database, Db
from segue.openapi import OpenAPI

from blog.api import api, tags
from blog.models import Author, Comment, Post, Tag

app = App()
database = Database()
app.use(database, OpenAPI(title="Blog", version="1"))
app.include(api)


@app.get("/", include_in_schema=False)
def home(db: Db):
    """Say what is here; the page of the API tries it out."""
    return {
        "blog": "Segue",
        "posts": db.count(Post),
        "tags": tags(db),
        "try": "/docs",
    }


@app.get("/latest", include_in_schema=False)
def latest(db: Db):
    post = db.first(Post.where(Post.published != None).order_by(-Post.written))  # noqa: E711
    return Redirect("/" if post is None else f"/api/posts/{post.slug}")


@database.seed
def first_posts(db: Db):
    ada = db.insert(Author(name="Ada", email="ada@example.org"))
    music, python = db.insert_many([Tag(name="music"), Tag(name="python")])
    day = datetime(2026, 1, 1, 12, tzinfo=UTC)
    post = db.insert(
        Post(
            title="To go on without a pause",
            slug="to-go-on-without-a-pause",
            body="That is what segue means.",
            published=day,
            author=ada,
        )
    )
    db.add(post, Post.tags, music, python)
    db.insert(Comment(post=post, name="Bob", text="At last."))
