"""The shape of a type: what handlers, checks, documents and forms read of it.

A hint is read once, by `describe`, into the frozen data below; whoever needs to know
something about a type asks its shape and not the many spellings a hint may have.

    kind         what it is            Kind.LIST, Kind.RECORD, Kind.DECIMAL ...
    hint         the type by itself    without its marks and without None
    inner        the types inside      of items, of key and value, of a union's members
    fields()     the named parts       of a record or a row, read when asked for

Only `fields()` is lazy: a record may contain itself, so its fields are described when
somebody looks at them, one level at a time.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import Enum
from typing import Any, Final

from segue.core.types import UNSET

__all__ = [
    "NO_BOUNDS",
    "NO_NOTES",
    "NUMBERS",
    "SCALARS",
    "SIZED",
    "Bounds",
    "Field",
    "Kind",
    "Notes",
    "Shape",
    "no_fields",
]


class Kind(Enum):
    """What a type is, whatever library it was written with."""

    # That of Enum is written in Python, and kinds are looked up everywhere.
    __hash__ = object.__hash__

    ANY = "any"
    """`Any`, `object`, `msgspec.Raw`: every value fits."""
    NONE = "none"
    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    STR = "str"
    BYTES = "bytes"
    DECIMAL = "decimal"
    UUID = "uuid"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    TIMEDELTA = "timedelta"
    ENUM = "enum"
    """`values` has what its members are on the wire; of flags it has none."""
    LITERAL = "literal"
    """`values` has what may be there; None among them makes it nullable instead."""
    LIST = "list"
    """Any number of items in order, also `Sequence[T]` and `tuple[T, ...]`."""
    SET = "set"
    TUPLE = "tuple"
    """So many items as there are in `inner`, each of its own type."""
    MAPPING = "mapping"
    """`inner` has the type of the keys and that of the values."""
    RECORD = "record"
    """Named fields, an object on the wire: Struct, dataclass, TypedDict, attrs."""
    ROW = "row"
    """Named fields, an array on the wire: NamedTuple, Struct with `array_like`."""
    UNION = "union"
    """Two or more members in `inner`; None is none of them but `nullable`."""
    FOREIGN = "foreign"
    """A class that describes, reads and writes itself: a pydantic model."""
    OTHER = "other"
    """A class whose values are no data: whoever describes it says that it may be
    anything, whoever decodes it cannot."""


SCALARS: Final = frozenset(
    {
        Kind.BOOL,
        Kind.INT,
        Kind.FLOAT,
        Kind.STR,
        Kind.BYTES,
        Kind.DECIMAL,
        Kind.UUID,
        Kind.DATE,
        Kind.DATETIME,
        Kind.TIME,
        Kind.TIMEDELTA,
        Kind.ENUM,
        Kind.LITERAL,
    }
)
"""The kinds that one piece of text can be."""

NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT, Kind.DECIMAL})
"""The kinds that a numeric limit is about."""

SIZED: Final = frozenset(
    {Kind.STR, Kind.BYTES, Kind.LIST, Kind.SET, Kind.TUPLE, Kind.MAPPING}
)
"""The kinds that have a length."""


def _short(self: Any) -> str:
    """Write what differs from the defaults; most of a shape does not."""
    said = (
        f"{each.name}={value!r}"
        for each in fields(self)
        if each.repr and (value := getattr(self, each.name)) != _default_of(each)
    )
    return f"{type(self).__name__}({', '.join(said)})"


def _default_of(each: Any) -> Any:
    return {} if each.default_factory is not MISSING else each.default


@dataclass(frozen=True, slots=True, repr=False)
class Bounds:
    """What a value must hold beside being of its type; all of it at once.

    Attributes:
        patterns: Regular expressions; each must be found somewhere in the text.
        tz: True wants a time with a zone, False one without; a name or a `tzinfo`
            wants that zone.
        predicates: Functions that must answer with something true.
    """

    ge: Any = None
    gt: Any = None
    le: Any = None
    lt: Any = None
    multiple_of: Any = None
    min_length: int | None = None
    max_length: int | None = None
    patterns: tuple[str, ...] = ()
    tz: Any = None
    predicates: tuple[Callable[[Any], Any], ...] = ()

    __repr__ = _short


@dataclass(frozen=True, slots=True, repr=False)
class Notes:
    """What is said about a type at the place where it is used, for its readers.

    Attributes:
        read_only: It leaves with an answer and is not taken from input.
        write_only: It is taken from input and never leaves.
        extra: Members for the JSON Schema, as `msgspec.Meta` has them.
    """

    title: str | None = None
    description: str | None = None
    examples: tuple[Any, ...] = ()
    deprecated: bool = False
    read_only: bool = False
    write_only: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])

    __repr__ = _short


NO_BOUNDS: Final = Bounds()
NO_NOTES: Final = Notes()


def no_fields() -> tuple["Field", ...]:
    """Give the fields of a type that has none."""
    return ()


@dataclass(frozen=True, slots=True, repr=False)
class Shape:
    """One type, described.

    Attributes:
        kind: What it is.
        hint: The type by itself: no marks, no None, no NewType around it.
        name: Of a class, with its arguments: `Box[int]`. Not unique.
        nullable: None is a value of it as well.
        unsettable: It may be left out on the way out (`msgspec.UnsetType`).
        inner: The shapes inside, see `Kind`.
        values: What an enum or a literal may be, as it is on the wire.
        bounds: The constraints. Those of a union are on its members already; only
            predicates and what fits no member stay with it.
        notes: What the marks say to a reader.
        marks: Every mark of the hint, the inner ones first, known or not.
        doc: The docstring of the class.
        tag_field: The field that tells the members of a union apart.
        tag: The value which that field has for this class.
        forbids_unknown: A field that the record does not have is an error.
        fields: Call it to read the fields of a record or a row. Those of a foreign
            class are its own affair.
    """

    kind: Kind
    hint: Any
    name: str | None = None
    nullable: bool = False
    unsettable: bool = False
    inner: tuple["Shape", ...] = ()
    values: tuple[Any, ...] = ()
    bounds: Bounds = NO_BOUNDS
    notes: Notes = NO_NOTES
    marks: tuple[Any, ...] = ()
    doc: str | None = None
    tag_field: str | None = None
    tag: str | int | None = None
    forbids_unknown: bool = False
    fields: Callable[[], tuple["Field", ...]] = field(
        default=no_fields, repr=False, compare=False
    )

    __repr__ = _short


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record or a row.

    Attributes:
        name: The attribute, or the key of a TypedDict.
        wire: The name in JSON; another one when the class renames it.
        hint: The type as it is annotated, marks and all.
        shape: That type, described.
        required: Input must have it.
        always: Whatever leaves has it: false where defaults are left out.
        default: Taken when input does not have it; `UNSET` when there is none, or
            when a factory makes it.
        factory: Makes the default anew each time.
    """

    name: str
    wire: str
    hint: Any
    shape: Shape
    required: bool = True
    always: bool = True
    default: Any = UNSET
    factory: Callable[[], Any] | None = None
