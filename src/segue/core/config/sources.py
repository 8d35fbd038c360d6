"""Where settings come from, in rising order, and what each source gives.

    defaults < segue.toml < .env < the environment < the secrets folder < overrides

`segue.toml` and overrides give data by key; the other three give text by
variable. Both end as one `Raw` for each path, the later source over the earlier.
A table or a JSON object for nested settings is spread over their fields, so a
later source may change one field of it.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from segue.core.config.dotenv import parse_dotenv
from segue.core.config.fields import Keys, Node, walk
from segue.core.config.kinds import is_table
from segue.core.config.loaded import Origin
from segue.core.config.misfits import Misfit
from segue.core.config.problems import no_profile, unknown, unreadable
from segue.core.config.values import decode_table
from segue.core.errors import Problem

__all__ = ["PROFILES", "Gathered", "Raw", "Variable", "gather"]

_TOML = "segue.toml"
_DOTENV = ".env"
PROFILES = "profiles"
_DEFAULT_SECRETS = "/run/secrets"
_LARGEST = 1_000_000


class Raw(Struct, frozen=True):
    """A value as a source has it; `text` tells that it is to be parsed."""

    value: Any
    origin: Origin
    text: bool


class Variable(Struct, frozen=True):
    """A named text of `.env`, the environment or the secrets folder."""

    value: str
    origin: Origin


class Gathered(Struct):
    """What all sources gave.

    Attributes:
        raws: The winning value of each path.
        problems: What could not be read or is unknown.
        dotenv: The variables of `.env`.
        environment: The variables of the environment.
    """

    raws: dict[Keys, Raw] = {}
    problems: list[Problem] = []
    dotenv: dict[str, Variable] = {}
    environment: dict[str, Variable] = {}

    def variable(self, name: str) -> str | None:
        """Return a variable's text from the environment or else from `.env`."""
        found = self.environment.get(name) or self.dotenv.get(name)
        return found.value if found else None


def gather(
    nodes: tuple[Node, ...],
    table: str,
    folder: Path,
    environ: Mapping[str, str],
    overrides: Mapping[str, Any],
) -> Gathered:
    """Load every source.

    Args:
        nodes: The fields that are wanted.
        table: The table of `segue.toml` that is theirs.
        folder: The folder of the project, where the files are.
        environ: The environment.
        overrides: Values by key, over all the rest.
    """
    found = Gathered()
    found.dotenv = _load_dotenv(folder / _DOTENV, found.problems)
    found.environment = {
        name: Variable(value, Origin("environment", name))
        for name, value in environ.items()
    }
    document = _load_toml(folder / _TOML, found.problems)
    _take_toml(found, nodes, table, document)
    _take_variables(found, nodes, found.dotenv)
    _take_variables(found, nodes, found.environment)
    _take_variables(found, nodes, _load_secrets(found, nodes, folder))
    _take_table(
        found, nodes, overrides, lambda keys: Origin("override", f"override {keys[-1]}")
    )
    return found


def _take_toml(
    found: Gathered, nodes: tuple[Node, ...], table: str, document: Mapping[str, Any]
) -> None:
    """Take the class's own table, then the chosen one of its profiles."""
    for node in nodes:
        if node.path[0] in document and node.path[0] != table:
            place = f"{_TOML} {node.path[0]}"
            found.problems.append(
                unknown(node.name, place, f" Put it below [{table}].")
            )
    own: Any = document.get(table, {})
    if not is_table(own):
        found.problems.append(unknown(table, _TOML, f" [{table}] must be a table."))
        return
    values = dict(own)
    profiles: Any = values.pop(PROFILES, {})
    _take_table(found, nodes, values, _toml_origin(table))
    if is_table(profiles):
        _take_profiles(found, nodes, table, profiles)
    else:
        told = f" [{table}.{PROFILES}] holds one table for each profile."
        found.problems.append(unknown(PROFILES, f"{_TOML} [{table}]", told))


def _take_profiles(
    found: Gathered, nodes: tuple[Node, ...], table: str, profiles: Mapping[str, Any]
) -> None:
    """Take the chosen profile.

    Those not chosen are looked through as well, for their unknown keys: a
    misspelling for production should not wait until production.
    """
    chosen = found.variable("SEGUE_PROFILE")
    for name, profile in profiles.items():
        target = found if name == chosen else Gathered(problems=found.problems)
        origin = _toml_origin(f"{table}.{PROFILES}.{name}")
        if is_table(profile):
            _take_table(target, nodes, profile, origin)
        else:
            place = f"{_TOML} [{table}.{PROFILES}]"
            found.problems.append(unknown(name, place, " A profile is a table."))
    if chosen and profiles and chosen not in profiles:
        found.problems.append(no_profile(chosen, list(profiles), table))


