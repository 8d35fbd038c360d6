"""What the fields of a model are on its class: expressions and paths."""

from typing import Any

from segue.db.description import Description
from segue.db.expressions import ColumnExpression, Ref
from segue.db.paths import Path, Step

__all__ = ["names_of"]


def names_of(told: Description) -> dict[str, Any]:
    """Make what stands for the fields of a model."""
    names: dict[str, Any] = {}
    for part in told.parts:
        if part.role == "column":
            names[part.name] = ColumnExpression(Ref(told.model, (), part))
            continue
        names[part.name] = Path(told.model, (Step(told.model, part),))
        if part.role == "one":
            ref = Ref(told.model, (), part)
            names[f"{part.name}_id"] = ColumnExpression(ref)
    return names
