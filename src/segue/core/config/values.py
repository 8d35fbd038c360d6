"""Reading one value into the type of its hint.

Values come in two forms: the text of the environment, `.env` and the secrets
folder, and the data of TOML, JSON and overrides. Text is looser: `a, b` is a list
there and `5` a number. What was JSON inside a text is data from there on.
"""

from collections.abc import (
    Callable,
    Iterable,
    Mapping,
    MutableMapping,
    MutableSequence,
    Sequence,
    Set as AbstractSet,
)
from datetime import timedelta
from enum import Enum
from pathlib import Path, PurePath
from typing import Any, Literal, TypeAlias, cast, get_args, get_origin

import msgspec

from segue.core.config.durations import parse_duration
from segue.core.config.fields import bare, fields_of, is_record, union_members
from segue.core.config.kinds import is_items, is_table
from segue.core.config.marks import broken
from segue.core.config.misfits import Misfit, Reason, misfit
from segue.core.config.secret import Secret, is_secret
from segue.core.config.words import expected
from segue.core.errors import did_you_mean

__all__ = ["UnreadableHintError", "decode_table", "read"]

Reader: TypeAlias = Callable[[Any, Any, bool], Any]
"""Takes the hint without marks, the value, and whether that is text."""

_TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})
_FALSE = frozenset({"0", "false", "f", "no", "n", "off"})
_NULLS = frozenset({"", "null", "none"})


class UnreadableHintError(Exception):
    """A hint that no text or data can be read into."""


def read(hint: Any, value: Any, *, text: bool) -> Any:
    """Read a value into a hint and hold it against the hint's marks.

    Args:
        hint: The hint, `Annotated` and all.
        value: A text, or data of TOML, JSON or Python.
        text: Whether the value is text from outside.

    Raises:
        Misfit: The value does not fit; every reason is in it.
        UnreadableHintError: The hint is of a kind that cannot be read.
    """
    hint, marks = bare(hint)
    found = _reader_for(hint)(hint, value, text)
    if faults := list(broken(marks, found)):
        raise misfit(f"must be {' and '.join(faults)}", value)
    return found


def decode_table(text: str) -> Any:
    """Decode the JSON object of a text; any other text comes back as it is."""
    return _decode_json(text) if text.lstrip().startswith("{") else text


def _reader_for(hint: Any) -> Reader:
    if union_members(hint):
        return _read_union
    origin = get_origin(hint) or hint
    if origin in _READERS:
        return _READERS[origin]
    if is_record(hint):
        return _read_record
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _read_enum
    return _read_leaf


def _read_leaf(hint: Any, value: Any, text: bool) -> Any:
    """Read numbers, dates, identifiers: what msgspec converts by itself."""
    value = value.strip() if text else value
    try:
        return msgspec.convert(value, hint, strict=False, dec_hook=_convert_inner)
    except ValueError:
        # msgspec's sentence may repeat the value, which may be a secret.
        raise misfit(f"must be {expected(hint)}", value) from None
    except (TypeError, NotImplementedError) as error:
        raise UnreadableHintError(str(error)) from error


def _convert_inner(hint: Any, value: Any) -> Any:
    """Read our own kinds inside a TypedDict or a NamedTuple, which msgspec walks."""
    if (get_origin(hint) or hint) in _READERS:
        try:
            return read(hint, value, text=False)
        except Misfit as error:
            raise ValueError(str(error)) from None
    if isinstance(value, get_origin(hint) or hint):
        return value
    raise NotImplementedError(f"{expected(hint)} cannot be read from text or data")


def _read_any(_hint: Any, value: Any, _text: bool) -> Any:
    return value


def _read_str(hint: Any, value: Any, _text: bool) -> str:
    if not isinstance(value, str):
        raise misfit(f"must be {expected(hint)}", value)
    try:
        # The environment may hold bytes that are no UTF-8; they would fail later.
        value.encode()
    except UnicodeEncodeError:
        raise misfit("must be valid UTF-8", ascii(value)) from None
    return value


