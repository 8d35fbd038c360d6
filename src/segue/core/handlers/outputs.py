"""What leaves is what was declared: an answer, held to the fields of its hint.

`def show(id: int) -> PublicUser` may return a `User`, a class below `PublicUser` or a
dict; only the fields of `PublicUser` leave, at every depth. JSON encoders write what
an object *is*, so a subclass with a password hash would leave whole.

How it works: for a hint a tree of holders is built once. A holder gives back the very
value when it is exactly of the declared types all the way down, which costs a look at
the types, and a copy with the declared fields otherwise. It checks no values: a wrong
type inside an answer is the handler's own affair.
"""

import enum
import keyword
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence, Set as AbstractSet
from typing import Any, Final, TypeAlias, cast

import msgspec

from segue.core.errors import WalkError
from segue.core.handlers.inputs import (
    bare,
    classes_of,
    fields_of,
    has_fields,
    is_optional,
    members_of,
)
from segue.core.http.encoding import json_error
from segue.core.http.response import Response
from segue.core.schema.faults import faults_of
from segue.core.schema.models import is_model

__all__ = ["Exact", "answer_holder", "exactly", "holder", "is_object"]

Hold: TypeAlias = Callable[[Any], Any]

_DEPTH: Final = 5
_ARRAYS = (list, set, frozenset, tuple)
_LISTS: tuple[Any, ...] = (*_ARRAYS, Sequence, AbstractSet)


def _is_status(rest: tuple[Any, ...]) -> bool:
    """Tell whether what stands behind an answer is an int, or numbers as literals."""
    if len(rest) != 1 or typing.get_origin(rest[0]) is not typing.Literal:
        return rest == (int,)
    return all(type(value) is int for value in typing.get_args(rest[0]))


def answer_holder(
    hint: Any, build: "Callable[[Any], Hold | None] | None" = None
) -> Hold | None:
    """Build what holds a whole answer to its declared type.

    Args:
        hint: The declared type, or that and a status.
        build: Builds what holds the answer without its status.

    Returns:
        None when the hint holds nothing back.
    """
    plain = bare(hint)
    arguments = typing.get_args(plain)
    if typing.get_origin(plain) is tuple and _is_status(arguments[1:]):
        # (answer, status)
        hint = arguments[0]
    hold = holder(hint) if build is None else build(hint)
    if hold is None:
        return None

    def hold_answer(answer: object) -> Any:
        if answer is None or isinstance(answer, (str, bytes, Response)):
            return answer
        try:
            return hold_several(answer) if type(answer) is tuple else hold(answer)
        except RecursionError as error:
            # What is held back must not leave because it is deep.
            raise json_error(answer, error) from error

    def hold_several(answer: Any) -> Any:
        if len(answer) == 2 and isinstance(answer[1], int):  # noqa: PLR2004 - (answer, status)
            return hold_answer(answer[0]), int(answer[1])
        return hold(answer)

    return hold_answer


class Exact(msgspec.Struct, frozen=True):
    """The test that a value is exactly of the declared types, all the way down.

    It is written into the function of a route, so that the usual answer costs a
    comparison of types for each of its records, and no call.

    Attributes:
        test: The expression for what is there once.
        loops: What may be there many times: what to go through, and the test that
            one item, `each_`, is not of its type.
    """

    test: str
    loops: tuple[tuple[str, str], ...] = ()

    def lines(self) -> Iterator[str]:
        """Write the statements that set `exact_`."""
        yield f"exact_ = {self.test}"
        for several, unfit in self.loops:
            yield "if exact_:"
            yield f"    for each_ in {several}:"
            yield f"        if {unfit}:"
            yield "            exact_ = False"
            yield "            break"


