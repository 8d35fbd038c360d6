"""The folder of revisions, and the state that they lead to."""

import re
import warnings
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError as AlembicError

from segue.core.errors import did_you_mean
from segue.migrations.errors import MigrationError
from segue.migrations.internals import bases
from segue.migrations.operations import Recorder
from segue.migrations.schema import Schema

__all__ = ["BASE", "History", "call"]

ID_LENGTH: Final = 32  # of the column in which Alembic keeps it
BASE: Final = frozenset({"zero", "base"})


class History:
    """The revisions of a folder.

    Args:
        folder: Where the files are; it need not be there yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = ScriptDirectory(
            str(folder if folder.is_dir() else "."),
            version_locations=[str(folder)],
        )
        self._states: dict[frozenset[str], Schema] = {}
        self._load()

    @property
    def heads(self) -> tuple[str, ...]:
        """The revisions behind which none stands."""
        return tuple(sorted(self.script.get_heads()))

    @cached_property
    def revisions(self) -> list[Script]:
        """All revisions, each behind those it builds upon, else by their ids."""
        scripts: list[Any] = list(self.script.walk_revisions())
        waiting = {s.revision: (s, set(bases(s))) for s in scripts}
        ordered: list[Script] = []
        while waiting:
            first = min(name for name, (_, before) in waiting.items() if not before)
            ordered.append(waiting.pop(first)[0])
            for _, before in waiting.values():
                before.discard(first)
        return ordered

    def get(self, name: str) -> Script:
        """Get a revision by its id, or by the beginning of one.

        Raises:
            MigrationError: If there is none, or more than one.
        """
        ids = [script.revision for script in self.revisions]
        found = [i for i in ids if i == name] or [i for i in ids if i.startswith(name)]
        if len(found) == 1:
            return self._known(found[0])
        several = f" {', '.join(found)} begin with it." if found else ""
        raise MigrationError(
            "SG-MIG-020",
            f"There is no one revision {name!r}.{several}"
            f"{'' if found else did_you_mean(name, ids)}",
            why="The target of a migration is a revision, 'head' or 'zero'.",
            fix="segue db history lists them.",
        )

    def below(self, heads: Iterable[str]) -> list[Script]:
        """List the revisions that some revisions include, each behind its bases."""
        wanted: set[str] = set()
        todo = list(heads)
        while todo:
            name = todo.pop()
            if name not in wanted:
                wanted.add(name)
                todo += bases(self._known(name))
        return [script for script in self.revisions if script.revision in wanted]

    def state(self, heads: Iterable[str] | None = None) -> Schema:
        """Build the state that revisions lead to.

        Args:
            heads: The last revisions; None for all there are.
        """
        ends = frozenset(self.heads if heads is None else heads)
        if ends not in self._states:
            recorder = Recorder(Schema())
            with recorder.installed():
                for script in self.below(ends):
                    call(script, "upgrade")
            self._states[ends] = recorder.schema
        return self._states[ends]

    def applied(self, heads: Iterable[str]) -> set[str]:
        """Find the revisions that a database at some heads has gone through."""
        return {script.revision for script in self.below(heads)}

    def next_id(self, words: str) -> str:
        """Make the id of a new revision: its number and what it does."""
        numbers = [
            int(match[1])
            for script in self.revisions
            if (match := re.match(r"(\d{4,})", script.revision))
        ]
        number = max(numbers, default=len(self.revisions)) + 1
        slug = re.sub(r"\W+", "_", words.lower()).strip("_") or "change"
        return f"{number:04d}_{slug}"[:ID_LENGTH].rstrip("_")

    def _known(self, name: str) -> Script:
        script: Script | None = None
        with suppress(RevisionError, AlembicError):
            script = self.script.get_revision(name)
        if script is None:
            raise MigrationError(
                "SG-MIG-021",
                f"The revision {name!r} has no file in {self.folder.name}/.",
                why="The database is at a revision that this folder does not know.",
                fix="Get the file from the branch it was written on. If it is gone "
                "for good: segue db migrate --fake TARGET sets the revision.",
            )
        return script

    def _load(self) -> None:
        """Read all files now, so that a broken one is told here."""
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            try:
                _ = [script.module for script in self.revisions]
            except MigrationError:
                raise
            except Exception as error:
                raise MigrationError(
                    "SG-MIG-022",
                    f"The revisions in {self.folder.name}/ cannot be read: "
                    f"{type(error).__name__}: {error}",
                    why="Without all of them nobody knows what the database is like.",
                    fix="Mend the file; two files with one revision need new ids.",
                ) from error


def call(script: Script, direction: str) -> None:
    """Run `upgrade` or `downgrade` of a revision against what `op` is now."""
    getattr(script.module, direction)()
