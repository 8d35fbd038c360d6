"""Time what an invalid body costs: `python -m inside.faults`.

A nested order with ten mistakes, read by the reader of a route until its answer is
made, beside the same order without a mistake; and the same with unions that contain
the type itself, one level and forty levels deep.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from annotated_types import Ge, MaxLen

from segue.core.handlers.convert import body_reader
from segue.core.handlers.invalid import Invalid
from segue.core.handlers.plan import Argument, Source

__all__ = ["main"]

CALLS = 500
BATCHES = 20


class Line(msgspec.Struct):
    """One line of an order."""

    sku: Annotated[str, MaxLen(8)]
    quantity: Annotated[int, Ge(1)]


class Order(msgspec.Struct):
    """An order."""

    customer: str
    lines: list[Line]


class Link(msgspec.Struct):
    """One link of a chain."""

    next: "Link | int | None" = None
    bad: int = 0


def chain(depth: int) -> bytes:
    """Write a chain whose last link is wrong."""
    data: Any = {"bad": "x"}
    for _ in range(depth):
        data = {"next": data}
    return json.dumps(data).encode()


def reader(hint: Any) -> Callable[[bytes], int]:
    """Build what reads a body of a type and counts its mistakes."""
    read = body_reader(Argument("body", Source.BODY, hint))[1]

    def count(body: bytes) -> int:
        try:
            read(body, "application/json")
        except Invalid as error:
            return len(error.extra["errors"])
        return 0

    return count


def best(function: Callable[[bytes], int], body: bytes) -> float:
    """Give the microseconds of CPU of one call, from the least disturbed batch."""
    found = float("inf")
    for _ in range(BATCHES):
        start = time.process_time_ns()
        for _ in range(CALLS):
            function(body)
        found = min(found, (time.process_time_ns() - start) / CALLS / 1000)
    return found


def main() -> None:
    """Print one line for each body."""
    good = {"customer": "Ann", "lines": [{"sku": "A-1", "quantity": 1}] * 6}
    wrong = [{"sku": "far too long", "quantity": 0}] * 4
    bad = {"lines": [*wrong, {"sku": 1, "quantity": 1}]}
    bodies = (
        ("without a mistake", Order, json.dumps(good).encode(), 0),
        ("ten mistakes", Order, json.dumps(bad).encode(), 10),
        ("a chain of 1, one mistake", Link, chain(1), 1),
        ("a chain of 40, one mistake", Link, chain(40), 1),
    )
    print(f"CPython {sys.version.split()[0]}, microseconds of CPU for reading a body\n")
    for name, hint, body, mistakes in bodies:
        count = reader(hint)
        if count(body) != mistakes:
            raise SystemExit(f"{name}: {count(body)} mistakes instead of {mistakes}")
        print(f"{name:28} {best(count, body):8.1f}")


if __name__ == "__main__":
    main()
