"""Named schemas: each once, under a name that does not depend on their order."""

import itertools

import pytest

from segue.core.schema.components import Components

MODULES = ("shop", "post", "bank")


@pytest.fixture
def components():
    return Components("#/{name}")


def plain(body):
    return lambda: dict(body)


def test_a_schema_is_built_once_and_referred_to_often(components):
    built = []

    def build():
        built.append(1)
        return {"type": "object"}

    one = components.refer("key", ("Order", "shop.Order"), "in", build)
    other = components.refer("key", ("Order", "shop.Order"), "in", build)

    assert components.settle() == {"Order": {"type": "object"}}
    assert one == other == {"$ref": "#/Order"}
    assert built == [1]


def test_the_same_in_both_directions_is_one(components):
    for direction in ("in", "out"):
        components.refer("key", ("Order", "shop.Order"), direction, plain({}))

    assert components.settle() == {"Order": {}}


def test_what_differs_has_a_name_for_its_input(components):
    comes = components.refer("key", ("Order", "shop.Order"), "in", plain({"a": 1}))
    leaves = components.refer("key", ("Order", "shop.Order"), "out", plain({"a": 2}))

    assert components.settle() == {"Order": {"a": 2}, "OrderInput": {"a": 1}}
    assert comes == {"$ref": "#/OrderInput"}
    assert leaves == {"$ref": "#/Order"}


def test_what_contains_something_that_differs_has_two_names_as_well(components):
    def outer(direction):
        inner = ("Item", "shop.Item")
        return lambda: {
            "items": components.refer("item", inner, direction, plain({direction: 1}))
        }

    for direction in ("in", "out"):
        names = ("Order", "shop.Order")
        components.refer("order", names, direction, outer(direction))

    assert components.settle() == {
        "Item": {"out": 1},
        "ItemInput": {"in": 1},
        "Order": {"items": {"$ref": "#/Item"}},
        "OrderInput": {"items": {"$ref": "#/ItemInput"}},
    }


def test_a_schema_may_refer_to_itself(components):
    def node():
        return {"next": components.refer("node", ("Node", "Node"), "in", node)}

    components.refer("node", ("Node", "Node"), "in", node)

    assert components.settle() == {"Node": {"next": {"$ref": "#/Node"}}}


@pytest.mark.parametrize("order", [*itertools.permutations(MODULES)])
def test_two_classes_of_one_name_are_called_by_their_modules(components, order):
    for module in order:
        names = ("Order", f"{module}.Order")
        components.refer(module, names, "in", plain({"from": module}))

    assert components.settle() == {
        "bank.Order": {"from": "bank"},
        "post.Order": {"from": "post"},
        "shop.Order": {"from": "shop"},
    }


def test_two_of_one_full_name_are_numbered(components):
    for key in ("one", "two", "three"):
        components.refer(key, ("Order", "shop.Order"), "in", plain({"key": key}))

    assert list(components.settle()) == ["shop.Order", "shop.Order2", "shop.Order3"]


def test_an_input_whose_name_is_taken_is_numbered(components):
    components.refer("a", ("OrderInput", "x"), "in", plain({"a": 0}))
    components.refer("b", ("Order", "y"), "in", plain({"a": 1}))
    components.refer("b", ("Order", "y"), "out", plain({"a": 2}))

    assert list(components.settle()) == ["Order", "OrderInput", "OrderInput2"]


def test_a_name_has_only_the_signs_it_may_have(components):
    components.refer("key", ("Page[Order | None]", "x"), "in", plain({}))

    assert list(components.settle()) == ["Page_Order_None_"]


def test_what_a_reference_means_can_be_written_elsewhere(components):
    mapping = {}
    reference = components.refer("key", ("Cat", "Cat"), "in", plain({}))
    components.point(reference, "in", mapping, "meow")

    components.settle()
    assert mapping == {"meow": "#/Cat"}


def test_more_may_come_after_the_names_were_decided(components):
    first = components.refer("one", ("Order", "shop.Order"), "in", plain({"a": 1}))
    components.settle()
    second = components.refer("two", ("Order", "bank.Order"), "in", plain({"a": 2}))
    components.refer("one", ("Order", "shop.Order"), "out", plain({"a": 3}))

    assert list(components.settle()) == [
        "bank.Order",
        "shop.Order",
        "shop.OrderInput",
    ]
    assert first == {"$ref": "#/shop.OrderInput"}
    assert second == {"$ref": "#/bank.Order"}
