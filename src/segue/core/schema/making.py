"""What was read as a view's type -> the objects that the user's types name.

One function is written for a hint, once: straight calls of the classes, a function of
its own for each record, since a record may contain itself. It runs behind the decoder
and the checks, on values that fit.
"""

import itertools
import typing
from collections.abc import Callable
from types import UnionType
from typing import Any, Final

import msgspec

from segue.core.schema.describe import bare, describe, marks_of
from segue.core.schema.marks import read_bounds
from segue.core.schema.refining import PATCH, Wish
from segue.core.schema.rules import identity_of, unmet
from segue.core.schema.shape import Bounds, Kind
from segue.core.schema.source import Writer, compile_source
from segue.core.schema.weaving import (
    Part,
    Wire,
    changes,
    is_word,
    kind_of,
    wanted,
    weave,
    wire,
)
from segue.core.types import UNSET

__all__ = ["maker"]

_NAMED: Final = {Kind.RECORD, Kind.ROW}


def maker(
    hint: Any, wish: Wish, patch: Callable[[Any, dict[str, Any]], Any]
) -> Callable[[Any], Any]:
    """Write the function that makes the values of a hint.

    Args:
        hint: What the user wrote.
        wish: How it is viewed where its marks say nothing.
        patch: Makes a patch from the type that it changes and the values given.
    """
    return _Maker(patch).compile(hint, wish)