def exactly(hint: Any, value: str, names: dict[str, Any]) -> Exact | None:
    """Write the test that a value is exactly of the declared types all the way down.

    Args:
        hint: A type that a holder was built for.
        value: The expression to be tested.
        names: Takes what the test names.

    Returns:
        None when such a test would be no shorter than the holder.
    """
    members = members_of(hint)
    if len(members) != 1 or is_optional(hint) or value.count(".") > _DEPTH:
        return None
    origin: Any = typing.get_origin(members[0]) or members[0]
    if origin in (list, dict):
        return _exactly_items(origin, typing.get_args(members[0])[-1], value, names)
    if not has_fields(origin) or typing.is_typeddict(origin):
        return None
    tests, loops = [f"type({value}) is {_named(names, origin)}"], list[Any]()
    fields = fields_of(members[0])
    for attribute, inner in zip(
        _attributes(origin, fields), fields.values(), strict=True
    ):
        if holder(inner) is None:
            continue
        is_set = issubclass(origin, msgspec.Struct) and not keyword.iskeyword(attribute)
        found = exactly(inner, f"{value}.{attribute}", names) if is_set else None
        if found is None:
            return None
        tests.append(found.test)
        loops += found.loops
    return Exact(" and ".join(tests), tuple(loops))


def _exactly_items(
    origin: type, item: Any, value: str, names: dict[str, Any]
) -> Exact | None:
    if not _is_flat(item):
        return None
    (record,) = classes_of(item)
    several = value if origin is list else f"{value}.values()"
    # A loop over one class costs less than any call of C that looks at them all.
    unfit = f"type(each_) is not {_named(names, record)}"
    return Exact(f"type({value}) is {_named(names, origin)}", ((several, unfit),))


def _is_flat(hint: Any) -> bool:
    hold = holder(hint)
    return isinstance(hold, _Record) and not hold.nested and not is_optional(hint)


def _named(names: dict[str, Any], thing: Any) -> str:
    name = f"exact_{len(names)}_"
    names[name] = thing
    return name


def holder(hint: Any, known: dict[Any, "_Record"] | None = None) -> Hold | None:
    """Build what holds values to a type; None when nothing could be held back."""
    known = {} if known is None else known
    hint = bare(hint)
    members = members_of(hint)
    if len(members) != 1:
        return _of_union(members, known)
    hint = members[0]
    origin: Any = typing.get_origin(hint) or hint
    arguments = typing.get_args(hint)
    if is_model(origin):
        return _of_model(hint)
    if has_fields(origin):
        return known.get(hint) or _Record(origin, hint, known)
    if origin in (dict, Mapping) and arguments:
        return _of_values(holder(arguments[1], known))
    if origin is tuple and arguments[-1:] != (...,):
        return _of_places([holder(each, known) for each in arguments])
    if origin in _LISTS and arguments:
        return _of_items(holder(arguments[0], known))
    return None


class _Record:
    """Holds an object to the fields of one class.

    Attributes:
        nested: The fields whose own values may hold more than is declared.
    """

    __slots__ = ("_class", "_names", "_wires", "nested")

    def __init__(self, cls: type[Any], hint: Any, known: dict[Any, "_Record"]) -> None:
        known[hint] = self
        fields = fields_of(hint)
        self._class = cls
        self._wires = dict(zip(_attributes(cls, fields), fields, strict=True))
        self._names = frozenset(fields)
        self.nested: dict[str, Hold] = {}
        for attribute, wire in self._wires.items():
            hold = holder(fields[wire], known)
            if hold is not None:
                self.nested[attribute] = hold

    def __call__(self, value: Any) -> Any:
        """Give the value back, or a copy that has the declared fields only."""
        kind = type(value)  # pyright: ignore[reportUnknownVariableType] - of Any
        if kind is self._class:
            for attribute, hold in self.nested.items():
                old = getattr(value, attribute, None)
                if hold(old) is not old:
                    return self._copy(value)
            return value
        if isinstance(value, Mapping):
            return self._of_mapping(cast("Mapping[str, Any]", value))
        if is_object(value):
            return self._copy(value)
        return value

    def fit(self, value: Any) -> int:
        """Count the fields that a value has."""
        if isinstance(value, Mapping):
            return len(self._names & cast("Mapping[str, Any]", value).keys())
        return sum(hasattr(value, attribute) for attribute in self._wires)

    def _copy(self, value: Any) -> Any:
        held: dict[str, Any] = {}
        for attribute in self._wires:
            found = getattr(value, attribute, msgspec.UNSET)
            if found is not msgspec.UNSET:
                hold = self.nested.get(attribute)
                held[attribute] = found if hold is None else hold(found)
        if isinstance(value, self._class) and issubclass(self._class, msgspec.Struct):
            # Kept as what it is, for its tag, its order, its defaults.
            return self._class(**held)
        return {self._wires[attribute]: found for attribute, found in held.items()}

    def _of_mapping(self, value: Mapping[str, Any]) -> Any:
        held: dict[str, Any] = {}
        for attribute, wire in self._wires.items():
            if wire in value:
                hold = self.nested.get(attribute)
                held[wire] = value[wire] if hold is None else hold(value[wire])
        same = len(held) == len(value) and all(held[k] is value[k] for k in held)
        return value if same else held


