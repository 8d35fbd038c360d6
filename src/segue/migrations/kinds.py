"""Types of columns, spelt as a migration file spells them.

A type of the app's own (a `TypeDecorator`) is spelt as what it is made of in the
database, for each dialect: a migration must still run when the class has gone, and a
change of Python code that leaves the column as it is must not ask for a migration.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator
from sqlalchemy.util import generic_repr

from segue.migrations.internals import cache_key, family, variants, without_variants
from segue.migrations.schema import Kind

__all__ = ["DIALECTS", "enum_of", "kind_of", "quote", "same_family"]

# Arguments that decide how Python sees a value, not what the column is.
_OF_PYTHON: Final = (
    "asdecimal",
    "astext_type",
    "as_uuid",
    "create_constraint",
    "decimal_return_scale",
    "none_as_null",
)
DIALECTS: Final = "from sqlalchemy.dialects import "
_DIALECTS: Final = ("sqlite", "postgresql", "mysql", "mariadb")


def kind_of(made: Any, known: dict[Any, Kind] | None = None) -> Kind:
    """Describe a type of SQLAlchemy, or a class of one.

    Args:
        made: The type.
        known: What was described before, by the key that SQLAlchemy caches types by.
    """
    type_ = sa.types.to_instance(made)
    if known is None:
        return _describe(type_)
    # SQLAlchemy computes this key for each type; a decorator's says too little.
    if isinstance(type_, sa.Enum | TypeDecorator) or variants(type_):
        return _describe(type_)
    key = cache_key(type_)
    try:
        found = known.get(key)
    except TypeError:
        return _describe(type_)
    if found is None:
        found = known[key] = _describe(type_)
    return found


def enum_of(kind: Kind, dialect: str) -> sa.Enum | None:
    """Find the enum that a dialect keeps as a type of its own."""
    made: Any = variants(kind.made).get(dialect, kind.made)
    made = getattr(made, "item_type", made)
    native = isinstance(made, sa.Enum) and made.native_enum and made.name is not None
    return made if native else None


def same_family(one: Kind, other: Kind) -> bool:
    """Whether a database turns values of one type into the other by itself."""
    a, b = family(one.made), family(other.made)
    return a is b or {a, b} <= {sa.Integer, sa.Numeric}


def quote(text: str) -> str:
    """Spell a string as the formatters of today do."""
    spelt = repr(text)
    if spelt.startswith("'") and '"' not in spelt:
        return f'"{spelt[1:-1]}"'
    return spelt


def _describe(type_: Any) -> Kind:
    imports: set[str] = set()
    made = _plain(type_)
    text = _spell(made, imports)
    return Kind(text, made, tuple(sorted(imports)))


def _plain(type_: Any) -> Any:
    """Build what the type is in the database, without classes of the app."""
    others = variants(type_)
    if others:
        made: Any = _plain(without_variants(type_))
        own = {**variants(made), **{d: _plain(v) for d, v in others.items()}}
        return _with_variants(without_variants(made), own)
    if _is_of_the_app(type_):
        return _unwrapped(type_)
    if isinstance(type_, sa.Enum):
        return _plain_enum(type_)
    if hasattr(type_, "item_type"):  # an array
        return type(type_)(_plain(type_.item_type), dimensions=type_.dimensions)
    if isinstance(type_, sa.Boolean):
        return sa.Boolean()
    return type_


def _is_of_the_app(made: Any) -> bool:
    """Whether it is a decorator that SQLAlchemy does not have itself, as `Interval`."""
    own = type(made).__module__.startswith("sqlalchemy.")
    return isinstance(made, TypeDecorator) and not own


def _unwrapped(type_: TypeDecorator[Any]) -> Any:
    found: dict[str, Any] = {}
    for name in _DIALECTS:
        dialect = _dialect(name)
        found[name] = _plain(_general(type_.load_dialect_impl(dialect), dialect))
    spelt = {name: _spell(made, set()) for name, made in found.items()}
    # What most of them have is the rule, PostgreSQL's where they are of two minds.
    rule = Counter([spelt["postgresql"], *spelt.values()]).most_common(1)[0][0]
    base = next(made for name, made in found.items() if spelt[name] == rule)
    return _with_variants(base, {n: m for n, m in found.items() if spelt[n] != rule})


def _general(made: Any, dialect: Any) -> Any:
    """Turn the type that a driver works with into the one it was made from."""
    for general, own in dialect.colspecs.items():
        if type(made) is own and issubclass(own, general):
            return made.adapt(general)
    return made


def _with_variants(made: Any, others: Mapping[str, Any]) -> Any:
    for name, variant in sorted(others.items()):
        made = made.with_variant(variant, name)
    return made


def _plain_enum(type_: Any) -> Any:
    name = type_.name
    return type_.__class__(
        *type_.enums,
        name=None if name is None else str(name),
        schema=type_.schema,
        **({"native_enum": False} if not type_.native_enum else {}),
        **({} if type_.native_enum else {"length": type_.length}),
    )


@cache
def _dialect(name: str) -> sa.Dialect:
    """Make a dialect of a name, without its driver."""
    made: sa.Dialect = sa.make_url(f"{name}://").get_dialect()()
    return made


def _spell(made: Any, imports: set[str]) -> str:
    text = _spell_one(made, imports)
    dialects: dict[str, list[str]] = {}
    for name, variant in sorted(variants(made).items()):
        dialects.setdefault(_spell_one(variant, imports), []).append(quote(name))
    for spelt, names in dialects.items():
        text += f".with_variant({spelt}, {', '.join(names)})"
    return text


def _spell_one(made: Any, imports: set[str]) -> str:
    prefix = _prefix(made, imports)
    if isinstance(made, sa.Enum):
        return prefix + _spell_enum(made)
    if hasattr(made, "item_type"):
        item = _spell(made.item_type, imports)
        more = "" if made.dimensions is None else f", dimensions={made.dimensions}"
        return f"{prefix}{type(made).__name__}({item}{more})"
    if isinstance(made, sa.JSON):
        return f"{prefix}{_class_of(made)}()"
    return prefix + generic_repr(made, omit_kwarg=_OF_PYTHON).replace("'", '"')


def _class_of(made: Any) -> str:
    return type(made).__name__


def _spell_enum(made: Any) -> str:
    parts = [quote(value) for value in made.enums]
    if made.name is not None:
        parts.append(f"name={quote(str(made.name))}")
    if made.schema is not None:
        parts.append(f"schema={quote(str(made.schema))}")
    if type(made) is sa.Enum and not made.native_enum:
        parts += ["native_enum=False", f"length={made.length}"]
    return f"{type(made).__name__}({', '.join(parts)})"


def _prefix(made: Any, imports: set[str]) -> str:
    module = type(made).__module__
    if module.startswith("sqlalchemy.dialects."):
        dialect = module.split(".")[2]
        imports.add(f"{DIALECTS}{dialect}")
        return f"{dialect}."
    if module.startswith("sqlalchemy."):
        return "sa."
    imports.add(f"import {module}")
    return f"{module}."
