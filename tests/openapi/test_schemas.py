"""The words of schemas."""

from typing import Annotated

import msgspec
import pytest
from msgspec import Meta


class Order(msgspec.Struct):
    """What a customer gets back.

    In full.

    Attributes:
        cents: The price of
            all of it.
        note: Not this one.
        gone: It is no field.

    Example:
        >>> Order(1)
    """

    cents: int
    note: Annotated[str, Meta(description="Of the customer.")] = ""


class Silent(msgspec.Struct):
    order: Order


@pytest.mark.feature("M-062")
def test_the_attributes_of_a_docstring_describe_properties(app, build):
    @app.get("/x")
    def f() -> Silent: ...

    schemas = build(app)["components"]["schemas"]

    assert schemas["Order"]["description"] == "What a customer gets back.\n\nIn full."
    assert schemas["Order"]["properties"] == {
        "cents": {"type": "integer", "description": "The price of all of it."},
        "note": {"type": "string", "description": "Of the customer."},
    }
    assert "description" not in schemas["Silent"]
