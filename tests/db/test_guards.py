"""Guards on the class, typed descriptors, and where a mistake is told to be."""

import sys

import pytest

from segue.db import Many, Model, ModelError, One
from segue.db.hints import scope_of
from segue.db.lending import FromDatabase
from segue.db.mistakes import place_of


def test_a_guard_on_the_class_is_itself(shop):
    for name in ("author", "author_id", "tags", "id"):
        guard = vars(shop.Book)[name]
        assert guard.__get__(None, shop.Book) is guard


def test_a_guarded_value_may_be_set(shop):
    tag = shop.Tag(name="x")
    tag.id = 7

    assert tag.id == 7


def test_the_typed_descriptors_never_run():
    for hint in (Many(), One()):
        with pytest.raises(NotImplementedError):
            hint.__get__(None, None)
        with pytest.raises(NotImplementedError):
            hint.__set__(None, [])


def test_the_logic_is_kept_in_the_object():
    class Lent:
        logic = FromDatabase()

        class database:
            logic = "the logic"

    lent = Lent()

    assert lent.logic == "the logic"
    assert lent.__dict__ == {"logic": "the logic"}
    assert isinstance(Lent.logic, FromDatabase)


def test_the_scope_of_a_class_has_the_names_around_it():
    here = "here"
    scope = scope_of(sys._getframe(), lambda name: None, "Own")

    assert scope["here"] == here
    assert scope["int"] is int
    assert scope["Model"] is Model
    assert scope["Own"].name == "Own"
    assert scope["Nobody"].name == "Nobody"
    assert "here" in set(scope)
    assert len(scope) >= 1


def test_a_name_that_two_models_have_is_told():
    class Root(Model, root=True):
        pass

    class Holder(Root):
        thing: "Thing"  # noqa: F821 - the point

    def first():
        class Thing(Root, table="first"):
            name: str

    def second():
        class Thing(Root, table="second"):
            name: str

    first()
    second()

    with pytest.raises(ModelError, match=r"SG-DB-004 .*could be several models"):
        _ = Holder.metadata
    assert place_of(Holder).endswith("Holder")
