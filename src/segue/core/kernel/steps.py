"""Steps: what a walk yields, and the two drivers that do them.

A walk (walk.py) is one generator that knows the order of things and waits for
nothing itself. It yields `(step, arguments)`; a driver does the step and sends back
what came of it. So the order is written once, and sync and async differ in the
fifteen lines below. An error of a step comes back as a value, a `Failure`: raised
into the walk, a handler's StopIteration would end the wrong generator.
"""

from collections.abc import Callable, Generator
from enum import Enum
from typing import Any, TypeAlias

import msgspec

from segue.core.kernel.threads import WorkerThreads

__all__ = ["Colour", "Failure", "Step", "Walk", "drive", "drive_async"]


class Colour(Enum):
    """How a step is done on an event loop."""

    LIGHT = "light"
    """It never waits; it runs where it is."""
    BLOCKING = "blocking"
    """It may wait, so it runs in a worker thread."""
    ASYNC = "async"
    """It is awaited."""


class Step(msgspec.Struct, frozen=True):
    """Something to be done, and its colour."""

    function: Callable[..., Any]
    colour: Colour


class Failure(msgspec.Struct, frozen=True):
    """What a step raised."""

    error: Exception


Walk: TypeAlias = Generator[tuple[Step, tuple[Any, ...]], Any, Any]


def drive(walk: Walk) -> Any:
    """Do the steps of a walk without async ones, one after the other, here."""
    try:
        step, arguments = next(walk)
        while True:
            try:
                outcome = step.function(*arguments)
            except Exception as error:
                outcome = Failure(error)
            except BaseException as error:
                step, arguments = walk.throw(error)
                continue
            step, arguments = walk.send(outcome)
    except StopIteration as end:
        return end.value


async def drive_async(
    walk: Walk, threads: WorkerThreads, *, begun: bool = False
) -> Any:
    """Do the steps of any walk on an event loop.

    Args:
        walk: The walk.
        threads: Where the steps that may wait run. Only the first of them may be
            refused: what has begun is brought to its end.
        begun: Not even the first one may.
    """
    try:
        step, arguments = next(walk)
        while True:
            try:
                if step.colour is Colour.ASYNC:
                    outcome = await step.function(*arguments)
                elif step.colour is Colour.BLOCKING:
                    run = threads.complete if begun else threads.run
                    begun = True
                    outcome = await run(step.function, *arguments)
                else:
                    outcome = step.function(*arguments)
            except Exception as error:
                outcome = Failure(error)
            except BaseException as error:
                # Cancelled, for example: the middleware's `finally` still runs.
                step, arguments = walk.throw(error)
                continue
            step, arguments = walk.send(outcome)
    except StopIteration as end:
        return end.value
