"""A small library for the tests of resources of models: on each database."""

import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Annotated

from annotated_types import MaxLen

from segue import ReadOnly, WriteOnly
from segue.db import Digits, Key, Many, Model, OnDelete, Unique, many


class Kind(enum.Enum):
    PAPER = "paper"
    SOUND = "sound"


class Library(Model, root=True):
    """The models of these tests have a database of their own."""


class Author(Library):
    name: Annotated[str, MaxLen(80)]
    books: Many["Book"] = many()


class Book(Library):
    title: Annotated[str, MaxLen(40), Unique()]
    price: Annotated[Decimal, Digits(12, 2)] = Decimal(0)
    note: Annotated[str, WriteOnly(), MaxLen(40)] = ""
    published: dt.datetime | None = None
    author: Annotated[Author, OnDelete("cascade")]
    tags: Many["Tag"] = many()


class Tag(Library):
    name: Annotated[str, MaxLen(30), Unique()]
    uses: int = 0
    books: Many[Book] = many()


class Coin(Library):
    """Clients give its key."""

    code: Key[Annotated[str, MaxLen(8)]]
    value: int = 0


class Counted(Library):
    """It counts its changes."""

    name: Annotated[str, MaxLen(30)]
    version: Annotated[int, ReadOnly()] = 1


class Loan(Library):
    """It keeps a coin from being deleted."""

    coin: Coin


class Thing(Library):
    """A column of each type that can be asked for."""

    text: Annotated[str, MaxLen(40)] | None = None
    whole: int | None = None
    broken: float | None = None
    exact: Annotated[Decimal, Digits(8, 2)] | None = None
    flag: bool | None = None
    moment: dt.datetime | None = None
    day: dt.date | None = None
    span: dt.timedelta | None = None
    kind: Kind | None = None
    uid: uuid.UUID | None = None
    owner: Author | None = None
