"""Several names in one field of the query: `?sort=-created,name`, `?fields=id,name`.

The document of the API says which names there are, as a pattern that is exactly what is
taken; who writes another name is told the nearest.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any, Final

import msgspec
from annotated_types import MaxLen

from segue.core.errors import nearest
from segue.core.handlers.invalid import invalid
from segue.core.handlers.sources import FromQuery
from segue.resources.hints import marked

__all__ = ["check_names", "names_hint", "split_names"]

_SHORT: Final = 500
_SHOWN: Final = 64


def names_hint(names: Collection[str], words: str, *, signed: bool = False) -> Any:
    """Build the hint of such a field.

    Args:
        names: The names there are.
        words: What the document says of it.
        signed: A name may have a minus in front.
    """
    one = f"{'-?' * signed}({'|'.join(map(re.escape, names))})"
    pattern = msgspec.Meta(extra_json_schema={"pattern": f"^({one}(,{one})*)?$"})
    longest = max(_SHORT, 2 * len(",".join(names)))
    return marked(str | None, FromQuery(description=words), MaxLen(longest), pattern)


def split_names(text: str) -> list[str]:
    """Split the text of such a field; a name that is there again is left out."""
    parts = (part.strip() for part in text.split(","))
    return list(dict.fromkeys(part for part in parts if part))


def check_names(
    asked: Iterable[str], names: Collection[str], parameter: str, purpose: str
) -> None:
    """Refuse a name that there is not.

    Args:
        asked: What a client wrote.
        names: The names there are.
        parameter: The field of the query.
        purpose: What the names are for: `to sort by`.

    Raises:
        Invalid: With the nearest name.
    """
    for each in asked:
        if each not in names:
            name = each[:_SHOWN]
            near = nearest(name, names)
            hint = f"; did you mean {near!r}?" if near else ""
            message = f"There is no field {name!r} {purpose}{hint}"
            raise invalid("query", parameter, message, "unknown_field")
