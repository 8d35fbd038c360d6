"""Types beyond the first names: marks of fields, names of views, shapes.

    from segue.schema import Describe, Named, Pattern

The views themselves, `Create`, `Patch` and `Read`, are in `segue`. `shown(account)` is
what of a value leaves without a declared type, for a `Response` that is made by hand.
"""

from segue.core.handlers.showing import show_untyped as shown
from segue.core.schema.describe import describe
from segue.core.schema.marks import Describe, Pattern, ReadOnly, WriteOnly
from segue.core.schema.refining import Named
from segue.core.schema.shape import Bounds, Field, Kind, Notes, Shape
from segue.core.schema.views import Incoming, incoming, is_viewed, shown_as, taken_as

__all__ = [
    "Bounds",
    "Describe",
    "Field",
    "Incoming",
    "Kind",
    "Named",
    "Notes",
    "Pattern",
    "ReadOnly",
    "Shape",
    "WriteOnly",
    "describe",
    "incoming",
    "is_viewed",
    "shown",
    "shown_as",
    "taken_as",
]
