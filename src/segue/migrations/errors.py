"""The error of migrations."""

from segue.core.errors import SegueError

__all__ = ["MigrationError"]


class MigrationError(SegueError):
    """A migration that cannot be written or run as things are."""
