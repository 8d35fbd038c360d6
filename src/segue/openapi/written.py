"""What a function's code says where its signature is silent.

A handler that raises `NotFound` need not declare it as well: the class stands in its
code by name. One without a return type may still say `return found, 201`, or return
nothing at all.

Errors are looked for in what it calls as well: functions that its code names, methods
of the classes that its hints name, all within the package of its module. More of them
may be found than can happen, which a document bears better than the reverse. What is
ours is not followed: it declares its errors.
"""

import dis
import inspect
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

import msgspec

from segue.core.errors import HTTPError
from segue.core.handlers.inputs import classes_of
from segue.core.handlers.places import code_of

__all__ = ["Returned", "errors_in", "returned_by"]

_RETURNS: Final = frozenset({"RETURN_VALUE", "RETURN_CONST"})
_PAIR: Final = 2
_OURS: Final = "segue"
_MOST: Final = 100
"""So many functions are read for one."""

_MADE: Final[Mapping[str, type]] = types.MappingProxyType(
    {
        "BUILD_CONST_KEY_MAP": dict,
        "BUILD_LIST": list,
        "BUILD_MAP": dict,
        "BUILD_STRING": str,
        "DICT_UPDATE": dict,
        "FORMAT_SIMPLE": str,
        "FORMAT_VALUE": str,
        "FORMAT_WITH_SPEC": str,
        "LIST_EXTEND": list,
    }
)
"""The steps that make a value of a known type."""
_CONSTANTS: Final = (bool, bytes, float, int, str)


class Returned(msgspec.Struct, frozen=True):
    """What the code of a function returns.

    Attributes:
        nothing: It may return None.
        kinds: The types of the values it returns without a status; `object` for
            one that the code does not tell.
        statuses: The statuses of `return answer, status`.
    """

    nothing: bool = True
    kinds: tuple[type, ...] = (object,)
    statuses: tuple[int, ...] = ()


def errors_in(function: Any, owner: type | None = None) -> Iterator[type[HTTPError]]:
    """Find the classes of HTTP errors that a function and what it calls may raise.

    Args:
        function: Any callable; only code of its own package is read.
        owner: The class whose method it is.
    """
    first = _target(function)
    followed = {_package(first)} - {_OURS}
    waiting: list[tuple[Any, type | None]] = [(first, owner)]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST:
        target, cls = waiting.pop()
        code = getattr(target, "__code__", None)
        if code is None or id(code) in seen:
            continue
        seen.add(id(code))
        names = list(dict.fromkeys(_names(code)))
        for each in _named(target, code, names):
            if inspect.isclass(each) and issubclass(each, HTTPError):
                yield each
            elif isinstance(each, types.FunctionType) and _package(each) in followed:
                waiting.append((each, None))
        for known in _classes(target, cls):
            if _package(known) in followed:
                waiting += ((each, known) for each in _methods(known, names))


def _named(target: Any, code: types.CodeType, names: Iterable[str]) -> Iterator[Any]:
    """Find what the names in a code stand for, also those in a module."""
    known: dict[str, Any] = dict(getattr(target, "__globals__", {}))
    for name, cell in zip(code.co_freevars, target.__closure__ or (), strict=False):
        try:
            known[name] = cell.cell_contents
        except ValueError:  # it is not filled yet
            continue
    found = [known[name] for name in names if name in known]
    yield from found
    for module in found:
        if isinstance(module, types.ModuleType):
            yield from (getattr(module, name, None) for name in names)


def _classes(target: Any, owner: type | None) -> Iterator[type[Any]]:
    """List the classes whose methods a function may call: its own, those of hints."""
    functions = [target]
    if owner is not None:
        yield owner
        functions.append(inspect.getattr_static(owner, "__init__"))
    for function in functions:
        for hint in _hints(function).values():
            yield from classes_of(hint)


def _hints(function: Any) -> Mapping[str, Any]:
    try:
        return typing.get_type_hints(function)
    except Exception:  # a hint may be text that names what is not there
        return {}


def _methods(cls: type[Any], names: Iterable[str]) -> Iterator[Any]:
    """Find the methods of a class that are named."""
    for name in names:
        member = inspect.getattr_static(cls, name, None)
        function = getattr(member, "__func__", member)
        if isinstance(function, types.FunctionType):
            yield function


def _package(thing: Any) -> str:
    return str(getattr(thing, "__module__", "")).partition(".")[0]


def returned_by(function: Any) -> Returned:
    """Read what the code of a function returns."""
    code = getattr(_target(function), "__code__", None)
    if code is None:
        return Returned()
    nothing = False
    kinds: dict[type, None] = {}
    statuses: set[int] = set()
    steps = [step for step in dis.get_instructions(code) if step.opname != "CACHE"]
    for index, step in enumerate(steps):
        if step.opname not in _RETURNS:
            continue
        before = steps[index - 2 : index + 1] if index > 1 else steps[: index + 1]
        value = _constant(step if step.opname == "RETURN_CONST" else before[-2])
        if value is None:
            nothing = True
            continue
        found = _status(value, before)
        statuses |= found
        if not found:
            kinds[_kind(value)] = None
    if object in kinds:
        kinds = {object: None}
    return Returned(nothing, tuple(kinds), tuple(sorted(statuses)))


def _target(function: Any) -> Any:
    target: Any = code_of(function)
    if inspect.isclass(target):
        target = target.__init__
    return getattr(target, "__func__", target)


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    yield from code.co_freevars
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _constant(step: dis.Instruction) -> Any:
    """Give the constant that a step puts there; a name of its own for all else."""
    is_constant = step.opname in {"LOAD_CONST", "RETURN_CONST", "LOAD_SMALL_INT"}
    return step.argval if is_constant else step


def _kind(value: Any) -> type:
    """Tell the type of what is returned, where it is made right there."""
    if isinstance(value, dis.Instruction):
        return _MADE.get(value.opname, object)
    return next((kind for kind in _CONSTANTS if type(value) is kind), object)


def _status(value: Any, before: list[dis.Instruction]) -> set[int]:
    last: Any = None
    if isinstance(value, dis.Instruction):
        if value.opname == "BUILD_TUPLE" and value.arg == _PAIR:
            last = _constant(before[0])
    elif isinstance(value, tuple) and len(value) == _PAIR:  # pyright: ignore[reportUnknownArgumentType] - of Any
        last = cast("Any", value)[1]  # both are constants
    is_status = isinstance(last, int) and 200 <= last <= 599  # noqa: PLR2004 - the statuses of answers
    return {int(last)} if is_status and not isinstance(last, bool) else set()
