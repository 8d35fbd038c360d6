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

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

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
from segue.resources.choices import names_hint
from segue.resources.filters import Filters
from segue.resources.hints import applied, list_of, marked
from segue.resources.made import Making, StoreDoor, made_handler
from segue.resources.match import Match, PreconditionRequired
from segue.resources.matching import value_of
from segue.resources.operations import Operations, Steps
from segue.resources.page import Page, PageSize
from segue.resources.paged import Paged
from segue.resources.query import Found
from segue.resources.records import fields_by_name, pick
from segue.resources.selection import Selection
from segue.resources.setup import Setup
from segue.resources.sorting import (
    check_sortable,
    parse_order,
    total_order,
    wanted_order,
)
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
        in_order = [pick(readable, o.field, "order=", place) for o in self._default]
        for field in (*sortable, *in_order, self._key):
            check_sortable(field, place)
        self._known = known
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
        made = make()
        function = made_handler(part, made, self._door, self._place)
        return DeclaredRoute(
            path=path,
            methods=frozenset((method,)),
            function=function,
            name=part,
            host=None,
            when=(),
            options=made.options,
            place=self._place,
        )

    # -- one part each

    def _list(self) -> Making:
        setup = self._setup
        size = PageSize(setup.page_size, setup.max_page_size, cursor=setup.cursor)
        hints: dict[str, Any] = {
            "filter": self._filters.type,
            "page": marked(Page, size),
        }
        if self._sortable:
            words = f"{', '.join(self._sortable)}; with - in front descending."
            hints["sort"] = names_hint(self._sortable, words, signed=True), None
        items = self._views.read
        if self._selection is not None:
            items = self._selection.type
            hints["fields"] = self._selected(self._selection), None
        words = f"List {self._title} items."
        return Making(words, self._list_steps, hints, applied(Paged, items))

    def _list_steps(
        self,
        filter: Any,  # noqa: A002 - the name of the parameter
        page: Page,
        sort: str | None = None,
        fields: str | None = None,
    ) -> Steps[Paged[Any]]:
        selection = self._selection
        chosen = () if selection is None else selection.wanted(fields)
        asked = [
            msgspec.structs.replace(each, field=self._sortable[each.field].name)
            for each in wanted_order(sort or "", self._sortable)
        ]
        order = total_order(asked or self._default, self._key.name)
        hints = [bare(self._known[each.field].hint) for each in order]
        query = page.query(order, hints, self._filters.conditions(filter))
        if fields is not None:
            names = dict.fromkeys([f.name for f in chosen] + [o.field for o in order])
            query = msgspec.structs.replace(query, fields=tuple(names))
        found: Found[T] = yield "find", query
        answer: Paged[Any] = page.answer(found, order, hints)
        return answer if selection is None else selection.cut_all(answer, chosen)

    def _read(self) -> Making:
        hints, returns = self._keyed(), self._views.read
        if self._selection is not None:
            hints["fields"] = self._selected(self._selection), None
            returns = self._selection.type
        options = {"raises": (NotFound,), "headers": self._tag}
        body = self._of_key(self._read_steps)
        return Making(f"Read one {self._title}.", body, hints, returns, options)

    def _read_steps(self, key: Any, fields: str | None = None) -> Steps[Any]:
        selection = self._selection
        chosen = () if selection is None else selection.wanted(fields)
        item = yield from self._operations.read(key)
        if selection is None:
            return item
        # The tag is that of the whole item, which a change is about.
        tag = {"etag": f'"{self.etag(item)}"'}
        return JSON(selection.cut(item, chosen), headers=tag)

    def _create(self) -> Making:
        options = {"status": 201, "raises": (Conflict,), "headers": self._located}
        hints, returns = {"new": self._views.create}, self._views.read
        body = self._operations.create
        return Making(f"Create a {self._title}.", body, hints, returns, options)

    def _update(self) -> Making:
        hints = {**self._keyed(), "change": self._views.patch, "match": Match}
        options = {"raises": self._raises(), "headers": self._tag}
        words = f"Change some fields of a {self._title}."
        body = self._of_key(self._operations.update)
        return Making(words, body, hints, self._views.read, options)

    def _put(self) -> Making:
        hints = {**self._keyed(), "new": self._views.create, "match": Match}
        options: dict[str, Any] = {"raises": self._raises(), "headers": self._tag}
        words = f"Replace a {self._title}."
        if self._views.has_key:
            words = f"Create a {self._title}, or replace it."
            options["responses"] = {201: self._views.read}
        body = self._of_key(self._operations.put)
        return Making(words, body, hints, self._views.read, options)

    def _delete(self) -> Making:
        hints = {**self._keyed(), "match": Match}
        options = {"status": 204, "raises": self._raises()}
        body = self._of_key(self._operations.delete)
        return Making(f"Delete a {self._title}.", body, hints, None, options)

    # -- many at once

    def _create_many(self) -> Making:
        hints = {"new": self._several(self._views.create)}
        options = {"status": 201, "raises": (Conflict,)}
        words = f"Create several {self._title} items: all of them, or none."
        returns = list_of(self._views.read)
        return Making(words, self._operations.create_many, hints, returns, options)

    def _update_many(self) -> Making:
        key, demands = self._key, self._setup.require_match
        change: Any = msgspec.defstruct(
            f"{self._title}Change",
            [
                (key.name, bare(key.hint)),
                ("change", self._views.patch),
                ("etag", str) if demands else ("etag", str | None, None),
            ],
            rename={key.name: key.wire},
        )
        change.__doc__ = f"A change of the {self._title} of a key."
        hints = {"changes": self._several(change)}
        options = {"raises": (NotFound, Conflict, PreconditionFailed)}
        words = f"Change several {self._title} items: all of them, or none."
        returns = list_of(self._views.read)
        return Making(words, self._operations.update_many, hints, returns, options)

    def _delete_many(self) -> Making:
        mark = FromQuery(self._key.wire, description=f"The {self._key.wire} of each.")
        hints = {"keys": marked(self._several(bare(self._key.hint)), mark)}
        options = {"status": 204, "raises": (NotFound, Conflict)}
        words = f"Delete several {self._title} items: all of them, or none."
        return Making(words, self._operations.delete_many, hints, None, options)

    # -- what several have

    def _keyed(self) -> dict[str, Any]:
        return {self._path_name: self._key.hint}

    def _of_key(self, steps: Callable[..., Steps[Any]]) -> Callable[..., Steps[Any]]:
        """Give an operation its key, whatever the path calls it."""

        def of_key(**values: Any) -> Steps[Any]:
            return steps(values.pop(self._path_name), **values)

        return of_key

    def _several(self, hint: Any) -> Any:
        return marked(list_of(hint), MinLen(1), MaxLen(self._setup.bulk))

    def _selected(self, selection: Selection) -> Any:
        words = f"Only these fields: some of {', '.join(selection.names)}."
        return names_hint(selection.names, words)

    def _raises(self) -> tuple[type[HTTPError], ...]:
        demanded = (PreconditionRequired,) if self._setup.require_match else ()
        return NotFound, Conflict, PreconditionFailed, *demanded

    def _tag(self, item: Any, _request: Request) -> dict[str, str]:
        return {"etag": f'"{self.etag(item)}"'}

    def _located(self, item: Any, request: Request) -> dict[str, str]:
        below = quote_path(request.root_path + request.path).rstrip("/")
        key = msgspec.to_builtins(value_of(item, self._key.name), enc_hook=str)
        location = f"{below}/{quote_path(str(key), slashes=False)}"
        return {**self._tag(item, request), "location": location}


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
