"""Telling data of any kind apart, in words that both type checkers understand."""

from collections.abc import Collection, Mapping
from typing import Any, TypeGuard

__all__ = ["is_items", "is_table"]


def is_table(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    """Tell whether a value is a table of keys and values."""
    return isinstance(value, Mapping)


def is_items(value: Any) -> TypeGuard[Collection[Any]]:
    """Tell whether a value is a list, a tuple or a set; a text is none."""
    return isinstance(value, list | tuple | set | frozenset)
