"""The routes of a resource: for each part its path, its handler and what it answers.

For each part a handler is made whose parameters have the names and types that a user
would write:

    list     filter: TagFilter, page: Page, sort: str = ""     Paged[Read[Tag]]
    read     id: int                                           Read[Tag]
    create   new: Create[Tag]                                  Read[Tag], 201
    update   id: int, change: Patch[Tag], match: Match         Read[Tag]
    put      id: int, new: Create[Tag], match: Match           Read[Tag], 200 or 201
    delete   id: int, match: Match                             None, 204

and for many at once, at `/bulk`, where the item of that key has no such methods:

    create_many   new: list[Create[Tag]]                       list[Read[Tag]], 201
    update_many   changes: list[TagChange]                     list[Read[Tag]]
    delete_many   ?id=1&id=2                                   None, 204

What they do is in `operations.py`; `made.py` makes functions of them.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
from annotated_types import MaxLen, MinLen

from segue.core.errors import (
    Conflict,
    HTTPError,
    NotFound,
    PlanError,
    PreconditionFailed,
)
from segue.core.handlers.inputs import bare
from segue.core.handlers.sources import FromQuery
from segue.core.http.request import Request
from segue.core.http.response import JSON
from segue.core.http.urls import quote_path
from segue.core.kernel.declarations import DeclaredRoute
from segue.resources.filters import Filters
from segue.resources.made import StoreDoor, made_handler
from segue.resources.match import Match, PreconditionRequired
from segue.resources.operations import Operations, Steps
from segue.resources.page import Page, PageSize
from segue.resources.paged import Paged
from segue.resources.query import Found
from segue.resources.records import RecordField, fields_by_name, pick
from segue.resources.selection import Selection
from segue.resources.setup import Setup
from segue.resources.sorting import parse_order, total_order, wanted_order
from segue.resources.tagging import tagger
from segue.resources.views import Views

__all__ = ["Blueprint"]

T = TypeVar("T")

_OWN_NAMES: Final = frozenset(
    ("change", "changes", "fields", "filter", "match", "new", "page", "sort", "store")
)
_METHODS: Final = ("get", "find", "insert", "update", "delete")
_OF_MANY: Final = ("insert_many", "update_many", "delete_many")


class Blueprint(Generic[T]):
    """Makes the routes of a resource.

    Args:
        type: The type of the items.
        setup: The options of the resource.
        place: Where it was declared.

    Attributes:
        etag: Tells the tag of an item.
    """

    def __init__(self, type: type[T], setup: Setup, place: str) -> None:  # noqa: A002 - as msgspec calls it
        known = fields_by_name(type, place)
        self._setup = setup
        self._place = place
        self._title = type.__name__
        seen = {name: field for name, field in known.items() if field.leaves}
        self._key = pick(seen, setup.key, "key=", place)
        self._views: Views[T] = Views(type, known, setup.key)
        readable = self._views.readable
        if setup.version is not None:
            pick(known, setup.version, "version=", place)
        self.etag: Callable[[T], str] = tagger(self._views.read, setup.version)
        self._operations = Operations(
            self._views,
            self._title,
            (self._key.name, self._key.wire),
            self.etag,
            demands=setup.require_match,
        )
        self._filters = Filters(setup.filters, readable, self._title, place)
        self._selection = Selection(self._title, readable) if setup.fields else None
        sortable = [pick(readable, name, "sort=", place) for name in setup.sort]
        self._sortable = {field.wire: field for field in sortable}
        self._default = parse_order(setup.order)
        for each in self._default:
            pick(readable, each.field, "order=", place)
        self._hints: Mapping[str, RecordField] = known
        _check_store(setup, place)
        self._door = StoreDoor(setup.store)
        name = self._key.name
        self._path_name = f"{name}_" if name in _OWN_NAMES else name

    def route(self, part: str) -> DeclaredRoute:
        """Make the route of a part."""
        path, method, make = {
            "list": ("", "GET", self._list),
            "read": (f"/{{{self._path_name}}}", "GET", self._read),
            "create": ("", "POST", self._create),
            "update": (f"/{{{self._path_name}}}", "PATCH", self._update),
            "put": (f"/{{{self._path_name}}}", "PUT", self._put),
            "delete": (f"/{{{self._path_name}}}", "DELETE", self._delete),
            "create_many": ("/bulk", "POST", self._create_many),
            "update_many": ("/bulk", "PATCH", self._update_many),
            "delete_many": ("/bulk", "DELETE", self._delete_many),
        }[part]
        words, body, signature, options = make()
        return DeclaredRoute(
            path=path,
            methods=frozenset((method,)),
            function=made_handler(
                part, words, body, signature, self._door, self._place
            ),
            name=part,
            host=None,
            when=(),
            options=options,
            place=self._place,
        )

    # -- one part each: its words, what it does, its signature, its options

    def _list(self) -> Any:
        setup = self._setup
        size = PageSize(setup.page_size, setup.max_page_size, cursor=setup.cursor)
        hints: dict[str, Any] = {
            "filter": self._filters.type,
            "page": Annotated[Page, size],
        }
        if self._sortable:
            words = f"{_names(self._sortable)}; with - in front descending."
            hints["sort"] = Annotated[str, FromQuery(description=words)], ""
        items = self._views.read
        if self._selection is not None:
            items = self._selection.type
            hints["fields"] = self._selected(), None
        signature = hints, Paged[items]
        return f"List {self._title} items.", self._list_steps, signature, {}

    def _list_steps(
        self,
        filter: Any,
        page: Page,
        sort: str = "",
        fields: str | None = None,
    ) -> Steps[Paged[Any]]:
        chosen = self._chosen(fields)
        wanted = wanted_order(sort, self._sortable) if sort else ()
        asked = [
            msgspec.structs.replace(each, field=self._sortable[each.field].name)
            for each in wanted
        ]
        order = total_order(asked or self._default, self._key.name)
        hints = [bare(self._hints[each.field].hint) for each in order]
        query = page.query(order, hints, self._filters.conditions(filter))
        found: Found[T] = yield "find", query
        answer: Paged[Any] = page.answer(found, order, hints)
        if chosen is not None and self._selection is not None:
            answer = self._selection.cut_all(answer, chosen)
        return answer

    def _read(self) -> Any:
        hints, returns = self._keyed(), self._views.read
        if self._selection is not None:
            hints["fields"] = self._selected(), None
            returns = self._selection.type
        options = {"raises": (NotFound,), "headers": self._tag}
        return f"Read one {self._title}.", self._read_steps, (hints, returns), options

    def _read_steps(self, fields: str | None = None, **path: Any) -> Steps[Any]:
        chosen = self._chosen(fields)
        item = yield from self._operations.read(path[self._path_name])
        if chosen is not None and self._selection is not None:
            # The tag is that of the whole item, which a change is about.
            cut = self._selection.cut(item, chosen)
            return JSON(cut, headers={"etag": f'"{self.etag(item)}"'})
        return item

    def _create(self) -> Any:
        signature = {"new": self._views.create}, self._views.read
        options = {"status": 201, "raises": (Conflict,), "headers": self._located}
        return f"Create a {self._title}.", self._operations.create, signature, options

    def _update(self) -> Any:
        hints = {**self._keyed(), "change": self._views.patch, "match": Match}
        return (
            f"Change some fields of a {self._title}.",
            lambda change, match, **path: self._operations.update(
                path[self._path_name], change, match
            ),
            (hints, self._views.read),
            {"raises": self._raises(Conflict), "headers": self._tag},
        )

    def _put(self) -> Any:
        hints = {**self._keyed(), "new": self._views.create, "match": Match}
        options: dict[str, Any] = {
            "raises": self._raises(Conflict),
            "headers": self._tag,
        }
        words = f"Replace a {self._title}."
        if self._views.has_key:
            words = f"Create a {self._title}, or replace it."
            options["responses"] = {201: self._views.read}
        return (
            words,
            lambda new, match, **path: self._operations.put(
                path[self._path_name], new, match
            ),
            (hints, self._views.read),
            options,
        )

    def _delete(self) -> Any:
        return (
            f"Delete a {self._title}.",
            lambda match, **path: self._operations.delete(path[self._path_name], match),
            ({**self._keyed(), "match": Match}, None),
            {"status": 204, "raises": self._raises(Conflict)},
        )

    def _create_many(self) -> Any:
        new = Annotated[list[self._views.create], *self._bounds()]
        options = {"status": 201, "raises": (Conflict,)}
        signature = {"new": new}, list[self._views.read]
        words = f"Create several {self._title} items: all of them, or none."
        return words, self._operations.create_many, signature, options

    def _update_many(self) -> Any:
        key = self._key
        change: Any = msgspec.defstruct(
            f"{self._title}Change",
            [
                (key.name, bare(key.hint)),
                ("change", self._views.patch),
                ("etag", str)
                if self._setup.require_match
                else ("etag", str | None, None),
            ],
            rename={key.name: key.wire},
            frozen=True,
        )
        signature = (
            {"changes": Annotated[list[change], *self._bounds()]},
            list[self._views.read],
        )
        options = {"raises": (NotFound, Conflict, PreconditionFailed)}
        words = f"Change several {self._title} items: all of them, or none."
        return words, self._operations.update_many, signature, options

    def _delete_many(self) -> Any:
        words = f"The {self._key.wire} of each."
        mark = FromQuery(self._key.wire, description=words)
        keys = Annotated[list[bare(self._key.hint)], mark, *self._bounds()]
        signature = {"keys": keys}, None
        options = {"status": 204, "raises": (NotFound, Conflict)}
        words = f"Delete several {self._title} items: all of them, or none."
        return words, self._operations.delete_many, signature, options

    # -- what several have

    def _keyed(self) -> dict[str, Any]:
        return {self._path_name: self._key.hint}

    def _bounds(self) -> tuple[Any, ...]:
        return MinLen(1), MaxLen(self._setup.bulk)

    def _selected(self) -> Any:
        names = () if self._selection is None else self._selection.names
        words = f"Only these fields: some of {_names(names)}."
        return Annotated[str | None, FromQuery(description=words)]

    def _chosen(self, fields: str | None) -> tuple[RecordField, ...] | None:
        return None if self._selection is None else self._selection.wanted(fields)

    def _raises(self, *others: type[HTTPError]) -> tuple[type[HTTPError], ...]:
        demanded = (PreconditionRequired,) if self._setup.require_match else ()
        return NotFound, PreconditionFailed, *others, *demanded

    def _tag(self, item: Any, _request: Request) -> dict[str, str]:
        return {"etag": f'"{self.etag(item)}"'}

    def _located(self, item: Any, request: Request) -> dict[str, str]:
        below = quote_path(request.root_path + request.path).rstrip("/")
        key = msgspec.to_builtins(getattr(item, self._key.name), enc_hook=str)
        location = f"{below}/{quote_path(str(key), slashes=False)}"
        return {**self._tag(item, request), "location": location}


def _names(names: Any) -> str:
    return ", ".join(names)


def _check_store(setup: Setup, place: str) -> None:
    """Refuse what has not the methods of a store.

    Raises:
        PlanError: Some are missing.
    """
    needed = (*_METHODS, *(_OF_MANY if setup.bulk else ()))
    missing = [
        name for name in needed if not callable(getattr(setup.store, name, None))
    ]
    if missing:
        raise PlanError(
            "SG-RES-006",
            f"The store {setup.store!r} has no {', '.join(missing)}.",
            why="The resource would call it.",
            fix="Write these methods; `segue.resources.Store` says what they take. "
            "Those for many are needed for bulk= alone.",
            where=(place,),
        )
