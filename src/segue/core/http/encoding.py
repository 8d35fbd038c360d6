"""Data to JSON; and, when that fails, which value it was that failed.

The encoder is msgspec's and says no more than the type that it could not write,
or that it went too deep. The search for the place costs time, so it happens on the
error's path only. It keeps its own stack: the data may be deeper than Python's.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

import msgspec

from segue.core.errors import WalkError

__all__ = ["encode_json", "json_error", "quick_encode"]


def _encode_model(value: Any) -> Any:
    """Let what can write itself do so: a model of pydantic."""
    kind: Any = value.__class__
    writer = getattr(kind, "__pydantic_serializer__", None)
    if writer is None:
        raise TypeError(f"Encoding objects of type {kind.__qualname__} is unsupported")
    return msgspec.Raw(writer.to_json(value, by_alias=True))


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_encode_model)

quick_encode: Final = _ENCODER.encode
"""The encoder itself, whose errors do not say where; `encode_json` does."""

_FAILURES: Final = (
    RecursionError,
    TypeError,
    ValueError,
    OverflowError,
    AttributeError,
)


def encode_json(data: Any) -> bytes:
    """Encode data as JSON.

    Raises:
        WalkError: The data holds itself, a value that JSON cannot hold, or an
            object that lacks one of its fields; the error names its place.

    Example:
        >>> encode_json({"id": 3, "tags": ("a", "b")})
        b'{"id":3,"tags":["a","b"]}'
    """
    try:
        return _ENCODER.encode(data)
    except _FAILURES as error:
        raise json_error(data, error) from error


def json_error(data: Any, error: Exception) -> WalkError:
    """Find the place in the data that made the encoder fail, and say so.

    Args:
        data: What was to be encoded.
        error: What the encoder raised.
    """
    if isinstance(error, RecursionError):
        return _cycle_error(data)
    path, value = _find_failure(data)
    if isinstance(error, AttributeError):
        return _blank_error(path, value)
    return WalkError(
        "SG-HTTP-007",
        f"{path} is a {type(value).__qualname__}, which cannot be JSON: {error}",
        why="The answer could not be written.",
        fix="Return text, numbers, dates, lists, dicts, Structs or dataclasses; "
        "convert this value to one of them first.",
    )


def _blank_error(path: str, value: Any) -> WalkError:
    name = next((n for n in _field_names(value) if not hasattr(value, n)), "")
    return WalkError(
        "SG-VIEW-008",
        f"{path} is a {type(value).__qualname__}, whose {name!r} has no value.",
        why="It was left out of the input that the object was made of.",
        fix=f"Give it one first, `it.{name} = ...`, or give the field a default.",
    )


def _cycle_error(data: Any) -> WalkError:
    found = _find_cycle(data)
    if found is None:
        return WalkError(
            "SG-HTTP-006",
            "The answer is nested deeper than JSON can be written.",
            why="The encoder stops before it would run out of stack.",
            fix="Return a flat list whose items name their parent by its key.",
        )
    path, first = found
    return WalkError(
        "SG-HTTP-006",
        f"{path} is {first} again, so the answer would never end.",
        why="JSON is a tree; a value that holds itself cannot be written.",
        fix="Leave that field out, or put the key of the value in its place.",
    )


def _find_cycle(data: Any) -> tuple[str, str] | None:
    """Find a value inside itself: both its paths."""
    labels = ["$"]
    walks = [_children(data)]
    above = {id(data): 0}
    finished: set[int] = set()
    while walks:
        label, child = next(walks[-1], (None, None))
        if label is None:
            walks.pop()
            labels.pop()
            finished.add(above.popitem()[0])
        elif id(child) in above:
            start = above[id(child)]
            return "".join(labels) + label, "".join(labels[: start + 1])
        elif id(child) not in finished and _holds(child):
            labels.append(label)
            walks.append(_children(child))
            above[id(child)] = len(above)
    return None


def _find_failure(data: Any) -> tuple[str, Any]:
    """Find the innermost value that cannot be encoded."""
    path, value = "$", data
    above = {id(data)}
    while True:
        for label, child in _children(value):
            if id(child) not in above and _fails(child):
                path, value = path + label, child
                above.add(id(child))
                break
        else:
            return path, value


def _fails(value: Any) -> bool:
    try:
        _ENCODER.encode(value)
    except RecursionError:
        return False
    except _FAILURES:
        return True
    return False


def _holds(value: Any) -> bool:
    return next(_children(value), None) is not None


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, child in list(cast("Mapping[Any, Any]", value).items()):
            plain = isinstance(key, str) and key.isidentifier()
            yield f".{key}" if plain else f"[{key!r}]", child
    elif isinstance(value, list | tuple | set | frozenset):
        for index, child in enumerate(list(cast("Iterable[Any]", value))):
            yield f"[{index}]", child
    else:
        for name in _field_names(value):
            if hasattr(value, name):
                yield f".{name}", getattr(value, name)


def _field_names(value: Any) -> list[str]:
    if isinstance(value, msgspec.Struct):
        return list(value.__struct_fields__)
    if hasattr(value, "__dataclass_fields__"):
        return list(value.__dataclass_fields__)
    return [field.name for field in getattr(value, "__attrs_attrs__", ())]