class _Maker:
    """Writes the functions of one hint and of the records in it."""

    def __init__(self, patch: Callable[[Any, dict[str, Any]], Any]) -> None:
        self._names: dict[str, Any] = {
            "UNSET_": msgspec.UNSET,
            "BLANK_": UNSET,
            "delete_": object.__delattr__,
            "patch_": patch,
        }
        self._numbers = itertools.count()
        self._records: dict[Any, str] = {}

    def compile(self, hint: Any, wish: Wish) -> Callable[[Any], Any]:
        """Write the function of a hint."""
        plain, inner = wanted(hint, wish)
        if kind_of(plain) in _NAMED and not _predicates(hint):
            function: Callable[[Any], Any] = self._names[self._record(plain, inner)]
            return function
        return self._function(self._made(hint, wish, "value"), describe(plain).kind)

    def _function(self, expression: str, kind: Kind) -> Callable[[Any], Any]:
        writer, name = Writer(), self._name("make")
        writer.add(f"def {name}(value):", 0)
        writer.add(f"return {expression}")
        return compile_source(str(writer), name, f"make {kind.value}", self._names)

    def _name(self, text: str) -> str:
        return f"{text}_{next(self._numbers)}"

    def _put(self, text: str, value: Any) -> str:
        name = self._name(text)
        self._names[name] = value
        return name

    # -- the expression that makes one value

    def _made(self, hint: Any, wish: Wish, value: str) -> str:
        if not changes(hint, wish):
            return value
        made = self._whole(hint, wish, value)
        for predicate in _predicates(hint):
            made = f"{self._put('holding', _holding(predicate))}({made})"
        return made

    def _whole(self, hint: Any, wish: Wish, value: str) -> str:
        plain, wish = wanted(hint, wish)
        if _members(plain):
            return self._one_of(plain, wish, value)
        shape = describe(plain)
        if shape.kind in _NAMED:
            return f"{self._record(plain, wish)}({value})"
        arguments = typing.get_args(plain)
        if shape.kind is Kind.TUPLE:
            several = enumerate(arguments)
            made = [self._made(each, wish, f"{value}[{n}]") for n, each in several]
            return f"({''.join(f'{each}, ' for each in made)})"
        item = self._name("each")
        made_item = self._made(
            arguments[-1 if shape.kind is Kind.MAPPING else 0], wish, item
        )
        if shape.kind is Kind.MAPPING:
            key = self._name("key")
            return f"{{{key}: {made_item} for {key}, {item} in {value}.items()}}"
        items = f"[{made_item} for {item} in {value}]"
        container = _container(typing.get_origin(plain), shape.kind)
        return (
            items if container is list else f"{self._put('kind', container)}({items})"
        )

    def _one_of(self, plain: Any, wish: Wish, value: str) -> str:
        members = _members(plain)
        absent = {
            type(None): f"{value} is None",
            msgspec.UnsetType: f"{value} is UNSET_",
        }
        tests = [test for each, test in absent.items() if each in members]
        others = [each for each in members if each not in absent]
        if len(others) == 1:
            made = self._made(others[0], wish, value)
            return f"({value} if {' or '.join(tests)} else {made})"
        makers: dict[Any, Callable[[Any], Any]] = {}
        for each in others:
            if changes(each, wish):
                found = weave(each, wish)
                kind = typing.get_origin(bare(found)) or bare(found)
                makers[kind] = _Maker(self._names["patch_"]).compile(each, wish)

        def make_one(found: Any) -> Any:
            make = makers.get(type(found))
            return found if make is None else make(found)

        return f"{self._put('one_of', make_one)}({value})"

    # -- records

    def _record(self, plain: Any, wish: Wish) -> str:
        key = identity_of(plain), wish
        if key not in self._records:
            self._records[key] = name = self._name("record")
            self._write(name, wire(plain, wish))
        return self._records[key]

    def _write(self, name: str, made: Wire) -> None:
        writer = Writer()
        writer.add(f"def {name}(value):", 0)
        if made.wish.way == PATCH or typing.is_typeddict(_class(made.hint)):
            self._dictionary(writer, made)
        else:
            self._object(writer, made)
        title = f"make {made.type.__name__}"
        self._names[name] = compile_source(str(writer), name, title, self._names)

    def _dictionary(self, writer: Writer, made: Wire) -> None:
        """Write what makes a dict of the values that are there."""
        sure = [part for part in made.parts if not self._may_miss(part)]
        pairs = (f"{part.field.name!r}: {self._part(part, made)}" for part in sure)
        writer.add(f"found = {{{', '.join(pairs)}}}")
        self._perhaps(writer, made, repr)
        cls = self._put("class", made.hint)
        patched = made.wish.way == PATCH
        writer.add(f"return patch_({cls}, found)" if patched else "return found")

    def _object(self, writer: Writer, made: Wire) -> None:
        names = _arguments(_class(made.hint))
        sure = [part for part in made.parts if not part.may_miss]
        given = [
            _given(names.get(part.field.name, part.field.name), self._part(part, made))
            for part in sure
        ]
        given += [
            _given(names.get(each.name, each.name), "BLANK_") for each in made.blank
        ]
        if len(sure) < len(made.parts):
            writer.add("found = {}")
            self._perhaps(writer, made, lambda name: repr(names.get(name, name)))
            given.append("**found")
        cls = self._put("class", _class(made.hint))
        if not made.blank:
            writer.add(f"return {cls}({', '.join(given)})")
            return
        writer.add(f"made = {cls}({', '.join(given)})")
        for each in made.blank:
            # Deleted, so that to read it before it is given is an error.
            if issubclass(_class(made.hint), msgspec.Struct):
                descriptor = getattr(_class(made.hint), each.name)
                writer.add(f"{self._put('blank', descriptor.__delete__)}(made)")
            else:
                writer.add(f"delete_(made, {each.name!r})")
        writer.add("return made")

    def _perhaps(self, writer: Writer, made: Wire, key: Callable[[str], str]) -> None:
        as_dict = made.wish.way == PATCH or typing.is_typeddict(_class(made.hint))
        for part in made.parts:
            if self._may_miss(part) if as_dict else part.may_miss:
                writer.add(f"if value.{part.attribute} is not UNSET_:")
                line = f"found[{key(part.field.name)}] = {self._part(part, made)}"
                writer.add(f"    {line}")

    def _may_miss(self, part: Part) -> bool:
        return part.may_miss or not part.field.required

    def _part(self, part: Part, made: Wire) -> str:
        return self._made(part.field.hint, made.wish.inner, f"value.{part.attribute}")


def _predicates(hint: Any) -> tuple[Callable[[Any], Any], ...]:
    return read_bounds(marks_of(hint)).predicates


def _holding(predicate: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Write a predicate as a function that gives back what it holds for."""
    bounds = Bounds(predicates=(predicate,))

    def hold(value: Any) -> Any:
        for _, message in unmet(bounds, value, ""):
            raise ValueError(message)
        return value

    return hold


def _members(plain: Any) -> tuple[Any, ...]:
    """List the members of a union; none of what is no union."""
    if typing.get_origin(plain) in (typing.Union, UnionType):
        return typing.get_args(plain)
    return ()


def _class(plain: Any) -> Any:
    return typing.get_origin(plain) or plain


def _given(name: str, value: str) -> str:
    """Write one argument of a call; a Struct may have a field called `class`."""
    return f"{name}={value}" if is_word(name) else f"**{{{name!r}: {value}}}"


def _container(origin: Any, kind: Kind) -> Any:
    """Find what items are put into; msgspec makes the same."""
    if origin in (tuple, frozenset):
        return origin
    return list if kind is Kind.LIST else set


def _arguments(cls: Any) -> dict[str, str]:
    """List what the constructor calls the fields, where it may differ: of attrs."""
    return {each.name: each.alias for each in getattr(cls, "__attrs_attrs__", ())}