def _read_bytes(hint: Any, value: Any, _text: bool) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise misfit(f"must be {expected(hint)}", value)
    if not value.startswith("base64:"):
        return value.encode("utf-8", "surrogateescape")
    import binascii  # noqa: PLC0415 - few settings are bytes

    try:
        return binascii.a2b_base64(value[len("base64:") :], strict_mode=True)
    except ValueError:
        raise misfit("must be valid base64 after 'base64:'", value) from None


def _read_bool(hint: Any, value: Any, _text: bool) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in _TRUE | _FALSE:
        raise misfit(f"must be {expected(hint)}", value)
    return word in _TRUE


def _read_path(hint: Any, value: Any, _text: bool) -> PurePath:
    if isinstance(value, PurePath):
        return value
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise misfit(f"must be {expected(hint)}", value)
    return cast("PurePath", hint(value.strip()))


def _read_timedelta(hint: Any, value: Any, text: bool) -> Any:
    if isinstance(value, str):
        try:
            return parse_duration(value)
        except ValueError:
            pass  # seconds and ISO 8601 are read below
    return _read_leaf(hint, value, text)


def _read_secret(hint: Any, value: Any, text: bool) -> Secret[Any]:
    """Read what a Secret holds; no reason shows any of it."""
    (inner,) = get_args(hint) or (str,)
    if is_secret(value):
        value, text = value.reveal(), False
    try:
        return Secret(read(inner, value, text=text))
    except Misfit as error:
        raise misfit(error.reasons[0].fault, Secret(value)) from None


def _read_literal(hint: Any, value: Any, text: bool) -> Any:
    return _choose(hint, [(option, option) for option in get_args(hint)], value, text)


def _read_enum(hint: type[Enum], value: Any, text: bool) -> Any:
    """Read a member by its value or, second, by its name in any case."""
    if isinstance(value, hint):
        return value
    options: list[tuple[Any, Any]] = [(member.value, member) for member in hint]
    if isinstance(value, str):
        name = value.strip().lower()
        members = hint.__members__.items()
        options += [(value, m) for known, m in members if known.lower() == name]
    return _choose(hint, options, value, text)


def _choose(hint: Any, options: list[tuple[Any, Any]], value: Any, text: bool) -> Any:
    for option, chosen in options:
        if type(option) is type(value) and option == value:
            return chosen
        if text and str(option) == value.strip():
            return chosen
    known = [str(option) for option, _ in options]
    near = did_you_mean(value, known) if isinstance(value, str) else ""
    raise misfit(f"must be {expected(hint)}", value, near)


def _read_union(hint: Any, value: Any, text: bool) -> Any:
    """Read the first member that fits: in data the exact type, in text `str` last."""
    members = [m for m in union_members(hint) if m is not type(None)]
    origins = [get_origin(bare(m)[0]) or bare(m)[0] for m in members]
    if len(members) < len(union_members(hint)) and (
        value is None or (text and _means_none(value, takes_text=str in origins))
    ):
        return None
    if len(members) == 1:
        return read(members[0], value, text=text)
    last = [o is str if text else o is not type(value) for o in origins]
    for _, member in sorted(zip(last, members, strict=True), key=lambda pair: pair[0]):
        try:
            return read(member, value, text=text)
        except Misfit:
            continue
    raise misfit(f"must be {expected(hint)}", value)


def _means_none(value: str, *, takes_text: bool) -> bool:
    """Tell whether a text is no value; where text fits, `none` is a word."""
    return not value if takes_text else value.strip().lower() in _NULLS


def _read_list(hint: Any, value: Any, text: bool) -> Any:
    """Read lists, sets and tuples of any length."""
    items, text = _items_of(hint, value, text)
    inner = get_args(hint)[0] if get_args(hint) else Any
    found = read_all((f"[{i}]", inner, item, text) for i, item in enumerate(items))
    return _CONTAINERS[get_origin(hint) or hint](found)


def _read_tuple(hint: Any, value: Any, text: bool) -> Any:
    """Read tuples, those with a type for each place too."""
    hints = get_args(hint)
    if len(hints) != 2 or hints[1] is not ...:  # noqa: PLR2004 - tuple[T, ...]
        items, text = _items_of(hint, value, text)
        if not hints:
            return tuple(items)
        if len(items) != len(hints):
            raise misfit(f"must have {len(hints)} parts", value)
        places = [f"[{i}]" for i in range(len(hints))]
        texts = [text] * len(hints)
        return tuple(read_all(zip(places, hints, items, texts, strict=True)))
    return _read_list(hint, value, text)


