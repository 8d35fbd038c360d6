"""How a relation goes from one table to another.

to one    Book.author     the row itself has the key: book.author_id -> author.id
back      Author.books    the other rows have it:     book.author_id -> author.id
link      Book.tags       a table between them has both keys
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

from segue.db.description import Part
from segue.db.mistakes import ModelError
from segue.db.paths import Step

__all__ = ["Way", "find_way", "single_key"]


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """How a relation goes.

    Attributes:
        kind: See above.
        owner: The model that it begins at.
        target: The model that it ends at.
        back: Of `back`: the field of the target that points to the owner.
        link: Of `link`: the name of the table between.
        near: Of `link`: its column with the key of the owner.
        far: Of `link`: its column with the key of the target.
        through: Of `link`: the model of that table, where there is one.
    """

    kind: Literal["to one", "back", "link"]
    owner: Any
    target: Any
    back: Part | None = None
    link: str = ""
    near: str = ""
    far: str = ""
    through: Any = None


def find_way(step: Step) -> Way:
    """Find how a relation goes; kept with the model.

    Raises:
        ModelError: It could go several ways, or none.
    """
    kept = step.owner.__model__.kept
    found: Way | None = kept.get(("way", step.name))
    if found is None:
        found = kept["way", step.name] = _found(step)
    return found


def single_key(model: Any, by: str) -> Part:
    """Get the one field of the key of a model.

    Raises:
        ModelError: The key has several, so that no one column can hold it.
    """
    key: tuple[Part, ...] = model.__model__.key
    if len(key) == 1:
        return key[0]
    raise ModelError(
        "SG-DB-009",
        f"{by} would hold the key of {model.__name__}, which has {len(key)} columns.",
        why="A relation is stored in one column.",
        fix=f"Give {model.__name__} a key of its own, and a rule for the several: "
        f"__rules__ = (Unique({', '.join(repr(p.name) for p in key)}),).",
        where=[model.__model__.place],
    )


def _found(step: Step) -> Way:
    owner, part, target = step.owner, step.part, step.target
    name = f"{owner.__name__}.{part.name}"
    if part.role == "one":
        single_key(target, name)
        return Way("to one", owner, target)
    single_key(owner, name)
    said = part.related
    if said.through is not None:
        return _through(step, owner.__registry__.resolve(said.through, name))
    reverse = target.__model__.part(said.by) if said.by else None
    if reverse is not None and reverse.role == "many":
        way = find_way(Step(target, reverse))
        return replace(way, owner=owner, target=owner and way.owner, near=way.far,
                       far=way.near)  # fmt: skip
    back = _pointing(target, owner)
    if said.by or (back and not said.link):
        return Way("back", owner, target, back=_chosen(step, back))
    if said.single:
        raise _no_way(step)
    return _linked(step)


def _pointing(model: Any, to: Any) -> list[Part]:
    """List the relations to one of a model that lead to another."""
    return [
        part
        for part in model.__model__.stored
        if part.role == "one" and Step(model, part).target is to
    ]


def _chosen(step: Step, back: list[Part]) -> Part:
    by = step.part.related.by
    chosen = [part for part in back if by is None or part.name == by]
    if len(chosen) == 1:
        return chosen[0]
    target, owner = step.target.__name__, step.owner.__name__
    names = ", ".join(f"{target}.{part.name}" for part in back) or "none"
    raise ModelError(
        "SG-DB-008",
        f"{step!r} could be the other side of several relations, or of none: {names}.",
        why=f"Those of {target} that lead to {owner} are looked at.",
        fix=f'Say which: {step.name}: Many["{target}"] = many(by="...").',
        where=[step.owner.__model__.place],
    )


def _no_way(step: Step) -> ModelError:
    target, owner = step.target.__name__, step.owner.__name__
    return ModelError(
        "SG-DB-008",
        f"{step!r} is the other side of a relation that {target} does not have.",
        why="One of two objects must have the key of the other.",
        fix=f"Add to {target}: {owner.lower()}: Annotated[{owner}, Unique()].",
        where=[step.owner.__model__.place],
    )


def _linked(step: Step) -> Way:
    owner, target = step.owner, step.target
    single_key(target, repr(step))
    one, other = owner.__model__.table, target.__model__.table
    link = step.part.related.link or "_".join(sorted((one, other)))
    far = f"{other}_id" if one != other else f"other_{other}_id"
    return Way("link", owner, target, link=link, near=f"{one}_id", far=far)


def _through(step: Step, through: Any) -> Way:
    owner, target = step.owner, step.target
    near, far = _pointing(through, owner), _pointing(through, target)
    if owner is target and len(near) == 2:  # noqa: PLR2004 - from and to
        near, far = near[:1], near[1:]
    if len(near) != 1 or len(far) != 1:
        raise ModelError(
            "SG-DB-010",
            f"{step!r} goes through {through.__name__}, which does not link the two.",
            why="It must have one relation to each of them.",
            fix=f"Give {through.__name__} one relation to {owner.__name__} and one to "
            f"{target.__name__}.",
            where=[through.__model__.place],
        )
    return Way(
        "link",
        owner,
        target,
        link=through.__model__.table,
        near=f"{near[0].column.name or near[0].name + '_id'}",
        far=f"{far[0].column.name or far[0].name + '_id'}",
        through=through,
    )
