"""Refinements are values: equal where they say the same, written as they are said."""

from typing import Annotated

import msgspec
import pytest

from segue.core.schema.refining import Named, Only, Renamed, Without, wish_of
from segue.core.schema.views import Create, Patch, Read


@pytest.mark.parametrize(
    "text",
    [
        "Only('id', 'email')",
        "Without('note')",
        "Renamed('camel', email='mail')",
        "Renamed(email='mail')",
        "Named('Card')",
    ],
)
def test_a_refinement_is_written_as_it_is_said(text):
    names = {"Only": Only, "Without": Without, "Renamed": Renamed, "Named": Named}
    one, other = eval(text, names), eval(text, names)

    assert repr(one) == text
    assert one == other
    assert hash(one) == hash(other)
    assert one != Only("other")


def test_only_and_without_differ():
    assert Only("a") != Without("a")


def test_a_view_with_refinements_is_one_hint():
    class Item(msgspec.Struct):
        sku: str

    one = Annotated[Read[Item], Only("sku")]

    assert one == Annotated[Read[Item], Only("sku")]
    assert Create[Item] != Read[Item]
    assert repr(Patch.__view__) == "Patch"


def test_refinements_add_up():
    wish = wish_of(
        "read", [Without("b"), Without("a"), Renamed("camel", x="y"), Renamed(z="w")]
    )

    assert wish.without == ("a", "b")
    assert wish.style == "camel"
    assert wish.names == (("x", "y"), ("z", "w"))
    assert wish_of("read", [Renamed("camel"), Renamed("kebab")]).style == "kebab"
    assert wish_of("read", [Only("a"), Only("b")]).only == ("b",)
