"""An answer with views -> what leaves of it.

`Read[Account]` is written as the type that its view has on the wire: an `Account`
becomes one with a call, field by field, and only the fields of the view are there to be
encoded. What is no `Account` but stands for one, an object of another class or a dict,
becomes a dict with the same fields.

A view holds back secrets, so nothing gets past it: what is not of the declared type is
shown by the classes that it is made of, as an answer without a declared type is.
"""

import functools
import itertools
import typing
from collections.abc import Callable, Mapping, Sequence
from types import NoneType
from typing import Any, Final, TypeAlias, cast

import msgspec

from segue.core.errors import WalkError
from segue.core.handlers.inputs import has_fields
from segue.core.handlers.outputs import answer_holder, holder, is_object
from segue.core.http.encoding import json_error
from segue.core.schema.describe import describe
from segue.core.schema.refining import Wish
from segue.core.schema.rules import identity_of
from segue.core.schema.shape import Kind
from segue.core.schema.source import Writer, compile_source
from segue.core.schema.views import OUT
from segue.core.schema.weaving import Wire, changes, is_word, kind_of, wanted, wire

__all__ = [
    "answer_shower",
    "show_undeclared",
    "show_untyped",
    "shower",
    "shower_or_holder",
]

Show: TypeAlias = Callable[[Any], Any]

_NAMED: Final = {Kind.RECORD, Kind.ROW}
_ABSENT: Final = (NoneType, msgspec.UnsetType)
_ARRAYS: Final = (list, tuple, set, frozenset)


def shower(hint: Any) -> Show | None:
    """Write what shows an answer as its views have it; None when it has none."""
    if not changes(hint, OUT):
        return None
    return _Shower().compile(hint, whole=True)


def answer_shower(hint: Any) -> Show | None:
    """Build what shows a whole answer, or holds it to its type where nothing views it.

    Returns:
        None when all that there is may leave.
    """
    return answer_holder(hint, shower_or_holder)


def shower_or_holder(hint: Any) -> Show | None:
    """Build what shows a value, or holds it to its type where nothing views it."""
    return shower(hint) or holder(hint)


def show_undeclared(answer: Any) -> Any:
    """Show an answer whose type nobody declared: a record, or several in a list.

    What is inside a dict leaves as it is.
    """
    kind: Any = answer.__class__
    if kind is dict or kind is str:
        return answer
    if kind is list or kind is tuple:
        if not any(
            each in _ARRAYS or _shower_of(each) for each in set(map(type, answer))
        ):
            return answer
        shown = [show_undeclared(each) for each in answer]
        return tuple(shown) if kind is tuple else shown
    show = _shower_of(kind)
    return answer if show is None else show(answer)


def show_untyped(value: Any) -> Any:
    """Show a value whose type nobody declared: without the secrets of its class."""
    if value is None or isinstance(value, (str, bytes, int, float)):
        return value
    if isinstance(value, Mapping):
        items = cast("Any", value)
        return {key: show_untyped(each) for key, each in items.items()}
    if isinstance(value, _ARRAYS):
        return [show_untyped(each) for each in cast("Sequence[Any]", value)]
    show = _shower_of(cast("Any", type(value)))
    return value if show is None else show(value)


@functools.lru_cache(maxsize=1000)
def _shower_of(cls: Any) -> Show | None:
    """Find what shows the objects of a class; kept, since any answer may ask."""
    return shower(cls) if has_fields(cls) else None


