"""From the type hint of a parameter to the converter of its path value.

`def user(id: int)` says all that `{id:int}` would say, so it need not be said
twice. `Annotated`, `NewType`, `X | None` and `type X = ...` are looked through.
"""

import types
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin
from uuid import UUID

from segue.core.routing.converters import (
    BUILT_IN,
    RANK_CHOICE,
    Converter,
    plain_text,
)

__all__ = ["converter_for"]

_BY_TYPE: Final[Mapping[Any, str]] = types.MappingProxyType(
    {
        bool: "bool",
        date: "date",
        datetime: "datetime",
        Decimal: "decimal",
        float: "float",
        int: "int",
        str: "str",
        UUID: "uuid",
    }
)


def converter_for(hint: Any, own: Mapping[Any, Converter]) -> Converter | None:
    """Find the converter that a hint stands for; None when it stands for none.

    Args:
        hint: The hint as `typing.get_type_hints(..., include_extras=True)`
            gives it.
        own: The app's own converters by type; they come first.
    """
    hint = _bare(hint)
    try:
        mine = own.get(hint)
    except TypeError:  # an unhashable hint, Literal[[]] for example
        return None
    if mine is not None:
        return mine
    if hint in _BY_TYPE:
        return BUILT_IN[_BY_TYPE[hint]]
    if get_origin(hint) is Literal:
        return _choice(" | ".join(map(repr, get_args(hint))), get_args(hint))
    if get_origin(hint) in {Union, types.UnionType}:
        return _union(get_args(hint), own)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _choice(f"{hint.__module__}.{hint.__qualname__}", tuple(hint))
    return None


def _bare(hint: Any) -> Any:
    """Take off what says nothing about the text: marks, aliases, new names."""
    while True:
        if get_origin(hint) is Annotated:
            hint = get_args(hint)[0]
        elif hasattr(hint, "__supertype__"):  # NewType
            hint = hint.__supertype__
        elif hasattr(hint, "__value__"):  # pragma: no cover - since 3.12
            hint = hint.__value__
        else:
            return hint


def _choice(name: str, members: tuple[Any, ...]) -> Converter | None:
    """Build the converter that takes the texts of some values and no others."""
    try:
        known = {plain_text(member): member for member in members}
    except ValueError:
        return None
    if not known or any(not text or "/" in text for text in known):
        return None

    def read(text: str) -> Any:
        try:
            return known[text]
        except KeyError:
            raise ValueError(text) from None

    def write(value: Any) -> str:
        text = plain_text(value)
        read(text)
        return text

    return Converter(
        name, read, write, RANK_CHOICE, says="one of " + ", ".join(map(repr, known))
    )


def _union(members: tuple[Any, ...], own: Mapping[Any, Converter]) -> Converter | None:
    """Build the converter that tries its members, the most specific first."""
    found = [converter_for(each, own) for each in members if each is not type(None)]
    known = [each for each in found if each is not None and not each.spans]
    if len(known) < len(found) or not known:
        return None
    if len(known) == 1:
        return known[0]
    known.sort(key=lambda each: (each.rank, each.name))

    def read(text: str) -> Any:
        for each in known:
            try:
                return each.read(text)
            except ValueError:
                continue
        raise ValueError(text)

    return Converter(
        " | ".join(each.name for each in known),
        read,
        plain_text,
        known[-1].rank,
        says=" or ".join(each.words for each in known),
    )
