"""Resource: list, read, create, update and delete the items of a type, in one line.

    app.include(Resource(Tag, "/tags"))

    orders = Resource(Order, "/orders", store=OrderStore, key="number",
                      filters=("status", "placed__ge"), sort=("placed",))

    @orders.replace("create")
    def place(new: Create[Order], customer: Customer, store: OrderStore) -> Read[Order]:
        return store.insert(new.for_(customer))

A Resource is a Group: guards, tags, middleware, versions and further routes are those
of any group. Its routes have ordinary typed handlers, whose signatures are made of the
type; what reads a plan has no special case for them.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, Unpack, cast

import msgspec

from segue.core.errors import PlanError, did_you_mean
from segue.core.handlers.hints import keep_names
from segue.core.handlers.options import check_options, merged_options
from segue.core.handlers.places import calling_place, place_of
from segue.core.kernel.declarations import DeclaredRoute
from segue.group import Group
from segue.resources.blueprint import Blueprint
from segue.resources.memory import MemoryStore
from segue.resources.setup import Part, ResourceOptions, Setup, read_setup

__all__ = ["Resource"]

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class Resource(Group, Generic[T]):
    """The items of a type as routes.

    Args:
        type: A Struct, a dataclass or an attrs class; its marks say which fields come
            in and which leave.
        prefix: The path of the list; one item is below it, at its key.
        options: See `ResourceOptions`.

    Raises:
        PlanError: A field, a filter, an option or a store that cannot work.

    Example:
        >>> class Tag(msgspec.Struct):
        ...     name: str
        ...     id: int = 0
        >>> tags = Resource(Tag, "/tags", only=("list", "read"))
        >>> [str(route.path) for route in tags.declarations.routes]
        ['', '/{id}']
    """

    def __init__(
        self,
        type: type[T],  # noqa: A002 - as msgspec calls it
        prefix: str,
        **options: Unpack[ResourceOptions],
    ) -> None:
        place = calling_place()
        setup, rest = read_setup(cast("dict[str, Any]", options), place)
        rest.setdefault("name", prefix.rpartition("/")[2] or None)
        super().__init__(prefix, **rest)
        setup = _with_store(type, setup, place)
        self._blueprint = Blueprint(type, setup, place)
        self._parts: dict[str, int] = {}
        for part in setup.parts:
            self._parts[part] = len(self.declarations.routes)
            self.declarations.routes.append(self._blueprint.route(part))

    def etag(self, item: T) -> str:
        """Tell the tag of an item's present state, without quotes; see `Match`."""
        return self._blueprint.etag(item)

    def replace(self, part: Part, /, **options: Any) -> Callable[[F], F]:
        """Answer one part with the decorated function, a handler like any other.

        It keeps the path, the method, the status, and the ETag of the item that it
        returns; a function that returns a `Response` says all of that itself.

        Args:
            part: Which one.
            options: Options of the route; what is not said stays as it is.

        Raises:
            PlanError: The resource has no such part.
        """
        self._changing("route")
        place = calling_place()
        if part not in self._parts:
            raise PlanError(
                "SG-RES-005",
                f"This resource has no part {part!r}.{did_you_mean(part, self._parts)}",
                why="The function would never be called.",
                fix=f"Name one of {', '.join(self._parts)}; only= and bulk= say which "
                "there are.",
                where=(place,),
            )
        check_options(options, place)

        def register(function: F) -> F:
            keep_names(function)
            index = self._parts[part]
            old = self.declarations.routes[index]
            self.declarations.routes[index] = self._replaced(old, function, options)
            return function

        return register

    def _replaced(
        self, old: DeclaredRoute, function: Callable[..., Any], options: dict[str, Any]
    ) -> DeclaredRoute:
        # A group reads what one route or several of them are given in the same way.
        own = Group(**options).declarations.options
        return msgspec.structs.replace(
            old,
            function=function,
            options=merged_options(old.options, own),
            place=place_of(function),
        )


def _with_store(kind: Any, setup: Setup, place: str) -> Setup:
    """Complete the options by a store and its key."""
    changed = msgspec.structs.replace
    if getattr(kind, "__model__", None) is not None:
        # Imported here: an app without models needs nothing of a database.
        from segue.resources.tables import with_table  # noqa: PLC0415

        return with_table(kind, setup, place)
    if setup.load:
        raise PlanError(
            "SG-RES-011",
            f"{getattr(kind, '__name__', kind)!s} is no model, so it has no relations "
            "to load.",
            why="Its store gives whole items.",
            fix="Leave load= out.",
            where=(place,),
        )
    setup = changed(setup, key=setup.key or "id")
    if setup.store is not None:
        return setup
    bring: Any = getattr(kind, "__store__", None)
    store: Any = bring(setup.key) if bring else MemoryStore(kind, key=setup.key)
    return changed(setup, store=store)