def _of_model(cls: Any) -> Hold:
    """Hold an answer to a model, which says by itself what of it leaves."""

    def hold_model(value: Any) -> Any:
        if type(value) is cls:
            return value
        if isinstance(value, cls):
            # Validation would give back the very object, with all that it has.
            names = cls.model_fields.keys() & value.model_fields_set
            held = {name: getattr(value, name) for name in cls.model_fields}
            return cls.model_construct(names, **held)
        try:
            return cls.model_validate(value, from_attributes=True)
        except ValueError as error:
            fault = faults_of(error)[0]
            place = ".".join(map(str, fault.path))
            raise WalkError(
                "SG-WALK-004",
                f"The answer is no {cls.__name__}: {place}: {fault.message}",
                why=f"The handler says that it returns {cls.__name__}, and what it "
                "returned cannot be made into one.",
                fix="Return what is declared, or declare what is returned.",
            ) from error

    return hold_model


def _attributes(cls: type[Any], fields: Mapping[str, Any]) -> Sequence[str]:
    if issubclass(cls, msgspec.Struct):
        return cls.__struct_fields__
    return tuple(fields)


def is_object(value: Any) -> bool:
    """Tell whether a value is an object with attributes that can stand for another."""
    return not isinstance(value, (enum.Enum, Response)) and (
        has_fields(type(value)) or hasattr(value, "__dict__")
    )


def _of_items(hold: Hold | None) -> Hold | None:
    if hold is None:
        return None

    def hold_items(values: Any) -> Any:
        if not isinstance(values, _ARRAYS):
            return values
        for value in cast("Sequence[Any]", values):
            if hold(value) is not value:
                return [hold(each) for each in cast("Sequence[Any]", values)]
        return values  # pyright: ignore[reportUnknownVariableType] - as it came

    return hold_items


def _of_values(hold: Hold | None) -> Hold | None:
    if hold is None:
        return None

    def hold_values(values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        items = cast("Any", values)
        for value in items.values():
            if hold(value) is not value:
                return {key: hold(each) for key, each in items.items()}
        return items

    return hold_values


def _of_places(holds: list[Hold | None]) -> Hold | None:
    if not any(holds):
        return None

    def hold_places(values: Any) -> Any:
        if not isinstance(values, (tuple, list)):
            return values
        several = zip(cast("Sequence[Any]", values), holds, strict=False)
        return [value if hold is None else hold(value) for value, hold in several]

    return hold_places


def _of_union(members: tuple[Any, ...], known: dict[Any, _Record]) -> Hold | None:
    pairs = [(classes_of(member), holder(member, known)) for member in members]
    records = [hold for _, hold in pairs if isinstance(hold, _Record)]
    if not any(hold for _, hold in pairs):
        return None

    def hold_one(value: Any) -> Any:
        for cls in cast("tuple[type[Any], ...]", value.__class__.__mro__[:-1]):
            for classes, hold in pairs:
                if cls in classes:
                    return value if hold is None else hold(value)
        if not records:
            return value
        return max(records, key=lambda record: record.fit(value))(value)

    return hold_one
