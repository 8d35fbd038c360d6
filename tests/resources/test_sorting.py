"""Sort orders."""

import pytest

from segue.core.handlers.invalid import Invalid
from segue.resources import Order
from segue.resources.sorting import parse_order, total_order, wanted_order


def test_a_text_is_parsed_into_fields():
    assert parse_order(" -created , name,") == (
        Order("created", descending=True),
        Order("name"),
    )
    assert parse_order("") == ()


@pytest.mark.parametrize("text", ["", "-created,name", "name"])
def test_an_order_is_written_as_it_is_read(text):
    assert ",".join(map(str, parse_order(text))) == text


def test_an_order_ends_with_the_key():
    name, down = Order("name"), Order("id", descending=True)

    assert total_order((name,), "id") == (name, Order("id"))
    assert total_order((down, name), "id") == (down, name)


def test_a_long_name_is_not_repeated():
    with pytest.raises(Invalid) as caught:
        wanted_order("x" * 9000, ("name",))

    assert len(caught.value.extra["errors"][0]["message"]) < 100
