"""The models: each is a record, a table, and what one asks for."""

from datetime import datetime
from typing import Annotated

from annotated_types import MaxLen, MinLen
from segue.db import Index, Many, Model, OnDelete, Unique, many, now

Name = Annotated[str, MinLen(1), MaxLen(80)]


class Author(Model):
    name: Name
    email: Annotated[str, MaxLen(120), Unique()]
    posts: Many["Post"] = many()


class Post(Model):
    title: Annotated[str, MinLen(1), MaxLen(120)]
    slug: Annotated[str, MaxLen(120), Unique()]
    body: str
    written: datetime = now()
    published: Annotated[datetime | None, Index()] = None
    author: Annotated[Author, OnDelete("restrict")]
    tags: Many["Tag"] = many()
    comments: Many["Comment"] = many()


class Tag(Model):
    name: Annotated[str, MinLen(1), MaxLen(40), Unique()]
    posts: Many[Post] = many()


class Comment(Model):
    post: Annotated[Post, OnDelete("cascade")]
    name: Name
    text: Annotated[str, MinLen(1), MaxLen(2000)]
    written: datetime = now()
