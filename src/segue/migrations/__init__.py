"""Migrations: how the tables of an app change, written down step by step.

schema, kinds, expressions    what tables are like, as records
describe, build               from SQLAlchemy to records and back
questions, renames, compare   two states, and the changes between them
changes, words, render        changes, in words and as a file of Alembic
operations, apply, revisions  the files of a folder, and the state they lead to
plan, runner, running         revisions on a database, each dialect in its way
making, merging, adopting     the commands
"""

from segue.migrations.adopting import create_tables
from segue.migrations.commands import (
    check,
    drift,
    history,
    make,
    migrate,
    status,
    undo,
)
from segue.migrations.config import Migrations
from segue.migrations.errors import MigrationError
from segue.migrations.moment import Moment
from segue.migrations.questions import Answers

__all__ = [
    "Answers",
    "MigrationError",
    "Migrations",
    "Moment",
    "check",
    "create_tables",
    "drift",
    "history",
    "make",
    "migrate",
    "status",
    "undo",
]
