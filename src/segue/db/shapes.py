"""What a model is for inputs, answers and documents: its shape.

A relation to one goes in as the key of the other object, and goes out as that object
where it is loaded, else as the key. So it is there twice: once for each way.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Union

import msgspec

from segue.core.schema.describe import describe
from segue.core.schema.marks import ReadOnly, WriteOnly
from segue.core.schema.shape import Field, Kind, Shape
from segue.core.schema.views import OUT
from segue.core.schema.weaving import changes
from segue.core.types import UNSET
from segue.db.description import Description, Part
from segue.db.marks import KEY
from segue.db.paths import Step

__all__ = ["hint_of_value", "is_open", "model_shape"]

_OWN: Final = (type(KEY),)


def model_shape(model: Any) -> Shape:
    """Describe a model."""
    told: Description | None = model.__model__
    doc = model.__dict__.get("__doc__")
    if told is None:
        return Shape(Kind.RECORD, model, model.__name__)
    return Shape(
        Kind.RECORD,
        model,
        model.__name__,
        doc=doc,
        fields=lambda: _fields(told),
    )


def is_open(model: Any) -> bool:
    """Tell whether all of a model may leave, and of what may be loaded with it.

    Then its objects are encoded as they are.
    """
    kept = model.__model__.kept
    found: bool | None = kept.get("open")
    if found is None:
        found = kept["open"] = not any(map(_hides, _reached(model)))
    return found


def _reached(model: Any) -> list[Any]:
    """List the models that relations lead to."""
    found, left = {model: None}, [model]
    while left:
        current = left.pop()
        for part in current.__model__.parts:
            if part.role != "column":
                target = Step(current, part).target
                if target not in found:
                    found[target] = None
                    left.append(target)
    return [*found]


def _hides(model: Any) -> bool:
    told: Description = model.__model__
    return any(
        told.is_hidden(part) or (part.role == "column" and changes(part.hint, OUT))
        for part in told.stored
    )


def _fields(told: Description) -> tuple[Field, ...]:
    """List the fields: the key first, as people read them."""
    parts = (*told.key, *(part for part in told.parts if not part.is_key))
    return tuple(field for part in parts for field in _of_part(told, part))


def _of_part(told: Description, part: Part) -> Iterator[Field]:
    if part.role == "many":
        target = Step(told.model, part).target
        one: Any = target | None if part.nullable else _list_of(target)
        hint: Any = Union[one, msgspec.UnsetType]  # noqa: UP007 - made at run time
        yield _field(part, Annotated[hint, ReadOnly()], required=False)
    elif part.role == "one":
        target, key = Step(told.model, part).target, _key_hint(told.model, part)
        yield _field(part, _also_none(part, key), WriteOnly(), required=_needed(part))
        both: Any = Union[target, key]  # noqa: UP007 - made at run time
        yield _field(part, _also_none(part, both), ReadOnly(), required=True)
    elif part.is_late:
        yield _field(part, part.hint, ReadOnly(), required=True)
    else:
        yield _field(part, part.hint, required=_needed(part))


def _field(part: Part, hint: Any, mark: Any = None, *, required: bool) -> Field:
    marked = hint if mark is None else Annotated[(hint, mark)]
    default, factory = _default(part)
    return Field(
        part.name,
        part.name,
        marked,
        describe(marked),
        required=required,
        default=UNSET if required else default,
        factory=None if required else factory,
    )


def _default(part: Part) -> tuple[Any, Any]:
    """Split a default into a value and what makes one."""
    given = part.default
    if part.role == "many":
        return msgspec.UNSET, None
    if given is msgspec.NODEFAULT:
        return UNSET, None
    default = getattr(given, "default", given)
    factory = getattr(given, "default_factory", msgspec.NODEFAULT)
    if factory is not msgspec.NODEFAULT:
        return UNSET, factory
    if type(default) in (list, dict, set):
        return UNSET, default.__class__
    return default, None


def _list_of(model: Any) -> Any:
    return list[model]


def _needed(part: Part) -> bool:
    return part.default is msgspec.NODEFAULT


def hint_of_value(model: Any, part: Part) -> Any:
    """Find the type of what a field has, or of the key of what it points to."""
    if part.role == "one":
        return _key_hint(model, part)
    marks = tuple(mark for mark in part.marks if not isinstance(mark, _OWN))
    return Annotated[(part.plain, *marks)] if marks else part.plain


def _key_hint(model: Any, part: Part) -> Any:
    """Find what the key of the other object is, with its marks."""
    target = Step(model, part).target
    return hint_of_value(target, target.__model__.key[0])


def _also_none(part: Part, hint: Any) -> Any:
    return hint | None if part.nullable else hint
