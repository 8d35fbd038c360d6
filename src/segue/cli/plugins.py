"""Commands that installed packages bring, by the entry point `segue.commands`.

    [project.entry-points."segue.commands"]
    tidy = "shop_tools.commands:tidy"

The object is a click command or a typed function, as `@app.command` takes it.
"""

from collections.abc import Collection
from typing import Any, Final

import click

from segue.core.errors import CommandError

__all__ = ["GROUP", "find", "names", "summaries"]

GROUP: Final = "segue.commands"


def names() -> list[str]:
    """Find the names of all plugin commands, sorted."""
    return sorted({entry.name for entry in _entries()})


def summaries() -> list[tuple[str, str]]:
    """Find each plugin command's name and summary; a broken one says so."""
    rows: list[tuple[str, str]] = []
    for name in names():
        try:
            command = find(name, ())
        except CommandError as error:
            rows.append((name, error.problem.what))
        else:
            rows.append((name, command.get_short_help_str() if command else ""))
    return rows


def find(name: str, taken: Collection[str]) -> click.Command | None:
    """Find and load the plugin command of a name.

    Raises:
        CommandError: If the plugin cannot be loaded, or two bring the name.
    """
    entries = [entry for entry in _entries() if entry.name == name]
    if not entries:
        return None
    if len(entries) > 1 or name in taken:
        raise CommandError(
            "SG-CLI-008",
            f"The command {name!r} is claimed more than once.",
            why="Only one of them could ever run.",
            where=[_origin(entry) for entry in entries],
            fix="Uninstall one of the packages, or rename its entry point.",
        )
    return _load(entries[0])


def _entries() -> list[Any]:
    # importlib.metadata costs as much as the whole of click; `run` needs none of it.
    from importlib.metadata import entry_points  # noqa: PLC0415

    return list(entry_points(group=GROUP))


def _origin(entry: Any) -> str:
    package = entry.dist.name if entry.dist is not None else "unknown package"
    return f"{package}: {entry.value}"


def _load(entry: Any) -> click.Command:
    # The reader of signatures is not needed by the commands of Segue itself.
    from segue.cli.commands import build_command  # noqa: PLC0415

    try:
        loaded = entry.load()
    except Exception as error:
        raise CommandError(
            "SG-CLI-009",
            f"The plugin command {entry.name!r} cannot be loaded: "
            f"{type(error).__name__}: {error}",
            why="Its package is installed but does not work here.",
            where=[_origin(entry)],
            fix="Upgrade or uninstall that package.",
        ) from error
    if isinstance(loaded, click.Command):
        return loaded
    return build_command(entry.name, loaded)
