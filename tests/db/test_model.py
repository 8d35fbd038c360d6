"""Models: records with keyword constructors, guarded relations, noted changes."""

import copy
import datetime as dt
import pickle
import weakref
from decimal import Decimal
from functools import cached_property

import msgspec
import pytest

from segue.db import Many, Model, NotLoaded, NotSaved, many

NOW = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)


def _book(shop, **values):
    given = {"title": "T", "year": 1, "author_id": 3, "created": NOW, **values}
    return shop.Book(**given)


@pytest.mark.feature("M-089")
def test_an_object_has_the_values_and_defaults_of_its_fields(shop):
    book = _book(shop)

    assert (book.title, book.year, book.price) == ("T", 1, Decimal(0))
    assert (book.published, book.editor, book.kind) == (None, None, shop.Kind.PAPER)


def test_a_default_of_now_is_aware_and_in_utc(shop):
    book = shop.Book(title="T", year=1, author_id=3)

    assert book.created.tzinfo is dt.UTC


def test_construction_takes_keywords_only(shop):
    with pytest.raises(TypeError, match="by keyword only"):
        shop.Tag("new")


def test_an_unknown_or_a_missing_field_is_a_type_error(shop):
    with pytest.raises(TypeError, match="titel"):
        _book(shop, titel="x")
    with pytest.raises(TypeError, match="name"):
        shop.Tag()


def test_the_key_is_absent_until_the_insert(shop):
    with pytest.raises(NotSaved, match="SG-DB-021"):
        _ = shop.Tag(name="new").id


@pytest.mark.feature("M-094")
def test_a_relation_that_is_not_loaded_says_how_to_load_it(shop):
    book = _book(shop)

    with pytest.raises(
        NotLoaded, match=r"SG-DB-020 .*Book\.author was not loaded"
    ) as e:
        _ = book.author
    assert "Add .load(Book.author) to the query" in e.value.problem.fix
    assert e.value.problem.where[0].startswith(__file__)
    with pytest.raises(NotLoaded, match=r"\.load\(Book\.tags\)"):
        _ = book.tags
    with pytest.raises(NotLoaded):
        hasattr(book, "author")


def test_a_relation_is_given_as_an_object_or_as_its_key(shop):
    author = shop.Author(name="Ada", id=7)

    assert _book(shop).author_id == 3
    assert shop.Book(title="T", year=1, author=author).author_id == 7
    assert shop.Book(title="T", year=1, author=author).author is author


def test_a_relation_may_be_set(shop):
    book, author = _book(shop), shop.Author(name="Ada", id=7)

    book.author = author
    assert book.author_id == 7
    book.author_id = 8
    assert book.author_id == 8
    book.editor = None
    assert book.editor is None
    book.tags = []
    assert book.tags == []


def test_a_field_that_does_not_exist_cannot_be_set(shop):
    with pytest.raises(AttributeError, match="no field 'titel'"):
        _book(shop).titel = "x"


def test_changes_are_noted_but_not_those_of_the_constructor(shop):
    book = _book(shop)
    assert "_changed" not in book.__dict__

    book.title = "U"
    book.author_id = 4
    assert book.__dict__["_changed"] == {"title", "author"}


def test_objects_are_equal_by_model_and_key(shop):
    one, same, other = (
        shop.Tag(name=n, id=i) for n, i in (("a", 1), ("b", 1), ("a", 2))
    )

    assert one == same
    assert one != other
    assert len({one, same, other}) == 2
    assert one != shop.Author(name="a", id=1)
    assert one != "a"


def test_objects_without_a_key_are_equal_to_themselves_only(shop):
    one, other = shop.Tag(name="a"), shop.Tag(name="a")

    assert one == one  # noqa: PLR0124 - the point
    assert one != other
    assert len({one, other}) == 2


def test_what_an_object_shows_has_its_key_first_and_no_secret(shop):
    profile = shop.Profile(author_id=1, text="t", password="secret", id=2)

    assert repr(profile) == "Profile(id=2, author=1, text='t', password='...')"
    assert repr(shop.Tag(name="a")) == "Tag(name='a')"


def test_objects_are_copied_pickled_and_weakly_referenced(shop):
    tag = shop.Tag(name="a", id=1)
    tag.name = "b"

    for twin in (copy.copy(tag), pickle.loads(pickle.dumps(tag)), copy.deepcopy(tag)):
        assert twin == tag
        assert twin.name == "b"
        assert twin.__dict__["_changed"] == {"name"}
    assert weakref.ref(tag)() is tag


def test_a_replaced_copy_knows_what_is_new_in_it(shop):
    tag = shop.Tag(name="a", id=1)
    twin = tag.__replace__(name="b")

    assert (tag.name, twin.name) == ("a", "b")
    assert twin.__dict__["_changed"] == {"name"}
    assert "_changed" not in tag.__dict__


def test_a_model_has_methods_and_properties():
    class Root(Model, root=True):
        pass

    class Thing(Root):
        name: str

        @property
        def loud(self):
            return self.name.upper()

        @cached_property
        def quiet(self):
            return self.name.lower()

    thing = Thing(name="Ab")

    assert (thing.loud, thing.quiet) == ("AB", "ab")


def test_json_has_a_relation_as_loaded_else_as_its_key(shop):
    book = _book(shop, id=5)
    plain = msgspec.json.decode(msgspec.json.encode(book))
    book.author = shop.Author(name="Ada", id=3)
    loaded = msgspec.json.decode(msgspec.json.encode(book))

    assert plain["author"] == 3
    assert "tags" not in plain
    assert loaded["author"] == {"id": 3, "name": "Ada", "country": None}


def test_a_list_of_related_objects_needs_both_halves():
    class Root(Model, root=True):
        pass

    class Other(Root):
        name: str

    assert Other.__model__.table == "other"
    with pytest.raises(Exception, match="SG-DB-001"):

        class Half(Root):
            others: Many[Other]

    with pytest.raises(Exception, match="SG-DB-001"):

        class Whole(Root):
            others: list[Other] = many()
