"""What a driver of the data layer is: how to open, ask, and read what went wrong.

There are two kinds. A plain one blocks; an async one is awaited. A plain one is driven
from async code in worker threads, a whole run of steps at once.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar

import msgspec

from segue.db.command import Command, Result, Steps

__all__ = ["AsyncDriver", "Driver", "Isolation", "Lost", "Manner", "usual_begin"]

T = TypeVar("T")

Isolation: TypeAlias = Literal[
    "read uncommitted", "read committed", "repeatable read", "serializable"
]
ISOLATIONS: Final = (
    "read uncommitted",
    "read committed",
    "repeatable read",
    "serializable",
)


class Manner(msgspec.Struct, frozen=True):
    """How a transaction is begun.

    Attributes:
        isolation: What it sees of others; None for what is usual there.
        read_only: It promises to write nothing.
    """

    isolation: Isolation | None = None
    read_only: bool = False


class Lost(Exception):
    """The connection broke at a command that may be done again on another.

    Attributes:
        command: That command.
        error: What to raise if it breaks again.
    """

    def __init__(self, command: Command, error: Exception) -> None:
        super().__init__(command, error)
        self.command = command
        self.error = error


class Driver(Protocol):
    """A driver that blocks.

    Attributes:
        dialect: SQLAlchemy's, for which statements are compiled.
    """

    dialect: Any

    def connect(self) -> Any:
        """Open a connection on which each statement commits itself."""
        ...  # protocol

    def close(self, connection: Any) -> None:
        """Close it at once, whatever state it is in."""
        ...  # protocol

    def is_usable(self, connection: Any) -> bool:
        """Tell, without asking the server, whether it is open and in no transaction."""
        ...  # protocol

    def ping(self, connection: Any) -> None:
        """Ask the server something."""
        ...  # protocol

    def drive(
        self,
        connection: Any,
        steps: Steps[T],
        command: Command | None = None,
        *,
        repeats: bool = False,
    ) -> T:
        """Do the commands of some steps, one after the other.

        Args:
            connection: Where.
            steps: The logic.
            command: The first one, where the steps have begun already.
            repeats: A read whose connection is lost is told with `Lost`, since it may
                be done again elsewhere.
        """
        ...  # protocol

    def execute(self, connection: Any, command: Command) -> Result:
        """Do one command."""
        ...  # protocol

    def stream(
        self, connection: Any, command: Command, size: int
    ) -> Iterator[list[Any]]:
        """Read the rows of a command, a list of some at a time, by a cursor there."""
        ...  # protocol

    def begin(self, connection: Any, manner: Manner) -> None:
        """Begin a transaction."""
        ...  # protocol

    def end(self, connection: Any, *, commit: bool) -> None:
        """Commit it or roll it back."""
        ...  # protocol

    def control(self, connection: Any, sql: str) -> None:
        """Do a statement about savepoints."""
        ...  # protocol

    def raw(self, connection: Any) -> Any:
        """Give what SQLAlchemy can work with."""
        ...  # protocol


class AsyncDriver(Protocol):
    """What is done on a connection, awaited; who opens it is a pool's affair."""

    dialect: Any

    async def drive(
        self,
        connection: Any,
        steps: Steps[T],
        command: Command | None = None,
        *,
        repeats: bool = False,
    ) -> T:
        """Do the commands of some steps, one after the other."""
        ...  # protocol

    async def execute(self, connection: Any, command: Command) -> Result:
        """Do one command."""
        ...  # protocol

    def stream(
        self, connection: Any, command: Command, size: int
    ) -> AsyncIterator[list[Any]]:
        """Read the rows of a command, a list of some at a time, by a cursor there."""
        ...  # protocol

    async def begin(self, connection: Any, manner: Manner) -> None:
        """Begin a transaction."""
        ...  # protocol

    async def end(self, connection: Any, *, commit: bool) -> None:
        """Commit it or roll it back."""
        ...  # protocol

    async def control(self, connection: Any, sql: str) -> None:
        """Do a statement about savepoints."""
        ...  # protocol

    def raw(self, connection: Any) -> Any:
        """Give a plain connection for a thread, which SQLAlchemy can work with."""
        ...  # protocol


def usual_begin(manner: Manner) -> str:
    """Write the statement that begins a transaction, as PostgreSQL reads it."""
    words = ["BEGIN"]
    if manner.isolation is not None:
        words.append(f"ISOLATION LEVEL {manner.isolation.upper()}")
    if manner.read_only:
        words.append("READ ONLY")
    return " ".join(words)
