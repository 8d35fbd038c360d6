"""Load: what is loaded of the objects in an answer, before it leaves.

    @app.get("/books")
    def books(db: Db) -> list[Annotated[Read[Book], Load(Book.author, Book.tags)]]:
        return db.all(Book)

What a handler loaded itself is not asked for again. Of everything else there is one
query for each relation, however many objects the answer has.
"""

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias, cast

from segue.core.handlers.inputs import bare, has_fields
from segue.core.schema.describe import describe, marks_of
from segue.db.async_session import AsyncDb
from segue.db.command import Steps
from segue.db.faces import face_of
from segue.db.mistakes import QueryError, caller
from segue.db.paths import Path, path_of
from segue.db.session import Db

__all__ = ["Load"]

_ARRAYS = (list, tuple, set, frozenset)
Found: TypeAlias = tuple["Load", Any]
Find: TypeAlias = Callable[[Any], Iterator[Found]]


class Load:
    """The relations that are loaded of the objects in an answer.

    Args:
        paths: As in `query.load(...)`: `Book.author`, `Book.tags.order_by(Tag.name)`.

    Raises:
        QueryError: They are no relations of one model.
    """

    __slots__ = ("model", "paths")

    def __init__(self, *paths: Any) -> None:
        self.paths = paths
        models = {path_of(_path(_checked(each)))[0] for each in paths}
        if len(models) != 1:
            raise QueryError(
                "SG-DB-051",
                f"Load{_told(paths)} is not about one model.",
                why="It says what is loaded of the objects beside which it stands.",
                fix="Write Load(Book.author, Book.tags) beside Read[Book].",
                where=[caller()],
            )
        self.model: Any = models.pop()

    def __repr__(self) -> str:
        return f"Load{_told(self.paths)}"

    def __prepare__(self, returns: Any, is_async: bool) -> Callable[..., Any]:
        """Make what loads the relations of a whole answer."""
        find = _finder(returns) or _nothing
        return _preparer(self.model, find, is_async=is_async)


def _preparer(model: Any, find: Find, *, is_async: bool) -> Callable[..., Any]:
    def loads(db: Any) -> Any:
        def prepare(answer: Any) -> Any:
            found = [*find(answer)]
            if found:
                db.run(_load_all(db.logic, found))
            return answer

        return prepare

    def awaited_loads(db: Any) -> Any:
        async def prepare(answer: Any) -> Any:
            found = [*find(answer)]
            if found:
                await db.run(_load_all(db.logic, found))
            return answer

        return prepare

    made = awaited_loads if is_async else loads
    made.__name__ = "loads_for_the_answer"
    made.__annotations__ = {"db": face_of(model, AsyncDb if is_async else Db)}
    return made


def _load_all(logic: Any, found: list[Found]) -> Steps[None]:
    """Load what is missing of everything that was found."""
    by: dict[int, tuple[Load, list[Any]]] = {}
    for load, each in found:
        by.setdefault(id(load), (load, []))[1].append(each)
    for load, objects in by.values():
        yield from logic.load_absent(objects, load.paths)


# -- where the objects are in an answer


def _finder(hint: Any) -> Find | None:
    """Build what finds the objects of each `Load` in a value of a type.

    Returns:
        None where there can be none.
    """
    plain = bare(hint)
    finds = [_objects(mark) for mark in marks_of(hint) if isinstance(mark, Load)]
    if (inner := _inner(plain, typing.get_args(plain))) is not None:
        finds.append(inner)
    return _chained(finds)


def _inner(plain: Any, arguments: tuple[Any, ...]) -> Find | None:
    origin: Any = typing.get_origin(plain)
    if origin is None:
        return None
    if origin is tuple and ... not in arguments:
        return _places([_finder(each) for each in arguments])
    if has_fields(origin):
        hints = ((field.name, field.hint) for field in describe(plain).fields())
        finds = {name: find for name, hint in hints if (find := _finder(hint))}
        return _fields(finds) if finds else None
    if isinstance(origin, type) and issubclass(origin, Mapping):
        item = _finder(arguments[-1])
        return item and _items(item)
    inner = _chained([find for each in arguments if (find := _finder(each))])
    if inner is not None and isinstance(origin, type) and issubclass(origin, Iterable):
        return _each(inner)
    return inner  # of a union, which the objects themselves tell


def _objects(load: Load) -> Find:
    def find(value: Any) -> Iterator[Found]:
        # The mark may stand on the list as well.
        several = cast("Any", value if isinstance(value, _ARRAYS) else (value,))
        for each in several:
            if isinstance(each, load.model):
                yield load, each

    return find


def _chained(finds: list[Find]) -> Find | None:
    if len(finds) < 2:  # noqa: PLR2004 - one is itself
        return finds[0] if finds else None
    return lambda value: (each for find in finds for each in find(value))


def _places(finds: list[Find | None]) -> Find | None:
    if not any(finds):
        return None

    def find(value: Any) -> Iterator[Found]:
        # An answer and its status, of which the status may be left out.
        values = cast("Any", value if isinstance(value, tuple) else (value,))
        for each, inner in zip(values, finds, strict=False):
            if inner is not None:
                yield from inner(each)

    return find


def _each(inner: Find) -> Find:
    def find(value: Any) -> Iterator[Found]:
        several = cast("Any", value if isinstance(value, _ARRAYS) else ())
        for each in several:
            yield from inner(each)

    return find


def _items(inner: Find) -> Find:
    def find(value: Any) -> Iterator[Found]:
        items = cast("Any", value if isinstance(value, Mapping) else {})
        for each in items.values():
            yield from inner(each)

    return find


def _fields(finds: Mapping[str, Find]) -> Find:
    def find(value: Any) -> Iterator[Found]:
        for name, inner in finds.items():
            yield from inner(getattr(value, name, None))

    return find


def _nothing(_value: Any) -> Iterator[Found]:
    return iter(())


# -- what is to be loaded


def _path(load: Any) -> Any:
    return load if isinstance(load, Path) else load.via


def _checked(load: Any) -> Any:
    """Refuse what is no relation.

    Raises:
        QueryError: It is a column, a text, or a query of its own.
    """
    if isinstance(load, Path) or getattr(load, "via", None) is not None:
        return load
    raise QueryError(
        "SG-DB-051",
        f"Load({load!r}) names no relation.",
        why="Only what a relation leads to can be loaded.",
        fix="Write it as in query.load(...): Load(Book.author, Book.tags).",
        where=[caller()],
    )


def _told(paths: tuple[Any, ...]) -> str:
    return f"({', '.join(repr(_path(each)) for each in paths)})"