def _items_of(hint: Any, value: Any, text: bool) -> tuple[list[Any], bool]:
    """Take a list apart; the second value tells whether its items are text."""
    if text and not value.lstrip().startswith("["):
        return [part.strip() for part in value.split(",") if part.strip()], True
    items = _decode_json(value) if text else value
    if not is_items(items):
        raise misfit(f"must be {expected(hint)}", value)
    return list(items), False


def _read_dict(hint: Any, value: Any, text: bool) -> dict[Any, Any]:
    if text and not value.lstrip().startswith("{"):
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        if not all(equals for _, equals, _ in pairs):
            raise misfit(f"must be {expected(hint)}", value)
        table: Any = {key.strip(): item.strip() for key, _, item in pairs}
    else:
        table, text = _decode_json(value) if text else value, False
    if not is_table(table):
        raise misfit(f"must be {expected(hint)}", value)
    of_key, of_value = get_args(hint) or (Any, Any)
    keys = read_all(("", of_key, key, isinstance(key, str)) for key in table)
    values = read_all((str(k), of_value, item, text) for k, item in table.items())
    return dict(zip(keys, values, strict=True))


def _read_record(hint: type[Any], value: Any, text: bool) -> Any:
    """Read a Struct or a dataclass from a table, with no key too many."""
    if isinstance(value, hint):
        return value
    table = decode_table(value) if text else value
    if not is_table(table):
        raise misfit(f"must be {expected(hint)}", value)
    fields = {field.key: field for field in fields_of(hint)}
    reasons: list[Reason] = []
    for key, field in fields.items():
        if field.is_required and key not in table:
            reasons += misfit("is missing").below(key)
    for key in table:
        if key not in fields:
            near = did_you_mean(str(key), fields)
            reasons += misfit("is no setting", near=near).below(str(key))
    given = [field for key, field in fields.items() if key in table]
    found: list[Any] = []
    try:
        found = read_all((f.key, f.hint, table[f.key], False) for f in given)
    except Misfit as error:
        reasons += error.reasons
    if reasons:
        raise Misfit(reasons)
    return make(hint, {f.name: v for f, v in zip(given, found, strict=True)})


def make(record: type, values: Mapping[str, Any]) -> Any:
    """Call a record's class; its own checks (`__post_init__`) may refuse.

    Raises:
        Misfit: The class raised a ValueError or a TypeError.
    """
    try:
        return record(**values)
    except (ValueError, TypeError) as error:
        raise misfit(f"is refused by {record.__name__}: {error}") from error


def read_all(parts: Iterable[tuple[str, Any, Any, bool]]) -> list[Any]:
    """Read parts of a container and collect the reasons of all that do not fit."""
    found: list[Any] = []
    reasons: list[Reason] = []
    for place, hint, value, text in parts:
        try:
            found.append(read(hint, value, text=text))
        except Misfit as error:
            reasons += error.below(place)
    if reasons:
        raise Misfit(reasons)
    return found


def _decode_json(value: str) -> Any:
    try:
        return msgspec.json.decode(value)
    except (ValueError, RecursionError):
        # Never the text itself: any field in it may be a secret.
        raise misfit("must be valid JSON") from None


_CONTAINERS: dict[Any, Callable[[list[Any]], Any]] = {
    list: list,
    set: set,
    frozenset: frozenset,
    tuple: tuple,
    Sequence: tuple,
    MutableSequence: list,
    AbstractSet: frozenset,
}

_READERS: dict[Any, Reader] = {
    Any: _read_any,
    object: _read_any,
    Secret: _read_secret,
    Literal: _read_literal,
    str: _read_str,
    bytes: _read_bytes,
    bool: _read_bool,
    timedelta: _read_timedelta,
    Path: _read_path,
    PurePath: _read_path,
    tuple: _read_tuple,
    dict: _read_dict,
    Mapping: _read_dict,
    MutableMapping: _read_dict,
    **dict.fromkeys(_CONTAINERS.keys() - {tuple}, _read_list),
}
