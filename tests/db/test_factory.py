"""Objects made from their types."""

import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest
from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen, MultipleOf, Predicate

from segue.db import Key, Many, Model, Unique, many
from segue.db.database import Database
from segue.db.factory import Factory, FactoryError
from segue.db.validation import Invalid

pytestmark = pytest.mark.feature("M-208")


class Yard(Model, root=True):
    """The models of these tests."""


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Size(msgspec.Struct):
    width: int
    name: str
    deep: int = 4


class Owner(Yard):
    name: Annotated[str, MaxLen(30)]
    mail: Annotated[str, MaxLen(3), Unique()]
    boss: "Owner | None" = None


class Thing(Yard):
    code: Key[Annotated[str, MaxLen(2)]]
    title: Annotated[str, MinLen(20)]
    low: Annotated[int, Ge(5), Le(6)]
    gap: Annotated[int, Gt(2), Lt(4)]
    narrow: Annotated[float, Gt(0), Lt(1)]
    below: Annotated[int, Lt(-5)]
    tens: Annotated[int, MultipleOf(10), Gt(3)]
    share: Annotated[Decimal, Ge(0), Le(1)]
    flag: bool
    when: dt.datetime
    day: dt.date
    hour: dt.time
    span: dt.timedelta
    uid: uuid.UUID
    colour: Colour
    raw: Annotated[bytes, MinLen(3)]
    size: Size
    words: list[str]
    extra: dict[str, int]
    some: Any
    letter: Literal["s", "m"]
    note: str | None
    slug: Annotated[str, Unique()] = ""
    kept: int = 9
    owner: Owner
    marks: Many["Mark"] = many()


class Mark(Yard):
    name: str
    things: Many[Thing] = many()


class Odd(Yard):
    isbn: Annotated[str, Predicate(str.isdigit)]


class Egg(Yard):
    hen: "Hen"


class Hen(Yard):
    egg: Egg


@pytest.fixture
def make(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/yard.db", models=Yard)
    db = database.db()
    with db.sa() as connection:
        Yard.metadata.create_all(connection)
    yield Factory(db)
    database.close()


def test_what_is_required_gets_a_value_that_fits(make):
    thing = make(Thing, tens=30)
    kept = make._db.get(Thing, thing.code)

    assert (kept.tens, kept.kept, kept.note) == (30, 9, None)
    assert kept.owner_id == 1
    assert kept.size == Size(kept.size.width, kept.size.name)
    assert (len(kept.title) >= 20, 5 <= kept.low <= 6, kept.gap) == (True, True, 3)
    assert 0 < kept.narrow < 1
    assert kept.below < -5


def test_what_is_unique_is_unique(make):
    things = make.many(40, Thing, low=5)

    assert len({thing.code for thing in things}) == 40
    assert len({thing.slug for thing in things}) == 40
    assert len({thing.owner_id for thing in things}) == 40
    assert {thing.low for thing in things} == {5}
    assert {thing.colour for thing in things} == {Colour.RED, Colour.BLUE}


def test_relations_are_taken_as_given(make):
    owner = make(Owner, name="Ada")
    marks = make.many(2, Mark)
    thing = make(Thing, owner=owner, marks=marks)
    other = make(Thing, owner_id=owner.id)

    assert (thing.owner_id, other.owner_id) == (owner.id, owner.id)
    loaded = make._db.load(make._db.get(Thing, thing.code), Thing.marks)
    assert len(loaded.marks) == 2


def test_what_cannot_be_guessed_is_asked_for(make):
    with pytest.raises(FactoryError, match="SG-DB-158") as told:
        make(Odd)

    assert "make(Odd, isbn=...)" in str(told.value)
    assert make(Odd, isbn="12").isbn == "12"
    with pytest.raises(Invalid):
        make(Odd, isbn="x")


def test_models_that_need_each_other_are_told(make):
    with pytest.raises(FactoryError, match="it would need itself"):
        make(Egg)
