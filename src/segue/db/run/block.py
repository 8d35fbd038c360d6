"""A Block: a transaction, or a savepoint inside one, from its begin to its end."""

from collections.abc import Callable
from typing import Any

from segue.core.errors import WalkError
from segue.db.run.driver import ISOLATIONS, Manner
from segue.db.run.pool import Slot

__all__ = ["Block", "check_manner", "no_second_manner"]


class Block:
    """What is open.

    Attributes:
        slot: The connection it holds.
        outer: The block around it; None for the transaction itself.
        name: Of its savepoint.
        hooks: What to call when everything around it is committed.
        lock: Held by who speaks on the connection; a block inside holds it for as long
            as it lasts.
        task: The task that opened it, in async code.
        is_open: Whether it may still be used.
        joined: It is the transaction of a request, and the request ends it.
    """

    __slots__ = ("hooks", "is_open", "joined", "lock", "name", "outer", "slot", "task")

    def __init__(
        self,
        slot: Slot,
        outer: "Block | None",
        lock: Any,
        *,
        task: Any = None,
        joined: bool = False,
    ) -> None:
        self.slot = slot
        self.outer = outer
        self.lock = lock
        self.task = task
        self.joined = joined
        self.is_open = True
        self.hooks: list[Callable[[], Any]] = []
        depth, around = 0, outer
        while around is not None:
            depth, around = depth + 1, around.outer
        self.name = f"segue_{depth}"

    @property
    def connection(self) -> Any:
        """The driver's connection."""
        return self.slot.connection


def check_manner(manner: Manner, place: str) -> None:
    """Refuse an isolation that there is not.

    Raises:
        WalkError: There is none of that name.
    """
    if manner.isolation is not None and manner.isolation not in ISOLATIONS:
        raise WalkError(
            "SG-DB-130",
            f"There is no isolation {manner.isolation!r}.",
            why="The database would refuse to begin the transaction.",
            fix=f"Write one of {', '.join(map(repr, ISOLATIONS))}.",
            where=(place,),
        )


def no_second_manner(manner: Manner) -> None:
    """Refuse to change what a transaction is when it has begun.

    Raises:
        WalkError: Something is asked for.
    """
    if manner != Manner():
        raise WalkError(
            "SG-DB-131",
            "A transaction inside another one cannot have an isolation of its own.",
            why="It is a savepoint; what the transaction sees was settled when it "
            "began. In a request the first write begins it.",
            fix="Give isolation= and read_only= to the outermost one; in a request "
            "open it before anything is written, or say atomic=False on the route.",
        )
