"""Marks a process as development: then a missing secret key is made and kept.

An app may read its settings while it is imported, so the mark has to be there
before the import; and it has to reach the processes of a server. Therefore it
is a variable of the environment. `segue serve` takes it away.
"""

import os
from pathlib import Path
from typing import Final

from segue.core.config.secret_key import KEY_FILE

__all__ = ["VARIABLE", "has_key", "mark"]

VARIABLE: Final = "SEGUE_DEVELOPMENT"


def mark(*, development: bool) -> None:
    """Mark this process, and those it starts, as development or as production."""
    if development:
        os.environ[VARIABLE] = "1"
    else:
        os.environ.pop(VARIABLE, None)


def has_key(folder: Path) -> bool:
    """Tell whether development has begun in a folder: `segue run` kept a key."""
    return (folder / KEY_FILE).is_file()
