"""From a class body to a model: bases, mixins, names, mistakes."""

import datetime as dt
from typing import Annotated, ClassVar

import pytest

from segue.db import Column, Key, Many, Model, ModelError, many, server


def _root():
    class Root(Model, root=True):
        pass

    return Root


def test_a_model_without_a_key_gets_one_and_it_is_stored_last():
    class Thing(_root()):
        note: str = ""
        name: str

    assert [p.name for p in Thing.__model__.stored] == ["name", "note", "id"]
    assert [p.name for p in Thing.__model__.key] == ["id"]


def test_a_declared_key_replaces_the_number():
    class Thing(_root()):
        code: Key[str]

    assert not hasattr(Thing(code="a"), "id")
    assert Thing(code="a").__key__() == "a"


def test_several_keys_are_one_together():
    class Thing(_root()):
        one: Key[int]
        other: Key[int]

    assert Thing(one=1, other=2).__key__() == (1, 2)


def test_fields_of_abstract_models_and_mixins_are_handed_down():
    class Named:
        name: str = "none"

        def shout(self):
            return self.name.upper()

    class Stamped(_root(), abstract=True):
        created: dt.date

    class Noted(Stamped, abstract=True):
        note: str = ""

    class Thing(Named, Noted):
        size: int = 1

    thing = Thing(created=dt.date(2024, 1, 1))

    assert {p.name for p in Thing.__model__.stored} == {
        "created", "note", "name", "size", "id"}  # fmt: skip
    assert thing.shout() == "NONE"
    assert isinstance(thing, Stamped)


def test_two_abstract_bases_are_fine():
    root = _root()

    class A(root, abstract=True):
        a: int

    class B(root, abstract=True):
        b: int

    class Thing(A, B):
        pass

    assert (Thing(a=1, b=2).a, Thing(a=1, b=2).b) == (1, 2)


def test_a_class_variable_is_no_field():
    class Thing(_root()):
        limit: ClassVar[int] = 3
        name: str

    assert [p.name for p in Thing.__model__.stored] == ["name", "id"]
    assert Thing.limit == 3


def test_a_model_below_one_with_a_table_is_refused():
    class Thing(_root()):
        name: str

    with pytest.raises(ModelError, match="SG-DB-006"):

        class Special(Thing):
            extra: str


def test_a_model_of_two_roots_is_refused():
    class A(_root(), abstract=True):
        pass

    class B(_root(), abstract=True):
        pass

    with pytest.raises(ModelError, match="SG-DB-007"):

        class Thing(A, B):
            pass


@pytest.mark.parametrize("name", ["where", "order_by", "load", "limit", "metadata"])
def test_a_field_named_like_a_word_of_queries_is_refused(name):
    with pytest.raises(ModelError, match="SG-DB-005"):
        type(Model)("Thing", (_root(),), {"__annotations__": {name: str}})


def test_a_hint_that_no_column_could_be_is_refused():
    with pytest.raises(ModelError, match="SG-DB-002"):

        class Thing(_root()):
            what: object


def test_a_column_type_makes_any_hint_a_column():
    import sqlalchemy as sa

    class Thing(_root()):
        what: Annotated[object, Column(type=sa.Text)]

    assert isinstance(Thing.__table__.c.what.type, sa.Text)


def test_two_models_with_one_table_are_refused():
    root = _root()

    class Thing(root):
        name: str

    with pytest.raises(ModelError, match="SG-DB-003") as e:

        class Other(root, table="thing"):
            name: str

    assert len(e.value.problem.where) == 2


def test_a_model_that_is_defined_again_replaces_the_first():
    root = _root()
    made = []
    for _ in range(2):

        class Thing(root):
            name: str

        made.append(Thing)

    assert root.__registry__.models == (made[1],)
    assert made[1].__table__ is root.metadata.tables["thing"]


def test_a_model_that_does_not_exist_is_told_by_its_relation():
    class Thing(_root()):
        owner: "Persn"  # noqa: F821 - the point

    class Person(Thing.__bases__[0]):
        name: str

    with pytest.raises(ModelError, match="SG-DB-004") as e:
        _ = Thing.metadata
    assert "Did you mean 'Person'?" in e.value.problem.fix


def test_a_relation_may_lead_to_the_model_itself():
    class Person(_root()):
        name: str
        boss: "Person | None" = None
        staff: Many["Person"] = many()

    assert Person.__table__.c.boss_id.references(Person.__table__.c.id)
    assert Person(name="a", boss=Person(name="b", id=2)).boss_id == 2


def test_a_server_default_is_absent_until_the_insert():
    class Thing(_root()):
        name: str
        made: dt.date = server("CURRENT_DATE")

    assert Thing.__table__.c.made.server_default is not None
    with pytest.raises(Exception, match="SG-DB-021"):
        _ = Thing(name="a").made


def test_the_table_may_have_a_name_and_a_comment():
    class Thing(_root(), table="things", comment="What there is."):
        name: str

    assert (Thing.__table__.name, Thing.__table__.comment) == (
        "things",
        "What there is.",
    )
