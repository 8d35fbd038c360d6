"""The mistakes that settings can have, each told with what, why, where and fix."""

from collections.abc import Iterable
from typing import Final

from segue.core.config.fields import Node
from segue.core.config.masking import MASK, shown
from segue.core.config.misfits import Reason
from segue.core.errors import Problem, did_you_mean, nearest
from segue.core.types import UNSET

__all__ = [
    "NEAR",
    "missing",
    "no_profile",
    "refused",
    "undefinable",
    "unfit",
    "unknown",
    "unreadable",
]

NEAR: Final = 0.8
"""How alike two variables must be: an environment is full of strangers."""


def missing(node: Node, table: str, place: str, names: Iterable[str]) -> Problem:
    """Tell that a required setting is nowhere.

    Args:
        node: The setting.
        table: The table of `segue.toml` it could stand in.
        place: Where the class stands.
        names: The variables there are, to find a misspelled one.
    """
    close = nearest(node.variable, names, NEAR)
    header = ".".join((table, *node.path[:-1]))
    ways = [f"Set {node.variable} in the environment or in .env"]
    if node.is_secret:
        ways.append(
            f"put it into the file {node.variable.lower()} of the secrets folder"
        )
    else:
        ways.append(f"write {node.path[-1]} = ... below [{header}] in segue.toml")
    near = f" There is {close}: a misspelling?" if close else ""
    return Problem(
        "SG-CONF-001",
        f"The setting {node.name} is missing.",
        why="It has no default, so the app cannot start without it.",
        fix=f"{', or '.join(ways)}.{near}",
        where=(place,),
    )


def unfit(node: Node, reason: Reason, place: str) -> Problem:
    """Tell that a value does not fit its setting; a secret one is masked."""
    dot = "." if reason.place and not reason.place.startswith("[") else ""
    name = f"{node.name}{dot}{reason.place}"
    if reason.value is UNSET:
        what = f"The setting {name} {reason.fault}.{reason.near}"
    else:
        value = MASK if node.is_secret else shown(name, reason.value)
        what = f"The setting {name} is {value}, but {reason.fault}.{reason.near}"
    return Problem(
        "SG-CONF-002",
        what,
        why="The app would start with a value that it cannot work with.",
        fix=f"Correct it in {place}.",
        where=(place,),
    )


def refused(what: str, place: str) -> Problem:
    """Tell that a settings class refuses values that fit one by one."""
    return Problem(
        "SG-CONF-002",
        f"{what}.",
        why="Each value is possible, but not together.",
        fix="Change one of the settings that it names.",
        where=(place,),
    )


def unknown(
    name: str, place: str, told: str = "", near: tuple[str, Iterable[str]] | None = None
) -> Problem:
    """Tell that a source has a setting that no field asks for.

    Args:
        name: The setting.
        place: Where it stands.
        told: A sentence that says more, with its leading space.
        near: The name and the known ones, to find the one that was meant.
    """
    guess = did_you_mean(*near) if near else ""
    return Problem(
        "SG-CONF-003",
        f"There is no setting {name}.{told or guess}",
        why="It would be ignored, and its default would count.",
        fix="Correct the name, or remove it.",
        where=(place,),
    )


def unreadable(name: str, what: str) -> Problem:
    """Tell that a file of settings cannot be read."""
    return Problem(
        "SG-CONF-004",
        f"{name} {what}.",
        why="None of its settings would count.",
        fix="Correct the file, or remove it.",
        where=(name,),
    )


def no_profile(name: str, known: list[str], table: str) -> Problem:
    """Tell that the profile asked for is none of those in `segue.toml`."""
    return Problem(
        "SG-CONF-005",
        f"There is no profile {name!r}.{did_you_mean(name, known)}",
        why="The app would run with the settings of another place.",
        fix=f"Set SEGUE_PROFILE to one of {', '.join(known)}, or write the table "
        f"[{table}.profiles.{name}]; it may be empty.",
        where=(f"segue.toml [{table}.profiles]",),
    )


def undefinable(what: str, fix: str, place: str) -> Problem:
    """Tell that a settings class asks for what no source can give."""
    return Problem(
        "SG-CONF-006",
        what,
        why="No value could be read for it.",
        fix=fix,
        where=(place,),
    )