def _toml_origin(table: str) -> Callable[[Keys], Origin]:
    def origin(keys: Keys) -> Origin:
        header = ".".join((table, *keys[:-1]))
        return Origin("toml", f"{_TOML} [{header}] {keys[-1]}")

    return origin


def _take_table(
    found: Gathered,
    nodes: tuple[Node, ...],
    table: Mapping[str, Any],
    origin: Callable[[Keys], Origin],
    above: Keys = (),
) -> None:
    """Take data by key, going down where nested settings meet a table."""
    known = {node.path[-1]: node for node in nodes}
    for key, value in table.items():
        keys = (*above, key)
        node = known.get(key)
        if node is None:
            place = str(origin(keys))
            found.problems.append(unknown(".".join(keys), place, near=(key, known)))
        elif node.children and is_table(value):
            _take_table(found, node.children, value, origin, keys)
        else:
            _put(found, node, Raw(value, origin(keys), text=False))


def _take_variables(
    found: Gathered, nodes: tuple[Node, ...], variables: Mapping[str, Variable]
) -> None:
    """Take texts by variable; JSON for nested settings is spread over their fields."""
    for node in walk(nodes):
        variable = variables.get(node.variable)
        if variable is None:
            continue
        table = _table_in(variable) if node.children else None
        if is_table(table):
            _take_table(found, node.children, table, _fixed(variable.origin), node.path)
        else:
            _put(found, node, Raw(variable.value, variable.origin, text=True))
    for node in nodes:
        _find_strangers(found, node, variables)


def _fixed(origin: Origin) -> Callable[[Keys], Origin]:
    return lambda _: origin


def _table_in(variable: Variable) -> Any:
    try:
        return decode_table(variable.value)
    except Misfit:
        return None  # reading the text as a value reports it with its reason


def _find_strangers(
    found: Gathered, node: Node, variables: Mapping[str, Variable]
) -> None:
    """Report variables below a nested setting's name that fit none of its fields."""
    if not node.children:
        return
    known = {below.variable for below in walk(node.children)}
    for name, variable in variables.items():
        if name.startswith(f"{node.variable}__") and name not in known:
            place = str(variable.origin)
            found.problems.append(unknown(name, place, near=(name, known)))


def _put(found: Gathered, node: Node, raw: Raw) -> None:
    """Set a value; what earlier sources said about its fields is void."""
    for below in walk(node.children):
        found.raws.pop(below.path, None)
    found.raws[node.path] = raw


def _load_dotenv(path: Path, problems: list[Problem]) -> dict[str, Variable]:
    text = _load_text(path, _DOTENV, problems) if path.is_file() else ""
    entries, mistakes = parse_dotenv(text, _DOTENV)
    problems += mistakes
    return {
        name: Variable(entry.value, Origin("dotenv", f"{_DOTENV}:{entry.line}"))
        for name, entry in entries.items()
    }


def _load_toml(path: Path, problems: list[Problem]) -> dict[str, Any]:
    if not path.is_file():
        return {}
    text = _load_text(path, _TOML, problems)
    import tomllib  # noqa: PLC0415 - most small apps have no such file

    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problems.append(unreadable(_TOML, f"is not valid TOML: {error}"))
        return {}


def _load_secrets(
    found: Gathered, nodes: tuple[Node, ...], folder: Path
) -> dict[str, Variable]:
    """Load the files of the secrets folder that bear the names of fields."""
    named = found.variable("SEGUE_SECRETS")
    if named == "":  # set and empty: no secrets folder
        return {}
    secrets = folder / (named or _DEFAULT_SECRETS)
    if named and not secrets.is_dir():
        found.problems.append(unreadable(str(secrets), "is no folder (SEGUE_SECRETS)"))
    variables: dict[str, Variable] = {}
    for node in walk(nodes):
        for name in (node.variable, node.variable.lower()):
            path = secrets / name
            # os.path.isfile and not Path.is_file, which raises on a NUL.
            if os.path.isfile(path):  # noqa: PTH113 - see the line above
                text = _load_text(path, str(path), found.problems)
                text = text.removesuffix("\n").removesuffix("\r")
                origin = Origin("secrets", str(path))
                variables[node.variable] = Variable(text, origin)
    return variables


def _load_text(path: Path, name: str, problems: list[Problem]) -> str:
    """Load a text file, or report why not and return nothing."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            problems.append(unreadable(name, f"is larger than {_LARGEST} bytes"))
            return ""
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(unreadable(name, f"is not UTF-8 at byte {error.start}"))
    except OSError as error:
        problems.append(unreadable(name, f"cannot be read: {error.strerror}"))
    return ""
