"""Classes that read and write themselves: pydantic models, met at the edge.

Nobody needs pydantic; who has a model uses it as it is. A type with models in it is
read in one of two ways. When pydantic knows the whole of it, lists and unions of models
and what stands in them, a `TypeAdapter` reads it in one go. When a Struct or an attrs
class stands above a model, msgspec reads it and asks the model for its part.

Nothing here imports pydantic: whoever wrote the model has done so.
"""

import sys
from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple, get_origin

import msgspec

from segue.core.schema.describe import describe
from segue.core.schema.rules import identity_of
from segue.core.schema.shape import Kind, Shape

__all__ = [
    "Decoders",
    "convert",
    "decoders_of",
    "faults_of_model",
    "is_model",
    "is_of_model",
    "read_model",
]


def is_model(kind: Any) -> bool:
    """Tell whether a class reads and writes itself.

    Example:
        >>> is_model(int)
        False
    """
    return isinstance(kind, type) and hasattr(kind, "model_validate")


def read_model(kind: Any, data: Any) -> Any:
    """Make a model of data; this is the `dec_hook` of msgspec.

    Raises:
        ValueError: It does not fit, or the class is no model.
    """
    if is_model(kind):
        return kind.model_validate(data)
    if isinstance(data, get_origin(kind) or kind):
        return data
    raise ValueError(f"Expected `{kind.__name__}`, got `{type(data).__name__}`")


def convert(data: Any, hint: Any, *, text: bool = False) -> Any:
    """Make a value of a type that may have models in it.

    Args:
        data: Builtins.
        hint: The type.
        text: The data comes from text, where `"1"` is a number.

    Raises:
        msgspec.ValidationError: It does not fit.
    """
    return msgspec.convert(data, hint, strict=not text, dec_hook=read_model)


class Decoders(NamedTuple):
    """What reads data into one type.

    Attributes:
        json: Of JSON; raises `ValueError` or what msgspec raises.
        msgpack: Of msgpack; the same.
        text: Of builtins whose leaves are text; the same.
    """

    json: Callable[[bytes], Any]
    msgpack: Callable[[bytes], Any]
    text: Callable[[Any], Any]


def decoders_of(hint: Any) -> Decoders:
    """Build what reads a type, with models in it or not."""
    kinds = set(_kinds(describe(hint), set()))
    if Kind.FOREIGN not in kinds:
        return _of_msgspec(hint)
    if Kind.OTHER in kinds:
        return _of_msgspec(hint, dec_hook=read_model)
    adapter = sys.modules["pydantic"].TypeAdapter(hint)
    validate, validate_json = adapter.validate_python, adapter.validate_json

    def decode(body: bytes) -> Any:
        if b"NaN" in body or b"Infinity" in body:
            _PLAIN(body)  # pydantic takes them for numbers, JSON has none such
        return validate_json(body)

    def unpack(body: bytes) -> Any:
        return validate(_UNPACK(body))

    return Decoders(decode, unpack, validate)


def _of_msgspec(hint: Any, **options: Any) -> Decoders:
    return Decoders(
        msgspec.json.Decoder(hint, **options).decode,
        msgspec.msgpack.Decoder(hint, **options).decode,
        partial(msgspec.convert, type=hint, strict=False, **options),
    )


_PLAIN: Final = msgspec.json.Decoder().decode
_UNPACK: Final = msgspec.msgpack.Decoder().decode


def _kinds(shape: Shape, seen: set[Hashable]) -> Iterator[Kind]:
    """List the kinds in a type, with OTHER for a class that pydantic does not know."""
    yield Kind.OTHER if _is_struct(shape) else shape.kind
    for inner in shape.inner:
        yield from _kinds(inner, seen)
    known = identity_of(shape.hint)
    if shape.kind in {Kind.RECORD, Kind.ROW} and known not in seen:
        seen.add(known)
        for field in shape.fields():
            yield from _kinds(field.shape, seen)


def _is_struct(shape: Shape) -> bool:
    cls = get_origin(shape.hint) or shape.hint
    return hasattr(cls, "__struct_config__") or hasattr(cls, "__attrs_attrs__")


def is_of_model(error: Any) -> bool:
    """Tell whether it was a model, and not msgspec, that refused some data."""
    return hasattr(error, "error_count")


def faults_of_model(error: Any) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Read the error of a model: the place, the sentence and the code of each fault.

    Nothing is told of an error that is none of pydantic's. Of more faults than anybody
    reads only their number is told, since listing them would cost more than finding.
    """
    if not is_of_model(error):
        return
    if (number := error.error_count()) > _MANY:
        yield (), f"{number} values do not fit", "value"
        return
    listed = error.errors(include_url=False, include_context=False, include_input=False)
    for each in listed:
        yield each["loc"], *_told(each["type"], each["msg"])


_MANY: Final = 1000


def _told(kind: str, message: str) -> tuple[str, str]:
    """Tell a mistake in our words where we have them: the sentence and the code."""
    if kind == "missing":
        return "Required, but not given.", "missing"
    if kind == "extra_forbidden":
        return "No such field", "unknown_field"
    code = next((code for part, code in _CODES if part in kind), "value")
    return message, code


_CODES: Final = (
    ("greater_than", "too_small"),
    ("less_than", "too_large"),
    ("too_short", "too_short"),
    ("too_long", "too_long"),
    ("multiple_of", "not_multiple"),
    ("pattern_mismatch", "pattern"),
    ("enum", "enum"),
    ("literal_error", "enum"),
    ("union_tag", "enum"),
    ("_type", "type"),
    ("url", "format"),
    ("uuid_parsing", "format"),
    ("date", "format"),
    ("time", "format"),
    ("timezone", "format"),
    ("_parsing", "type"),
)
"""A part of pydantic's name of a mistake, and ours."""
