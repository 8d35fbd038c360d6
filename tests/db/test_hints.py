"""Hints as texts, and names that come later."""

from __future__ import annotations

import datetime as dt
import enum
import typing
from typing import Annotated

import pytest

from segue.db import Key, Many, Model, Unique, many
from segue.db.hints import Later, later, own_hints, read_hint


class Root(Model, root=True):
    """All hints of this file are texts."""


class Book(Root):
    title: Annotated[str, Unique()]
    published: dt.date | None = None
    author: Author
    editor: Author | None = None
    tags: Many[Tag] = many()


class Author(Root):
    name: Key[str]
    books: Many[Book] = many(by="author")


class Tag(Root):
    name: str


def test_models_may_come_later_in_the_file():
    book = Book(title="T", author=Author(name="Ada"))

    assert book.author_id == "Ada"
    assert repr(Book.author.name) == "<ColumnExpression Book.author.name ()>"
    assert set(Root.metadata.tables) == {"book", "author", "tag", "book_tag"}
    assert Book.__table__.c.editor_id.nullable


def test_names_of_a_function_are_known():
    class Inner(Model, root=True):
        pass

    class Colour(enum.Enum):
        RED = "red"

    class Thing(Inner):
        colour: Colour
        other: Thing | None = None

    thing = Thing(colour=Colour.RED)

    assert Thing.__model__.part("colour").plain is Colour
    assert Thing.__model__.part("other").role == "one"
    assert thing.other is None


def test_what_stands_for_a_model_takes_part_in_hints():
    standing = later("Thing")

    assert issubclass(standing, Later)
    assert standing.name == "Thing"
    assert standing | None == typing.Optional[standing]  # noqa: UP045 - the point


@pytest.mark.parametrize(
    ("hint", "read"),
    [
        ("int", int),
        (int, int),
        ("list['int']", list[int]),
        (list["int"], list[int]),
        (typing.Optional["int"], typing.Optional[int]),  # noqa: UP045 - the point
        ("int | 'None'", None),
        (Annotated["int", 1], Annotated[int, 1]),
        (typing.Literal["int"], typing.Literal["int"]),
        (dict["str", "list[int]"], dict[str, list[int]]),
    ],
)
def test_texts_inside_hints_are_read(hint, read):
    scope = {"int": int, "str": str, "list": list, "None": None}
    if read is None:
        with pytest.raises(TypeError):
            read_hint(hint, scope)
        return

    assert read_hint(hint, scope) == read


def test_a_body_without_hints_has_none():
    assert own_hints({}) == {}
    assert own_hints({"__annotations__": {"a": 1}}) == {"a": 1}
