"""From sources to a settings object: every field read, every mistake found."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from segue.core.config.fields import Node, holds_secret, tree_of, walk
from segue.core.config.loaded import Declared, Loaded, Origin, Sources
from segue.core.config.misfits import Misfit
from segue.core.config.problems import NEAR, missing, refused, undefinable, unfit
from segue.core.config.secret_key import (
    KEY_FILE,
    development_key,
    problem_for_production,
)
from segue.core.config.sources import PROFILES, Gathered, Raw, gather
from segue.core.config.values import UnreadableHintError, make, read
from segue.core.errors import ConfigurationError, Problem, SettingsError, nearest
from segue.core.types import UNSET

__all__ = ["load"]

S = TypeVar("S")


def load(record: type[S], declared: Declared, sources: Sources) -> Loaded[S]:
    """Load settings from all sources.

    Raises:
        ConfigurationError: Something is missing, unknown or malformed; every
            mistake is in it.
    """
    folder = Path(sources.folder)
    place = _seen_from(folder, declared.place)
    try:
        nodes = tree_of(record, declared.prefix)
    except (NameError, TypeError) as error:
        what = f"A type of {record.__name__} cannot be found: {error}."
        fix = "Import it at the top of the module, outside of any function."
        raise ConfigurationError([undefinable(what, fix, place)]) from error
    if clashes := list(_clashes(nodes, place)):
        raise ConfigurationError(clashes)
    found = gather(nodes, declared.table, folder, sources.environ, sources.overrides)
    build = _Build(declared, place, sources, found)
    try:
        value = build.record(record, nodes, UNSET, Origin("default", place))
    except Misfit as error:
        # Only the class's own check (`__post_init__`) gets here: it is about
        # all the fields and has no name of its own.
        faults = [f"{record.__name__} {reason.fault}" for reason in error.reasons]
        raise ConfigurationError([refused(fault, place) for fault in faults]) from error
    if build.problems:
        raise ConfigurationError(build.problems)
    return Loaded(value, build.origins, tuple(_misspelled(nodes, found)))


class _Build:
    """Reads the winning value of every field and keeps the mistakes it meets."""

    def __init__(
        self,
        declared: Declared,
        place: str,
        sources: Sources,
        found: Gathered,
    ) -> None:
        self.table = declared.table
        self.place = place
        self.sources = sources
        self.found = found
        self.problems = found.problems
        self.origins: dict[str, Origin] = {}

    def record(
        self, record: type[Any], nodes: tuple[Node, ...], base: Any, origin: Origin
    ) -> Any:
        """Build one class; UNSET when a mistake was found in it.

        Args:
            record: The class.
            nodes: Its fields.
            base: An instance whose values stand for the defaults, or UNSET.
            origin: Where `base` or the defaults come from.
        """
        values: dict[str, Any] = {}
        for node in nodes:
            if base is UNSET:
                default = node.field.fallback()
            else:
                default = getattr(base, node.field.name)
            if node.record is not None:
                value = self._nested(node, node.record, default, origin)
            else:
                value = self._value(node, default, origin)
            values[node.field.name] = value
        if any(value is UNSET for value in values.values()):
            return UNSET
        return make(record, values)

    def _value(self, node: Node, default: Any, origin: Origin) -> Any:
        raw = self.found.raws.get(node.path) or self._made_key(node, default)
        if raw is not None:
            return self._read(node, raw)
        if default is UNSET:
            self._tell_missing(node)
        else:
            self.origins[node.name] = origin
        return default

    def _nested(
        self, node: Node, record: type[Any], default: Any, origin: Origin
    ) -> Any:
        """Build nested settings: a whole value, changed by what was given below it."""
        raw = self.found.raws.get(node.path)
        if raw is not None:
            default, origin = self._read(node, raw), raw.origin
            if default is UNSET:
                return UNSET
        given = any(below.path in self.found.raws for below in walk(node.children))
        if default is None and not given:
            self.origins[node.name] = origin
            return None
        base = UNSET if default is None else default
        try:
            value = self.record(record, node.children, base, origin)
            # Marks on nested settings themselves are held against the whole.
            return value if value is UNSET else read(node.field.hint, value, text=False)
        except Misfit as error:
            self._tell(node, error, str(origin))
            return UNSET

    def _read(self, node: Node, raw: Raw) -> Any:
        self.origins[node.name] = raw.origin
        try:
            return read(node.field.hint, raw.value, text=raw.text)
        except Misfit as error:
            self._tell(node, error, str(raw.origin))
        except UnreadableHintError as error:
            what = f"The setting {node.name} cannot be read: {error}."
            fix = "Give it a type that text can be read into, such as str or a Struct."
            self.problems.append(undefinable(what, fix, self.place))
        return UNSET

    def _tell(self, node: Node, error: Misfit, place: str) -> None:
        self.problems += [unfit(node, reason, place) for reason in error.reasons]

    def _tell_missing(self, node: Node) -> None:
        names = [*self.found.dotenv, *self.found.environment]
        problem = missing(node, self.table, self.place, names)
        if _is_secret_key(node) and nearest(node.variable, names, NEAR) is None:
            problem = (
                problem_for_production(None, variable=node.variable, place=self.place)
                or problem
            )
        self.problems.append(problem)

    def _made_key(self, node: Node, default: Any) -> Raw | None:
        """Return the key of development where the secret key is missing."""
        if not self.sources.development or default or not _is_secret_key(node):
            return None
        try:
            key = development_key(self.sources.folder)
        except SettingsError as error:
            self.problems.append(error.problem)
            return None
        return Raw(key.reveal(), Origin("generated", KEY_FILE), text=True)


def _is_secret_key(node: Node) -> bool:
    return node.name == "secret_key" and holds_secret(node.field.hint)


def _clashes(nodes: tuple[Node, ...], place: str) -> Iterator[Problem]:
    """Find fields that no source could tell apart."""
    owners: dict[str, Node] = {}
    for node in walk(nodes):
        first = owners.setdefault(node.variable, node)
        if first is not node:
            what = (
                f"{first.name} and {node.name} are both the variable {node.variable}."
            )
            yield undefinable(what, "Rename one of them.", place)
    for node in nodes:
        if node.path == (PROFILES,):
            what = f"No setting can be called {PROFILES}: segue.toml has its own use."
            yield undefinable(what, "Rename it.", place)


def _misspelled(nodes: tuple[Node, ...], found: Gathered) -> Iterator[str]:
    """Find names of `.env` that come close to a setting which nobody gave."""
    known = {node.variable for node in walk(nodes)}
    given = known & (found.dotenv.keys() | found.environment.keys())
    for name, variable in found.dotenv.items():
        if name not in known and (near := nearest(name, known - given, NEAR)):
            yield f"{variable.origin}: {name} is no setting. Did you mean {near}?"


def _seen_from(folder: Path, place: str) -> str:
    """Shorten a place below the folder of the project."""
    return place.removeprefix(f"{folder.resolve()}/")
