"""A shape is data: frozen, comparable, printed in short."""

import dataclasses

import pytest

from segue.core.schema.shape import Bounds, Field, Kind, Notes, Shape, no_fields


def test_a_shape_cannot_be_changed():
    shape = Shape(Kind.INT, int)

    with pytest.raises(dataclasses.FrozenInstanceError):
        shape.kind = Kind.STR


def test_shapes_that_say_the_same_are_equal():
    one = Shape(Kind.LIST, list, inner=(Shape(Kind.INT, int),), bounds=Bounds(ge=1))
    other = Shape(Kind.LIST, list, inner=(Shape(Kind.INT, int),), bounds=Bounds(ge=1))

    assert one == other
    assert one != dataclasses.replace(other, nullable=True)


def test_a_shape_prints_what_differs_from_the_usual():
    shape = Shape(Kind.INT, int, bounds=Bounds(ge=1), notes=Notes(title="Age"))

    assert repr(shape) == (
        "Shape(kind=<Kind.INT: 'int'>, hint=<class 'int'>, bounds=Bounds(ge=1), "
        "notes=Notes(title='Age'))"
    )
    assert repr(Notes()) == "Notes()"


def test_a_shape_without_fields_has_none():
    assert Shape(Kind.INT, int).fields() == no_fields() == ()


def test_a_field_is_required_unless_it_is_said_otherwise():
    field = Field("name", "name", str, Shape(Kind.STR, str))

    assert field.required
    assert field.always
