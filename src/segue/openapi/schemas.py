"""The schemas of a document, put into words: the docstrings of their classes are read.

    class Order(Struct):
        '''What a customer gets back.

Attributes:
            cents: The price of all of it.
        '''

The section becomes the descriptions of the properties; where a property has words of
its own, these count.
"""

from collections.abc import Mapping
from typing import Any

from segue.core.handlers.docstring import parse_docstring
from segue.core.schema.jsonschema import JsonSchemas

__all__ = ["worded"]


def worded(schemas: JsonSchemas) -> dict[str, Any]:
    """Give the components of a document, with the words of their docstrings."""
    found = schemas.components()
    for schema in found.values():
        told = parse_docstring(schema.get("description", ""))
        if told.text:
            schema["description"] = told.text
        properties: Mapping[str, Any] = schema.get("properties", {})
        for name, words in told.parameters.items():
            if name in properties:
                properties[name].setdefault("description", words)
    return found
