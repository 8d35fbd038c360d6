"""What comes in and goes out, where it is not a model as it stands."""

import re
from datetime import datetime

import msgspec
from segue import Read
from segue.db import Condition, col

from blog.models import Author, Comment, Post, Tag


class Filter(msgspec.Struct, forbid_unknown_fields=True):
    """Which posts a client wants: `?tag=python&words=segue`."""

    tag: str | None = None
    author: int | None = None
    words: str | None = None
    drafts: bool = False

    def conditions(self) -> list[Condition]:
        found = []
        if self.tag is not None:
            found.append(Post.tags.name == self.tag)
        if self.author is not None:
            found.append(Post.author == self.author)
        if self.words is not None:
            found.append(col(Post.title).contains(self.words, ignore_case=True))
        if not self.drafts:
            found.append(col(Post.published).is_not_null())
        return found


class NewPost(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    body: str
    author: int
    tags: list[str] = []
    published: datetime | None = None

    @property
    def slug(self) -> str:
        return re.sub(r"\W+", "-", self.title.lower()).strip("-")


class Line(msgspec.Struct):
    """A post in a list."""

    id: int
    title: str
    slug: str
    published: datetime | None
    author: str
    comments: int


class Lines(msgspec.Struct):
    """A page of posts, and what `?after=` takes for the next one."""

    items: list[Line]
    next: str | None


class Whole(msgspec.Struct):
    """A post with all that belongs to it."""

    post: Read[Post]
    author: Read[Author]
    tags: list[Read[Tag]]
    comments: list[Read[Comment]]
