"""Why a value does not fit, told without the value."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct, structs

from segue.core.types import UNSET

__all__ = ["Misfit", "Reason", "misfit"]


class Reason(Struct, frozen=True):
    """One reason.

    Attributes:
        fault: What is wrong, after the name: `must be a whole number`.
        value: The value as it was found, UNSET when there is none to show.
        near: A sentence about the near miss, with its leading space, or nothing.
        place: Where inside the value: `[2].port`, or nothing.
    """

    fault: str
    value: Any = UNSET
    near: str = ""
    place: str = ""


class Misfit(Exception):
    """A value that does not fit its hint, with every reason."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(reason.fault for reason in self.reasons))

    def below(self, place: str) -> list[Reason]:
        """Return the reasons as seen from the container around the value."""
        return [structs.replace(r, place=_join(place, r.place)) for r in self.reasons]


def misfit(fault: str, value: Any = UNSET, near: str = "") -> Misfit:
    """Build a misfit with one reason."""
    return Misfit([Reason(fault, value, near)])


def _join(outer: str, inner: str) -> str:
    dot = "." if outer and inner and not inner.startswith("[") else ""
    return f"{outer}{dot}{inner}"
