"""Models: a class with plain hints is a record, a table and the words to ask for it.

    class Book(Model):
        title: Annotated[str, MaxLen(120)]
        author: Author                      # column author_id
        tags: Many["Tag"] = many()

An object is a msgspec Struct: small, fast, encoded as it is. On the class each field is
an expression instead: `Book.title == "x"` is a condition.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Final, Self, cast, dataclass_transform

import msgspec
from msgspec import UNSET, Struct

from segue.core.schema.shape import Shape
from segue.db.defaults import many, one, server
from segue.db.description import Description, told_of
from segue.db.making import ModelMeta
from segue.db.query import Words

__all__ = ["Model"]

_set_field: Final[Any] = Struct.__setattr__


@dataclass_transform(kw_only_default=True, field_specifiers=(many, one, msgspec.field))
class Model(Struct, Words, metaclass=ModelMeta):
    """The root of all models."""

    __model__: ClassVar[Description]
    __names__: ClassVar[dict[str, Any]] = {}
    __aliases__: ClassVar[dict[str, str]] = {}
    __stored__: ClassVar[frozenset[str]] = frozenset()
    __needs_view__: ClassVar[bool] = True

    id: int = server("")

    def __setattr__(self, name: str, value: Any) -> None:
        # The constructor does not come here; what does is a change.
        cls = type(self)
        if name in cls.__stored__:
            _set_field(self, name, value)
            state = _state_of(self)
            changed = state.get("_changed")
            if changed is None:
                state["_changed"] = {cls.__aliases__.get(name, name)}
            else:
                changed.add(cls.__aliases__.get(name, name))
        elif name in cls.__names__ or hasattr(cls, name):
            _set_field(self, name, value)
        else:
            raise AttributeError(f"{cls.__name__} has no field {name!r}")

    @classmethod
    def __shape__(cls) -> Shape:
        """Describe the model to whoever reads types."""
        from segue.db.shapes import model_shape  # noqa: PLC0415 - not every app needs it

        return model_shape(cls)

    @classmethod
    def __of_path__(cls, asked: Any) -> Any:
        """Make what loads an object by a value of the path."""
        from segue.db.path_values import loader_of  # noqa: PLC0415 - as above

        return loader_of(cls, asked)

    def __to_path__(self, field: str | None) -> Any:
        """Give what stands for the object in a path."""
        from segue.db.path_values import path_value  # noqa: PLC0415 - as above

        return path_value(self, field)

    @classmethod
    def __as_is__(cls) -> bool:
        """Tell whether an object leaves as it is: nothing in it is hidden."""
        from segue.db.shapes import is_open  # noqa: PLC0415 - not every app needs it

        return is_open(cls)

    def __key__(self) -> Any:
        """Give the primary key: a value, or a tuple of a composite one."""
        return type(self).__model__.kept["key"](self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        key = _known_key(self)
        return key is not None and key == _known_key(other)

    def __hash__(self) -> int:
        key = _known_key(self)
        return id(self) if key is None else hash((type(self), key))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in _shown(self))
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> Any:
        cls = type(self)
        slots = cls.__model__.slots
        values = tuple(slots[part.name](self) for part in cls.__model__.parts)
        return _restored, (cls, values), dict(self.__dict__) or None

    def __replace__(self, **changes: Any) -> Self:
        """Make a copy with other values; the copy knows what was changed in it."""
        return cast("Self", _copied(self, changes))

    def __copy__(self) -> Self:
        return cast("Self", _copied(self, {}))

    def __setstate__(self, state: dict[str, Any]) -> None:
        _state_of(self).update(state)


def _state_of(thing: Any) -> dict[str, Any]:
    """Get what is known about the state of an object."""
    state: dict[str, Any] = thing.__dict__
    return state


def _known_key(thing: Any) -> Any:
    key = thing.__key__()
    absent = key is UNSET or (key.__class__ is tuple and UNSET in key)
    return None if absent else key


def _shown(thing: Model) -> Iterator[tuple[str, Any]]:
    told = type(thing).__model__
    for part in (*told.key, *(each for each in told.parts if not each.is_key)):
        value = told.slots[part.name](thing)
        if value is not UNSET:
            yield part.name, "..." if told.is_hidden(part) else value


def _restored(cls: Any, values: tuple[Any, ...]) -> Any:
    return cls.__model__.make(*values)


def _copied(thing: Any, changes: dict[str, Any]) -> Any:
    told = told_of(thing)
    made = told.make(*(told.slots[part.name](thing) for part in told.parts))
    state = thing.__dict__
    for name in ("_new", "_changed"):
        if name in state:
            made.__dict__[name] = state[name] if name == "_new" else {*state[name]}
    for name, value in changes.items():
        setattr(made, name, value)
    return made