class _Shower:
    """Writes the functions of one hint and of the records in it."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {
            "unshown_": show_untyped,
            "blank_": _blank,
            "deep_": json_error,
            "arrays_": _ARRAYS,
            "mapping_": Mapping,
            "UNSET_": msgspec.UNSET,
        }
        self._numbers = itertools.count()
        self._records: dict[Any, str] = {}

    def compile(self, hint: Any, wish: Wish = OUT, *, whole: bool = False) -> Show:
        """Write the function of a hint: of the whole answer, or of a part of it."""
        expression = self._shown(hint, wish, "value")
        if expression == "value":
            return _as_it_is
        writer, name = Writer(), self._name("show")
        writer.add(f"def {name}(value):", 0)
        self._returning(writer, expression)
        if whole:
            writer.add("except RecursionError as error:")
            writer.add("    raise deep_(value, error) from error")
        return compile_source(str(writer), name, "show", self._names)

    def _returning(self, writer: Writer, expression: str) -> None:
        writer.add("try:")
        writer.add(f"    return {expression}")
        writer.add("except AttributeError as error:")
        writer.add("    raise blank_(error) from error")

    def _name(self, text: str) -> str:
        return f"{text}_{next(self._numbers)}"

    def _put(self, text: str, value: Any) -> str:
        name = self._name(text)
        self._names[name] = value
        return name

    def _shown(self, hint: Any, wish: Wish, value: str) -> str:
        """Write the expression of one value as it leaves."""
        if not changes(hint, wish):
            hold = holder(hint)
            return value if hold is None else f"{self._put('hold', hold)}({value})"
        plain, wish = wanted(hint, wish)
        if kind_of(plain) is Kind.UNION:
            return self._one_of(plain, wish, value)
        shape = describe(plain)
        if shape.kind in _NAMED:
            return f"{self._record(plain, wish)}({value})"
        arguments = typing.get_args(plain)
        if shape.kind is Kind.TUPLE:
            return self._places(arguments, wish, value)
        item = self._name("each")
        shown = self._item(arguments[shape.kind is Kind.MAPPING], wish, item)
        if shape.kind is Kind.MAPPING:
            key = self._name("key")
            made = f"{{{key}: {shown} for {key}, {item} in {value}.items()}}"
            return f"({made} if isinstance({value}, mapping_) else unshown_({value}))"
        made = f"[{shown} for {item} in {value}]"
        return f"({made} if isinstance({value}, arrays_) else unshown_({value}))"

    def _item(self, hint: Any, wish: Wish, item: str) -> str:
        """Write the expression of one of many: without a call, where it is a record."""
        plain, inner = wanted(hint, wish)
        shown = self._shown(hint, wish, item)
        if kind_of(plain) not in _NAMED or not changes(hint, wish):
            return shown
        made = wire(plain, inner)
        fields = (part.field.hint for part in made.parts)
        if _is_dict(made) or any(changes(each, inner.inner) for each in fields):
            return shown
        known = self._put("class", _class(plain))
        return f"({self._new(made, item)} if type({item}) is {known} else {shown})"

    def _places(self, arguments: tuple[Any, ...], wish: Wish, value: str) -> str:
        shows = [self.compile(each, wish) for each in arguments]

        def show_places(values: Any) -> Any:
            if type(values) not in _ARRAYS or len(values) != len(shows):
                return show_untyped(values)
            return [show(each) for each, show in zip(values, shows, strict=True)]

        return f"{self._put('places', show_places)}({value})"

    def _one_of(self, plain: Any, wish: Wish, value: str) -> str:
        others = [each for each in typing.get_args(plain) if each not in _ABSENT]
        if len(others) == 1:
            absent = f"{value} is None or {value} is UNSET_"
            return f"({value} if {absent} else {self._shown(others[0], wish, value)})"
        pairs = [(_class_of(each, wish), self.compile(each, wish)) for each in others]
        records = [
            (made, show)
            for each, (_, show) in zip(others, pairs, strict=True)
            if (made := _wire_of(each, wish)) is not None
        ]

        def show_one(found: Any) -> Any:
            for cls in type(found).__mro__[:-1]:
                for known, show in pairs:
                    if cls is known:
                        return show(found)
            if records and (isinstance(found, Mapping) or is_object(found)):
                return max(records, key=lambda each: _fit(found, each[0]))[1](found)
            return show_untyped(found)

        return f"{self._put('one_of', show_one)}({value})"

    # -- records

    def _record(self, plain: Any, wish: Wish) -> str:
        key = identity_of(plain), wish
        if key not in self._records:
            self._records[key] = name = self._name("record")
            self._write(name, wire(plain, wish))
        return self._records[key]

    def _write(self, name: str, made: Wire) -> None:
        writer, other = Writer(), self._put("other", None)
        writer.add(f"def {name}(value):", 0)
        if not _is_dict(made):
            known = self._put("class", _class(made.hint))
            writer.add(f"if isinstance(value, {known}):")
            writer.depth += 1
            self._returning(writer, self._new(made, "value"))
            writer.depth -= 1
        writer.add(f"return {other}(value)")
        shows = {
            part.field.name: (
                part.field.wire,
                part.wire,
                self.compile(part.field.hint, made.wish.inner),
            )
            for part in made.parts
        }
        tag = {made.shape.tag_field: made.shape.tag} if made.shape.tag_field else {}
        self._names[other] = _Other(tag, shows)
        title = f"show {made.type.__name__}"
        self._names[name] = compile_source(str(writer), name, title, self._names)

    def _new(self, made: Wire, value: str) -> str:
        """Write the call that makes of an object what leaves of it."""
        omits = made.type.__struct_config__.omit_defaults
        # A class may guard its fields, and say how they are read past the guards.
        reads = getattr(_class(made.hint), "__reads__", {})
        parts = [
            f"{part.attribute}=" * omits
            + self._shown(
                part.field.hint,
                made.wish.inner,
                f"{self._put('read', reads[part.field.name])}({value})"
                if part.field.name in reads
                else _read(value, part.field.name),
            )
            for part in made.parts
        ]
        return f"{self._put('shown', made.type)}({', '.join(parts)})"


def _as_it_is(value: Any) -> Any:
    return value


def _read(value: str, name: str) -> str:
    return f"{value}.{name}" if is_word(name) else f"getattr({value}, {name!r})"


def _class(plain: Any) -> Any:
    return typing.get_origin(plain) or plain


def _is_dict(made: Wire) -> bool:
    return typing.is_typeddict(_class(made.hint))


def _wire_of(hint: Any, wish: Wish) -> Wire | None:
    plain, wish = wanted(hint, wish)
    return wire(plain, wish) if describe(plain).kind in _NAMED else None


def _fit(value: Any, made: Wire) -> int:
    """Count the fields of a record that a value has."""
    if isinstance(value, Mapping):
        return sum(part.field.wire in value for part in made.parts)
    return sum(hasattr(value, part.field.name) for part in made.parts)


def _class_of(hint: Any, wish: Wish) -> Any:
    return _class(wanted(hint, wish)[0])


class _Other:
    """Shows what is no object of the class: a dict, or an object like it.

    Args:
        tag: What the class has on the wire beside its fields.
        shows: By the name of a field: its own name on the wire, the one of the view,
            and what shows its value.
    """

    __slots__ = ("_shows", "_tag")

    def __init__(
        self, tag: Mapping[str, Any], shows: Mapping[str, tuple[str, str, Show]]
    ) -> None:
        self._tag = tag
        self._shows = shows

    def __call__(self, value: Any) -> Any:
        found: dict[str, Any] = {**self._tag}
        if isinstance(value, Mapping):
            data = cast("Mapping[str, Any]", value)
            for own, wire, show in self._shows.values():
                if own in data:
                    found[wire] = show(data[own])
            return found
        if not is_object(value):
            return show_untyped(value)
        for name, (_, wire, show) in self._shows.items():
            each = getattr(value, name, msgspec.UNSET)
            if each is not msgspec.UNSET:
                found[wire] = show(each)
        return found


def _blank(error: AttributeError) -> Exception:
    """Tell that a field has no value, since none came in for it."""
    return WalkError(
        "SG-VIEW-008",
        f"A handler returned {type(error.obj).__name__}, whose {error.name!r} has no "
        "value.",
        why="Input does not give it, and nobody else has yet.",
        fix=f"Give it one first, `it.{error.name} = ...`, or give the field a default.",
    )
