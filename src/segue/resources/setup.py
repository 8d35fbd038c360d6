"""What a resource may be told: its own options, read and checked once."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, TypeAlias, TypedDict, get_args

import msgspec

from segue.core.errors import PlanError, did_you_mean, nearest
from segue.core.handlers.options import KNOWN_OPTIONS

__all__ = ["PARTS", "Part", "ResourceOptions", "Setup", "read_setup"]

Part: TypeAlias = Literal[
    "list",
    "read",
    "create",
    "update",
    "put",
    "delete",
    "create_many",
    "update_many",
    "delete_many",
]
"""One of the routes of a resource; `update` is PATCH, `put` is PUT."""

PARTS: Final[tuple[Part, ...]] = get_args(Part)
_MANY: Final = ("create_many", "update_many", "delete_many")
_MOST: Final = 10_000
"""The highest size of a page and of a bulk that can be set."""


class ResourceOptions(TypedDict, total=False):
    """What `Resource` takes beside its type and prefix; and every option of a group.

    store           a store, or the type of one that a provider makes; for a model `Db`
                    or `AsyncDb`; else in memory
    key             the field that tells items apart: that of a model, else `id`
    filters         what can be asked for: `status`, `price__ge`, `name__contains`
    sort            the fields that can be sorted by
    order           how a list is sorted that nobody sorts: `-created`; else by the key
    page_size       how many items a page has where a client does not say
    max_page_size   how many a client may ask for
    cursor          a client that says nothing gets cursors, not numbers of pages
    fields          whether `?fields=id,name` is understood
    only            the parts there are; all of them by default
    bulk            how many items one request may create, change or delete; 0: one
    require_match   whether a change without `If-Match` is refused, with 428
    version         a field that changes with every change; else the ETag is a digest
    load            relations of a model that leave with its items: `Book.author`
    """

    store: Any
    key: str
    filters: Sequence[str]
    sort: Sequence[str]
    order: str
    page_size: int
    max_page_size: int
    cursor: bool
    fields: bool
    only: Sequence[Part]
    bulk: int
    require_match: bool
    version: str
    load: Any
    name: str
    host: str
    when: Any
    allow: Any
    tags: str | Sequence[str]
    raises: Any
    responses: Any
    middleware: Any
    timeout: float | None
    body_limit: int | None
    deprecated: bool
    include_in_schema: bool


class Setup(msgspec.Struct, frozen=True):
    """The options of a resource, with what is there by default."""

    store: Any = None
    key: str = ""
    filters: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    order: str = ""
    page_size: int = 20
    max_page_size: int = 100
    cursor: bool = False
    fields: bool = False
    only: tuple[str, ...] = ()
    bulk: int = 0
    require_match: bool = False
    version: str | None = None
    load: tuple[Any, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts there are."""
        return tuple(part for part in self.only or PARTS if self._has(part))

    def _has(self, part: str) -> bool:
        if part == "delete_many" and self.require_match:
            # DELETE has no body to say which states are meant.
            return False
        return part not in _MANY or self.bulk > 0


def read_setup(options: dict[str, Any], place: str) -> tuple[Setup, dict[str, Any]]:
    """Take the options of a resource apart from those of its group.

    Raises:
        PlanError: One cannot be read, or is nearly one that there is.
    """
    known = Setup.__struct_fields__
    own = {name: options[name] for name in known if name in options}
    others = {name: value for name, value in options.items() if name not in known}
    for name in others.keys() - KNOWN_OPTIONS:
        if near := nearest(name, known, 0.8):
            raise _error(
                f"There is no option {name!r}. Did you mean {near!r}?",
                f"Write {near}=...",
                place,
            )
    checks: dict[str, Callable[[Any], bool]] = {
        "only": _are_parts,
        "page_size": _is_count,
        "max_page_size": _is_count,
        "bulk": lambda value: value == 0 or _is_count(value),
    }
    for name, value in own.items():
        if name in ("filters", "sort", "only", "load"):
            value = own[name] = _several(value)  # noqa: PLW2901 - as it is kept
        kind = _KINDS[name]
        if not isinstance(value, kind) or not checks.get(name, _is_any)(value):
            raise _error(
                f"The option {name}={value!r} cannot be read."
                + _near_part(name, value),
                _WORDS.get(name, f"Give {name}= a {kind.__name__}, or leave it out."),
                place,
            )
    setup = Setup(**own)
    if setup.page_size > setup.max_page_size:
        raise _error(
            f"A page has {setup.page_size} items, and {setup.max_page_size} at most.",
            "Make page_size no more than max_page_size.",
            place,
        )
    return setup, others


_KINDS: Final[dict[str, type[Any]]] = {
    "store": object,
    "key": str,
    "filters": tuple,
    "sort": tuple,
    "order": str,
    "page_size": int,
    "max_page_size": int,
    "cursor": bool,
    "fields": bool,
    "only": tuple,
    "bulk": int,
    "require_match": bool,
    "version": str,
    "load": tuple,
}


def _several(value: Any) -> tuple[Any, ...]:
    several = isinstance(value, Iterable) and not isinstance(value, str)
    every: Any = value if several else (value,)  # pyright: ignore[reportUnknownVariableType] - of Any
    return tuple(every)


def _is_any(_value: Any) -> bool:
    return True


def _is_count(value: Any) -> bool:
    return not isinstance(value, bool) and 1 <= value <= _MOST


def _are_parts(value: tuple[Any, ...]) -> bool:
    return bool(value) and all(part in PARTS for part in value)


def _near_part(name: str, value: Any) -> str:
    if name != "only":
        return ""
    wrong = [str(part) for part in value if part not in PARTS]
    return did_you_mean(wrong[0], PARTS) if wrong else ""


_WORDS: Final = {
    "only": f"Name some of {', '.join(PARTS)}.",
    "page_size": f"Give a number from 1 to {_MOST}.",
    "max_page_size": f"Give a number from 1 to {_MOST}.",
    "bulk": f"Give a number from 0 to {_MOST}.",
}


def _error(what: str, fix: str, place: str) -> PlanError:
    return PlanError(
        "SG-RES-004",
        what,
        why="The resource would not do what was meant.",
        fix=fix,
        where=(place,),
    )
