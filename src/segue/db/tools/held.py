"""The databases of an app, as its commands and its start see them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Protocol

from segue.core.errors import CommandError, did_you_mean

__all__ = ["Held", "find_database", "held_databases", "migrations_of"]


class Held(Protocol):
    """A `Database`, from the floor below it."""

    seeds: list[Callable[..., Any]]
    pending: Literal["refuse", "warn"]

    @property
    def name(self) -> str:
        """What `--database` calls it."""
        ...

    @property
    def root(self) -> Any:
        """The root of its models."""
        ...

    @property
    def address(self) -> Any:
        """Where it is."""
        ...

    @property
    def migrations(self) -> Path:
        """The folder of its migrations."""
        ...

    def db(self) -> Any:
        """Make what sync code speaks to it by."""
        ...

    def adb(self) -> Any:
        """Make what async code speaks to it by."""
        ...

    def close(self) -> None:
        """Close what nobody uses."""
        ...


def held_databases(app: Any) -> list[Held]:
    """List the databases that an app uses; its first one comes first."""
    # By this mark, because their class stands above the commands.
    held: list[Any] = list(app.extensions.values())
    return [each for each in held if _has_tables(each)]


def _has_tables(extension: Any) -> bool:
    return bool(getattr(extension, "has_tables", False))


def find_database(app: Any, name: str = "") -> Held:
    """Find the database that `--database` names, or the first one.

    Raises:
        CommandError: There is none of that name.
    """
    every = held_databases(app)
    found = [each for each in every if name in ("", each.name)]
    if found:
        return found[0]
    names = [each.name for each in every]
    raise CommandError(
        "SG-DB-150",
        f"The app has no database {name!r}.{did_you_mean(name, names)}",
        why="A database is called by the root of its models; the one without a root "
        "is called 'main'.",
        fix=f"--database takes {' or '.join(names)}.",
    )


def migrations_of(database: Held) -> Any:
    """Build what the commands of migrations work on."""
    # Imported here: Alembic is only for those commands.
    from segue.migrations.config import Migrations  # noqa: PLC0415

    registry = database.root.__registry__
    return Migrations(
        target=lambda: registry.metadata,
        url=database.address.url.render_as_string(hide_password=False),
        folder=database.migrations,
    )
