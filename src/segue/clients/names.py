"""Names of TypeScript: what may stand bare, what is quoted, and who had it first.

Everything that comes from a document passes through here or through `literal` before it
is written, so a name can end neither a string nor a declaration.

Source: ECMA-262, section 12.7 (names).
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

__all__ = ["MEANINGFUL", "Names", "camel", "key", "literal", "pascal"]

_PLAIN: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

MEANINGFUL: Final = frozenset(
    {
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "prototype",
        "then",  # an object that has it is taken for a promise
        "toJSON",
        "toLocaleString",
        "toString",
        "valueOf",
    }
)
"""Members that every object has, or that the language calls by itself.

Keywords are not among them: a member may be called `delete`.
"""


def literal(value: Any) -> str:
    r"""Write a text, a number, true, false or null as TypeScript has it.

    Example:
        >>> literal('a"b')
        '"a\\"b"'
    """
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def key(name: str) -> str:
    """Write the name of a member, in quotes where it has to be.

    Example:
        >>> key("sku"), key("x-api-key"), key("__proto__")
        ('sku', '"x-api-key"', '"__proto__"')
    """
    is_plain = _PLAIN.fullmatch(name) and name != "__proto__"
    return name if is_plain else literal(name)


def camel(name: str) -> str:
    """Make the name of a function or a value.

    Example:
        >>> camel("show_order"), camel("X-Api-Key"), camel("orders.show"), camel("7")
        ('showOrder', 'xApiKey', 'ordersShow', '_7')
    """
    whole = pascal(name)
    first = _WORDS.match(whole.lstrip("_"))
    if first is None or whole.startswith("_"):
        return whole
    return first[0].lower() + whole[first.end() :]


def pascal(name: str) -> str:
    """Make the name of a type.

    Example:
        >>> pascal("show_order"), pascal("shop.models.Order"), pascal("Order")
        ('ShowOrder', 'ShopModelsOrder', 'Order')
    """
    joined = "".join(word[0].upper() + word[1:] for word in _WORDS.findall(name))
    return f"_{joined}" if joined[:1].isdigit() or not joined else joined


class Names:
    """The names of one scope: each is given out once.

    Args:
        reserved: Names that are taken before anybody asks.
    """

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._given = set(reserved)

    def take(self, wanted: str) -> str | None:
        """Give a name as it is; None when somebody has it."""
        if wanted in self._given:
            return None
        self._given.add(wanted)
        return wanted

    def give(self, wanted: str) -> str:
        """Give a name, or the same with a number when somebody has it.

        Example:
            >>> names = Names(["Error"])
            >>> names.give("Order"), names.give("Order"), names.give("Error")
            ('Order', 'Order2', 'Error2')
        """
        name, number = self.take(wanted), 1
        while name is None:
            number += 1
            name = self.take(f"{wanted}{number}")
        return name
